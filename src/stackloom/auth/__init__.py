# SPDX-License-Identifier: Apache-2.0
"""Who we are and how the cloud knows it: configuration, methods, tokens, the catalog."""
