# SPDX-License-Identifier: Apache-2.0
"""Talk to a stackloom service from a program: scenarios, plans, runs and their events."""
