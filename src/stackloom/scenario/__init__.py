# SPDX-License-Identifier: Apache-2.0
"""From a file to a woven topology: read, plan, carry out, draw.

This package never imports a kind: ``operations.py`` hands the kinds in, so the engine can be tested
with toy ones.
"""
