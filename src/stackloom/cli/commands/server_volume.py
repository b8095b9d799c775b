# SPDX-License-Identifier: Apache-2.0
"""``server volume``: the volumes that a server has; ``server add volume`` attaches them."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import named
from stackloom.cli.kind_commands import list_command

_SERVER = named("server", "server", "compute.server", "name or id")

GROUP = Group(
    help="Volumes of a server", commands=(list_command("compute.server_volume", parent=_SERVER),)
)
