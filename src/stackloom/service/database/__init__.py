# SPDX-License-Identifier: Apache-2.0
"""What the service keeps, in PostgreSQL: one table a file, SQL as constants, wire structs out."""
