# SPDX-License-Identifier: Apache-2.0
"""``image``: look at images."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "image.image"

GROUP = Group(help="Images", commands=(list_command(_KIND), show_command(_KIND)))
