# SPDX-License-Identifier: Apache-2.0
"""Pictures of a topology: what kinds contribute, put together, arranged, and written down."""
