# SPDX-License-Identifier: Apache-2.0
"""The processes of the service on one machine: who starts them, and how they end."""
