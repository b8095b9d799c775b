# SPDX-License-Identifier: Apache-2.0
"""``trust``: let another user act for one."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.identity import add_named, find_id
from stackloom.cli.kind_at_hand import checked, load_kind, plain
from stackloom.cli.kind_commands import delete_command, show_command
from stackloom.cli.output import (
    LIST_FORMATS,
    SHOW_FORMATS,
    add_output_options,
    write_list,
    write_one,
)

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import State

_KIND = "identity.trust"
_USER = "identity.user"


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("trustor", help="who lets another act: yourself, name or id")
    parser.add_argument("trustee", help="who may act, name or id")
    add_named(parser, "project", "in this project", required=True)
    parser.add_argument(
        "--role", action="append", required=True, metavar="ROLE", help="with this role; repeatable"
    )
    parser.add_argument("--impersonate", action="store_true", help="what is done bears your name")
    parser.add_argument("--expiration", metavar="YYYY-MM-DDTHH:MM:SS", help="when it ends, in UTC")
    parser.add_argument("--trustor-domain", metavar="DOMAIN", help="the domain of the trustor")
    parser.add_argument("--trustee-domain", metavar="DOMAIN", help="the domain of the trustee")
    add_output_options(parser, SHOW_FORMATS)


def _create(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud
    from stackloom.cloud.verbs import create

    options = invocation.options
    kind = load_kind(_KIND)

    async def work(cloud: Cloud) -> State:
        body: dict[str, Any] = {
            "trustor_user_id": await find_id(cloud, _USER, options.trustor, options.trustor_domain),
            "trustee_user_id": await find_id(cloud, _USER, options.trustee, options.trustee_domain),
            "project_id": await find_id(
                cloud, "identity.project", options.project, options.project_domain
            ),
            # By name: a member may not look their ids up (keystone/api/trusts.py, 30.0.0).
            "roles": [{"name": role} for role in options.role],
            "impersonation": options.impersonate,
        }
        if options.expiration:
            body["expires_at"] = options.expiration
        return await create(cloud, kind, checked(kind.new, body))

    write_one(invocation, plain(ask_cloud(invocation, work)))
    return 0


def _list_arguments(parser: ArgumentParser) -> None:
    add_named(parser, "trustor", "given by this user")
    add_named(parser, "trustee", "given to this user")
    parser.add_argument("--auth-user", action="store_true", help="given by you, or to you")
    add_output_options(parser, LIST_FORMATS)


def _list(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud
    from stackloom.cloud.verbs import list_states

    options = invocation.options
    kind = load_kind(_KIND)

    async def work(cloud: Cloud) -> list[State]:
        if options.auth_user:
            own = (await cloud.token()).user_id
            queries = [{"trustor_user_id": own}, {"trustee_user_id": own}]
        else:
            wanted = {
                "trustor_user_id": await find_id(
                    cloud, _USER, options.trustor, options.trustor_domain
                ),
                "trustee_user_id": await find_id(
                    cloud, _USER, options.trustee, options.trustee_domain
                ),
            }
            queries = [{name: id for name, id in wanted.items() if id}]
        found = {
            state.id: state for query in queries async for state in list_states(cloud, kind, query)
        }
        return [*found.values()]

    states = ask_cloud(invocation, work)
    titles = [column.title for column in kind.columns]
    write_list(
        invocation, titles, ([column.value(state) for column in kind.columns] for state in states)
    )
    return 0


GROUP = Group(
    help="Trusts: another user acts for one",
    commands=(
        Command(name="list", help="List trusts", arguments=_list_arguments, run=_list),
        show_command(_KIND),
        Command(name="create", help="Create a trust", arguments=_create_arguments, run=_create),
        delete_command(_KIND),
    ),
)
