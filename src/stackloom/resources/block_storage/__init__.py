# SPDX-License-Identifier: Apache-2.0
"""Plug folder: one kind a file, each with a KIND."""
