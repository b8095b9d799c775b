# SPDX-License-Identifier: Apache-2.0
"""``subnet``: look at subnets."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.listing import read_commands

GROUP = Group(help="Subnets", commands=read_commands("network.subnet"))
