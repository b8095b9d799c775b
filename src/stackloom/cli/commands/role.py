# SPDX-License-Identifier: Apache-2.0
"""``role``: roles, and giving them to users and groups."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import pair, text
from stackloom.cli.identity import DOMAIN, add_named, find_id
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

_KIND = "identity.role"
_BOTH = (
    text("--description", "description", "for people"),
    pair("--immutable", "--no-immutable", "options.immutable", "keep it from being changed"),
)


def _assignment_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("role", help="name or id")
    add_named(parser, "user", "who")
    add_named(parser, "group", "whose users")
    add_named(parser, "project", "where")
    parser.add_argument("--domain", metavar="DOMAIN", help="where, name or id")
    parser.add_argument("--system", choices=("all",), help="where: in the whole system")
    parser.add_argument("--inherited", action="store_true", help="in the projects below, not there")
    parser.add_argument("--role-domain", metavar="DOMAIN", help="the domain of the role")


def _assign(invocation: Invocation, method: str) -> int:
    from stackloom.cli.connection import ask_cloud
    from stackloom.resources.identity.role_assignment import assignment_path

    options = invocation.options
    if bool(options.user) == bool(options.group):
        raise UsageError("a role is given to a --user or to a --group")
    if sum(map(bool, (options.project, options.domain, options.system))) != 1:
        raise UsageError("a role is given in a --project, in a --domain, or in the --system")
    if options.inherited and options.system:
        raise UsageError("roles in the system are not inherited")

    async def work(cloud: Cloud) -> None:
        path = assignment_path(
            await find_id(cloud, _KIND, options.role, options.role_domain),
            user_id=await find_id(cloud, "identity.user", options.user, options.user_domain),
            group_id=await find_id(cloud, "identity.group", options.group, options.group_domain),
            project_id=await find_id(
                cloud, "identity.project", options.project, options.project_domain
            ),
            domain_id=await find_id(cloud, "identity.domain", options.domain),
            is_inherited=options.inherited,
        )
        await cloud.request("identity", method, path)

    ask_cloud(invocation, work)
    return 0


GROUP = Group(
    help="Roles",
    commands=(
        list_command(_KIND, (text("--name", "name", "with exactly this name"), DOMAIN)),
        show_command(_KIND, within=(DOMAIN,)),
        create_command(_KIND, (*_BOTH, DOMAIN), or_show=True),
        set_command(_KIND, (text("--name", "name", "a new name"), *_BOTH), within=(DOMAIN,)),
        delete_command(_KIND, within=(DOMAIN,)),
        Command(
            name="add",
            help="Give a role to a user or a group",
            arguments=_assignment_arguments,
            run=lambda invocation: _assign(invocation, "PUT"),
        ),
        Command(
            name="remove",
            help="Take a role away again",
            arguments=_assignment_arguments,
            run=lambda invocation: _assign(invocation, "DELETE"),
        ),
    ),
)
