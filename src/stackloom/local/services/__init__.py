# SPDX-License-Identifier: Apache-2.0
"""The services of a local cloud: one module each, holding one ``SERVICE``."""
