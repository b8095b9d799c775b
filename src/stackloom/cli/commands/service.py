# SPDX-License-Identifier: Apache-2.0
"""``service``: services of the catalog."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import pair, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

_KIND = "identity.service"
_BOTH = (
    text("--name", "name", "its name"),
    text("--description", "description", "for people"),
    pair("--enable", "--disable", "enabled", "show it in the catalog"),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    text("--type", "type", "of this type"),
)

GROUP = Group(
    help="Services of the catalog, by name, type or id",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _BOTH, name="type"),
        set_command(_KIND, (text("--type", "type", "a new type"), *_BOTH)),
        delete_command(_KIND),
    ),
)
