# SPDX-License-Identifier: Apache-2.0
"""``image member``: whom a shared image is shared with; ``image add project`` adds one."""

from __future__ import annotations

from stackloom.cli.command import Command, Group
from stackloom.cli.fields import named
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "image.image_member"
_IMAGE = named("image", "image", "image.image", "name or id")
_SHOW = show_command(_KIND, parent=_IMAGE)

GROUP = Group(
    help="Members of shared images",
    commands=(
        list_command(_KIND, parent=_IMAGE),
        Command(name="get", help=_SHOW.help, arguments=_SHOW.arguments, run=_SHOW.run),
    ),
)
