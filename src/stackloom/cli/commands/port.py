# SPDX-License-Identifier: Apache-2.0
"""``port``: look at ports."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "network.port"

GROUP = Group(help="Ports", commands=(list_command(_KIND), show_command(_KIND)))
