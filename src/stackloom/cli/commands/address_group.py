# SPDX-License-Identifier: Apache-2.0
"""``address group``: ranges that rules of security groups name together."""

from __future__ import annotations

from collections.abc import Sequence

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
from stackloom.errors import UsageError

_KIND = "network.address_group"


def _ranges(words: Sequence[str]) -> list[str]:
    """Write single addresses as ranges, which is all that Neutron takes.

    Raises:
        UsageError: one is no address and no range.
    """
    from ipaddress import ip_network

    try:
        return [str(ip_network(word, strict=False)) for word in words]
    except ValueError as error:
        raise UsageError(f"--address: {error}") from error


_CREATE = (
    text("--description", "description", "for people"),
    several(
        "--address", "addresses", "an address or range; repeatable", take=_ranges, metavar="CIDR"
    ),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
)
_SET = (
    text("--name", "name", "a new name"),
    text("--description", "description", "for people"),
    several(
        "--address",
        "addresses",
        "an address or range to add; repeatable",
        take=_ranges,
        sent_to="add_addresses",
        metavar="CIDR",
    ),
)
_UNSET = (
    several(
        "--address",
        "addresses",
        "an address or range to take away; repeatable",
        take=_ranges,
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
