# SPDX-License-Identifier: Apache-2.0
"""Bytes to and from one URL. Knows HTTP and how OpenStack words its refusals; knows no tokens."""
