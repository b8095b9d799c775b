# SPDX-License-Identifier: Apache-2.0
"""With whose rights a run acts, after the token of whoever asked for it has ended."""
