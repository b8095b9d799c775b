# SPDX-License-Identifier: Apache-2.0
"""``network qos policy``: limits and promises for the traffic of ports."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import named, pair, switch, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

_KIND = "network.qos_policy"

_BOTH = (
    text("--description", "description", "for people"),
    pair("--share", "--no-share", "shared", "let other projects use it"),
    pair("--default", "--no-default", "is_default", "the one for networks that name none"),
)
_CREATE = (*_BOTH, named("--project", "project_id", "identity.project", "whose it is"))
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    named("--project", "project_id", "identity.project", "of this project"),
    switch("--share", "shared", "only shared ones"),
    switch("--no-share", "shared", "only those that are not shared", value=False),
)

GROUP = Group(
    help="QoS policies",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        set_command(_KIND, (text("--name", "name", "a new name"), *_BOTH)),
        delete_command(_KIND),
    ),
)
