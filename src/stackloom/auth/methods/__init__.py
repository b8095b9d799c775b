# SPDX-License-Identifier: Apache-2.0
"""Plug folder: one auth method a file, each with a METHOD, a pure builder of its payload."""
