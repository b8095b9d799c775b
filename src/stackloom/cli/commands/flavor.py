# SPDX-License-Identifier: Apache-2.0
"""``flavor``: look at flavors."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.listing import read_commands

GROUP = Group(help="Flavors: the sizes of servers", commands=read_commands("compute.flavor"))
