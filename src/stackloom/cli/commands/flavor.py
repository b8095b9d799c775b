# SPDX-License-Identifier: Apache-2.0
"""``flavor``: look at flavors."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "compute.flavor"

GROUP = Group(
    help="Flavors: the sizes of servers", commands=(list_command(_KIND), show_command(_KIND))
)
