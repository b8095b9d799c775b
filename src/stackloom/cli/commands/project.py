# SPDX-License-Identifier: Apache-2.0
"""``project``: projects of Keystone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Group
from stackloom.cli.fields import added, named, pair, pairs, several, switch, text, without
from stackloom.cli.identity import DOMAIN, at
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

if TYPE_CHECKING:
    from stackloom.cloud.kind import Kind

_KIND = "identity.project"
_BOTH = (
    text("--description", "description", "for people"),
    pair("--enable", "--disable", "enabled", "let its users in"),
    pair(
        "--immutable",
        "--no-immutable",
        "options.immutable",
        "neither changed nor deleted by anybody",
    ),
    pairs("--property", "properties", "a property of any name"),
)
_NEW_TAGS = (several("--tag", "tags", "a word to find it by; repeatable", metavar="TAG"),)
_SET_TAGS = (
    switch("--clear-tags", "tags", "take all tags away, before others are added", value=[]),
    several("--remove-tag", "tags", "a tag to take away", join=without, metavar="TAG"),
    several("--tag", "tags", "a tag to add; repeatable", join=added, metavar="TAG"),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    DOMAIN,
    named("--parent", "parent_id", _KIND, "below this one"),
    switch("--enabled", "enabled", "only enabled ones"),
    switch("--disabled", "enabled", "only disabled ones", value=False),
    text("--tags", "tags", "with all of these tags, separated by commas"),
    text("--any-tags", "tags-any", "with any of these tags"),
    text("--tags-any", "tags-any", "the same"),
    text("--not-tags", "not-tags", "without all of these tags"),
    text("--not-any-tags", "not-tags-any", "without any of these tags"),
    text("--not-tags-any", "not-tags-any", "the same"),
    text("--sort", "sort", "such as name:asc,enabled:desc", metavar="KEY:DIR,…"),
)
_PLACES = (
    named("--user", "user", "identity.user", "in which this user has a role"),
    switch("--my-projects", "mine", "in which you have a role"),
)


def _elsewhere(kind: Kind[Any], given: Mapping[str, Any]) -> Kind[Any]:
    if "mine" in given:
        return at(kind, kind.own_list)
    return at(kind, f"/v3/users/{given['user']}/projects") if "user" in given else kind


GROUP = Group(
    help="Projects",
    commands=(
        list_command(_KIND, _FILTERS, places=_PLACES, elsewhere=_elsewhere),
        show_command(_KIND, within=(DOMAIN,)),
        create_command(
            _KIND,
            (
                *_BOTH,
                *_NEW_TAGS,
                DOMAIN,
                named("--parent", "parent_id", _KIND, "the project above it"),
            ),
            or_show=True,
        ),
        set_command(
            _KIND,
            (text("--name", "name", "a new name"), *_BOTH, *_SET_TAGS),
            within=(DOMAIN,),
        ),
        delete_command(_KIND, within=(DOMAIN,)),
    ),
)
