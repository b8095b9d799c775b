# SPDX-License-Identifier: Apache-2.0
"""``subnet pool``: ranges from which subnets are cut."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import (
    NEW_TAGS,
    SET_TAGS,
    TAG_FILTERS,
    UNSET_TAGS,
    added,
    named,
    number,
    pair,
    several,
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

_KIND = "network.subnet_pool"
_SCOPE = "network.address_scope"

_BOTH = (
    number("--default-prefix-length", "default_prefixlen", "how long prefixes are if not said"),
    number("--min-prefix-length", "min_prefixlen", "the shortest prefix to give"),
    number("--max-prefix-length", "max_prefixlen", "the longest prefix to give"),
    number("--default-quota", "default_quota", "how many addresses a project may take"),
    pair("--default", "--no-default", "is_default", "the pool for who names none (administrators)"),
    named("--address-scope", "address_scope_id", _SCOPE, "where its addresses never overlap"),
    text("--description", "description", "for people"),
)
_CREATE = (
    several("--pool-prefix", "prefixes", "a range; repeatable", required=True, metavar="CIDR"),
    *_BOTH,
    pair("--share", "--no-share", "shared", "let other projects use it (administrators)"),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
    *NEW_TAGS,
)
_SET = (
    text("--name", "name", "a new name"),
    several("--pool-prefix", "prefixes", "a range to add; repeatable", join=added, metavar="CIDR"),
    *_BOTH,
    switch("--no-address-scope", "address_scope_id", "take it out of its scope", value=None),
    *SET_TAGS,
)
_FILTERS = (
    switch("--share", "shared", "only shared ones"),
    switch("--no-share", "shared", "only those that are not shared", value=False),
    switch("--default", "is_default", "only the default ones"),
    switch("--no-default", "is_default", "only those that are not the default", value=False),
    named("--project", "project_id", "identity.project", "of this project"),
    text("--name", "name", "with exactly this name"),
    named("--address-scope", "address_scope_id", _SCOPE, "in this scope"),
    *TAG_FILTERS,
)

GROUP = Group(
    help="Subnet pools",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        set_command(_KIND, _SET),
        unset_command(_KIND, UNSET_TAGS),
        delete_command(_KIND),
    ),
)
