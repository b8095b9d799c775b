# SPDX-License-Identifier: Apache-2.0
"""``security group``: what may reach ports, and leave them."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import (
    NEW_TAGS,
    SET_TAGS,
    TAG_FILTERS,
    UNSET_TAGS,
    named,
    pair,
    switch,
    text,
)
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
    unset_command,
)

_KIND = "network.security_group"

_BOTH = (
    text("--description", "description", "for people"),
    pair("--stateful", "--stateless", "stateful", "let answers through without a rule"),
)
_CREATE = (
    *_BOTH,
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
    *NEW_TAGS,
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    named("--project", "project_id", "identity.project", "of this project"),
    switch("--share", "shared", "only shared ones"),
    switch("--no-share", "shared", "only those that are not shared", value=False),
    *TAG_FILTERS,
)

GROUP = Group(
    help="Security groups",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        set_command(_KIND, (text("--name", "name", "a new name"), *_BOTH, *SET_TAGS)),
        unset_command(_KIND, UNSET_TAGS),
        delete_command(_KIND),
    ),
)
