# SPDX-License-Identifier: Apache-2.0
"""``port``: look at ports."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.listing import read_commands

GROUP = Group(help="Ports", commands=read_commands("network.port"))
