# SPDX-License-Identifier: Apache-2.0
"""``region``: regions of the catalog."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

_KIND = "identity.region"
_PARENT = text("--parent-region", "parent_region_id", "the region above it", metavar="REGION")
_BOTH = (_PARENT, text("--description", "description", "for people"))

GROUP = Group(
    help="Regions of the catalog",
    commands=(
        list_command(_KIND, (_PARENT,)),
        show_command(_KIND),
        create_command(_KIND, _BOTH, name="id"),
        set_command(_KIND, _BOTH),
        delete_command(_KIND),
    ),
)
