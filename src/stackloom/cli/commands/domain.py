# SPDX-License-Identifier: Apache-2.0
"""``domain``: domains of Keystone."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import pair, switch, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

_KIND = "identity.domain"
_BOTH = (
    text("--description", "description", "for people"),
    pair("--enable", "--disable", "enabled", "let its users in; disable it before deleting it"),
    pair(
        "--immutable",
        "--no-immutable",
        "options.immutable",
        "neither changed nor deleted by anybody",
    ),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    switch("--enabled", "enabled", "only enabled ones"),
)

GROUP = Group(
    help="Domains",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _BOTH, or_show=True),
        set_command(_KIND, (text("--name", "name", "a new name"), *_BOTH)),
        delete_command(_KIND),
    ),
)
