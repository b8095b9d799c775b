# SPDX-License-Identifier: Apache-2.0
"""``address scope``: subnet pools whose addresses never overlap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackloom.cli.command import Group
from stackloom.cli.fields import named, number, pair, switch, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

_KIND = "network.address_scope"

_SHARE = pair("--share", "--no-share", "shared", "let other projects use it (administrators)")
_CREATE = (
    number("--ip-version", "ip_version", "4 where it is not said", choices=(4, 6)),
    _SHARE,
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    number("--ip-version", "ip_version", "of this version", choices=(4, 6)),
    named("--project", "project_id", "identity.project", "of this project"),
    switch("--share", "shared", "only shared ones"),
    switch("--no-share", "shared", "only those that are not shared", value=False),
)


def _complete(body: dict[str, Any], _have: Mapping[str, Any]) -> None:
    body.setdefault("ip_version", 4)


GROUP = Group(
    help="Address scopes",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, complete=_complete),
        set_command(_KIND, (text("--name", "name", "a new name"), _SHARE)),
        delete_command(_KIND),
    ),
)
