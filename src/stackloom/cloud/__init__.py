# SPDX-License-Identifier: Apache-2.0
"""A cloud to talk to: what a kind of resource is, what can be done with one, and how to wait."""
