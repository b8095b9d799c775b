# SPDX-License-Identifier: Apache-2.0
"""``address group``: ranges that rules of security groups name together."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import named, several, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
    unset_command,
)

_KIND = "network.address_group"

_CREATE = (
    text("--description", "description", "for people"),
    several("--address", "addresses", "an address or range; repeatable", metavar="CIDR"),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
)
_SET = (
    text("--name", "name", "a new name"),
    text("--description", "description", "for people"),
    several(
        "--address",
        "address_group.addresses",
        "an address or range to add; repeatable",
        sent_to="add_addresses",
        metavar="CIDR",
    ),
)
_UNSET = (
    several(
        "--address",
        "address_group.addresses",
        "an address or range to take away; repeatable",
        sent_to="remove_addresses",
        metavar="CIDR",
    ),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    named("--project", "project_id", "identity.project", "of this project"),
)

GROUP = Group(
    help="Address groups",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        set_command(_KIND, _SET),
        unset_command(_KIND, _UNSET),
        delete_command(_KIND),
    ),
)
