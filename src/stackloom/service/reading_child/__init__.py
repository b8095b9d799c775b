# SPDX-License-Identifier: Apache-2.0
"""The process in which texts of strangers are read and drawn, and how one talks to it."""
