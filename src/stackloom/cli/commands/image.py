# SPDX-License-Identifier: Apache-2.0
"""``image``: look at images."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.listing import read_commands

GROUP = Group(help="Images", commands=read_commands("image.image"))
