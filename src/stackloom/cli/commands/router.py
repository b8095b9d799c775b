# SPDX-License-Identifier: Apache-2.0
"""``router``: look at routers."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "network.router"

GROUP = Group(help="Routers", commands=(list_command(_KIND), show_command(_KIND)))
