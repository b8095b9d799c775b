# SPDX-License-Identifier: Apache-2.0
"""``role assignment``: who has which role where."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.identity import add_named, find_id
from stackloom.cli.kind_at_hand import load_kind
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import State


def _arguments(parser: ArgumentParser) -> None:
    add_named(parser, "role", "this role")
    add_named(parser, "user", "of this user")
    add_named(parser, "group", "of this group")
    add_named(parser, "project", "in this project")
    parser.add_argument("--domain", metavar="DOMAIN", help="in this domain, name or id")
    parser.add_argument("--system", choices=("all",), help="in the system")
    parser.add_argument("--auth-user", action="store_true", help="your own")
    parser.add_argument("--auth-project", action="store_true", help="in the project of your token")
    parser.add_argument("--effective", action="store_true", help="groups and inheritance resolved")
    parser.add_argument("--inherited", action="store_true", help="inherited by projects")
    parser.add_argument("--names", action="store_true", help="names in place of ids")
    add_output_options(parser, LIST_FORMATS)


async def _query(cloud: Cloud, invocation: Invocation) -> dict[str, str]:
    """Return what Keystone filters by; keystone/api/role_assignments.py, 30.0.0."""
    options = invocation.options
    token = await cloud.token()
    query = {
        "role.id": await find_id(cloud, "identity.role", options.role, options.role_domain),
        "user.id": token.user_id
        if options.auth_user
        else await find_id(cloud, "identity.user", options.user, options.user_domain),
        "group.id": await find_id(cloud, "identity.group", options.group, options.group_domain),
        "scope.project.id": token.project_id
        if options.auth_project
        else await find_id(cloud, "identity.project", options.project, options.project_domain),
        "scope.domain.id": await find_id(cloud, "identity.domain", options.domain),
        "scope.system": options.system or "",
        "scope.OS-INHERIT:inherited_to": "projects" if options.inherited else "",
        "effective": "true" if options.effective else "",
        "include_names": "true" if options.names else "",
    }
    return {name: value for name, value in query.items() if value}


def _list(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud
    from stackloom.cloud.verbs import list_states

    kind = load_kind("identity.role_assignment")

    async def work(cloud: Cloud) -> list[State]:
        query = await _query(cloud, invocation)
        return [state async for state in list_states(cloud, kind, query)]

    states = ask_cloud(invocation, work)
    titles = [column.title for column in kind.columns]
    write_list(
        invocation, titles, ([column.value(state) for column in kind.columns] for state in states)
    )
    return 0


GROUP = Group(
    help="Who has which role where",
    commands=(Command(name="list", help="List role assignments", arguments=_arguments, run=_list),),
)
