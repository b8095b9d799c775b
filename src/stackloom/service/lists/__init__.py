# SPDX-License-Identifier: Apache-2.0
"""The everyday lists of a cloud, asked once for all who ask at the same time."""
