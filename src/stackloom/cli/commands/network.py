# SPDX-License-Identifier: Apache-2.0
"""``network``: look at networks."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.listing import read_commands

GROUP = Group(help="Networks", commands=read_commands("network.network"))
