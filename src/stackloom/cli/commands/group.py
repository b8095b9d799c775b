# SPDX-License-Identifier: Apache-2.0
"""``group``: groups of users, and who is in them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import named, text
from stackloom.cli.identity import DOMAIN, at, find_id
from stackloom.cli.kind_at_hand import each_of
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)
from stackloom.errors import NotFound

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind

_KIND = "identity.group"
_BOTH = (text("--description", "description", "for people"),)
_FILTERS = (text("--name", "name", "with exactly this name"), DOMAIN)
_PLACES = (named("--user", "user", "identity.user", "that this user is in"),)


def _elsewhere(kind: Kind[Any], given: Mapping[str, Any]) -> Kind[Any]:
    return at(kind, f"/v3/users/{given['user']}/groups") if "user" in given else kind


def _domains(parser: ArgumentParser) -> None:
    parser.add_argument("--group-domain", metavar="DOMAIN", help="the domain of the group")
    parser.add_argument("--user-domain", metavar="DOMAIN", help="the domain of the users")


def _users_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("group", help="name or id")
    parser.add_argument("user", nargs="+", help="name or id")
    _domains(parser)


def _user_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("group", help="name or id")
    parser.add_argument("user", help="name or id")
    _domains(parser)


async def _path(cloud: Cloud, invocation: Invocation, user: str) -> str:
    options = invocation.options
    group_id = await find_id(cloud, _KIND, options.group, options.group_domain)
    user_id = await find_id(cloud, "identity.user", user, options.user_domain)
    return f"/v3/groups/{group_id}/users/{user_id}"


def _change(invocation: Invocation, method: str) -> int:
    async def one(cloud: Cloud, user: str) -> None:
        await cloud.request("identity", method, await _path(cloud, invocation, user))

    return each_of(invocation, "identity.user", invocation.options.user, one)


def _contains(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    user, group = invocation.options.user, invocation.options.group

    async def work(cloud: Cloud) -> bool:
        path = await _path(cloud, invocation, user)
        try:
            await cloud.request("identity", "HEAD", path)
        except NotFound:
            return False
        return True

    is_in = ask_cloud(invocation, work)
    invocation.data(f"{user} {'in' if is_in else 'not in'} group {group}")
    return 0 if is_in else 1


GROUP = Group(
    help="Groups of users",
    commands=(
        list_command(_KIND, _FILTERS, places=_PLACES, elsewhere=_elsewhere),
        show_command(_KIND, within=(DOMAIN,)),
        create_command(_KIND, (*_BOTH, DOMAIN), or_show=True),
        set_command(_KIND, (text("--name", "name", "a new name"), *_BOTH), within=(DOMAIN,)),
        delete_command(_KIND, within=(DOMAIN,)),
        Command(
            name="add user",
            help="Put users into a group",
            arguments=_users_arguments,
            run=lambda invocation: _change(invocation, "PUT"),
        ),
        Command(
            name="remove user",
            help="Take users out of a group",
            arguments=_users_arguments,
            run=lambda invocation: _change(invocation, "DELETE"),
        ),
        Command(
            name="contains user",
            help="Tell whether a user is in a group; exit code 1 if not",
            arguments=_user_arguments,
            run=_contains,
        ),
    ),
)
