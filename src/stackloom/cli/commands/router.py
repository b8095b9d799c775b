# SPDX-License-Identifier: Apache-2.0
"""``router``: look at routers."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.listing import read_commands

GROUP = Group(help="Routers", commands=read_commands("network.router"))
