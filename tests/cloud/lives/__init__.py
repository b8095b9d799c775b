# SPDX-License-Identifier: Apache-2.0
"""The lives of kinds, a file for each service: tables, and the ground that they stand on."""
