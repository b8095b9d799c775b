# SPDX-License-Identifier: Apache-2.0
"""``aggregate``: look at hosts that have something in common (administrators)."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "compute.aggregate"

GROUP = Group(
    help="Host aggregates (administrators)", commands=(list_command(_KIND), show_command(_KIND))
)
