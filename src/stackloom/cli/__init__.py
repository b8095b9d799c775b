# SPDX-License-Identifier: Apache-2.0
"""The command line: words into operations, answers into text; it decides nothing."""
