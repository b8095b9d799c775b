# SPDX-License-Identifier: Apache-2.0
"""``quota``: how many objects of Neutron a project may have."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import add_fields, given_fields, named
from stackloom.cli.kind_at_hand import resolved
from stackloom.cli.kind_commands import list_command
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

_KIND = "network.network_quota"
_LIST = list_command(_KIND)
_PROJECT = named(
    "project", "", "identity.project", "name or id; the own one if left out", nargs="?"
)

# What the openstack client calls them, by Neutron's names; others are called as Neutron does.
_TITLES = {
    "floatingip": "floating-ips",
    "network": "networks",
    "port": "ports",
    "rbac_policy": "rbac-policies",
    "router": "routers",
    "router_route": "router-routes",
    "security_group": "secgroups",
    "security_group_rule": "secgroup-rules",
    "subnet": "subnets",
    "subnetpool": "subnetpools",
}


def _network_argument(parser: ArgumentParser) -> None:
    parser.add_argument("--network", action="store_true", help="those of Neutron, which are all")


def _list_arguments(parser: ArgumentParser) -> None:
    _network_argument(parser)
    _LIST.arguments(parser)


def _show_arguments(parser: ArgumentParser) -> None:
    add_fields(parser, [_PROJECT])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--default", action="store_true", help="what projects have at first")
    which.add_argument("--usage", action="store_true", help="how much of it is used as well")
    _network_argument(parser)
    add_output_options(parser, LIST_FORMATS)


def _show(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    options = invocation.options
    given = given_fields(options, [_PROJECT])
    below = "/default" if options.default else "/details.json" if options.usage else ""

    async def work(cloud: Cloud) -> Any:
        import msgspec

        ids = [id for _, id in await resolved(cloud, given)]
        project_id = ids[0] if ids else (await cloud.token()).project_id
        if not project_id:
            raise UsageError("this token has no project", hint="name one: quota show PROJECT")
        answer = await cloud.request("network", "GET", f"/v2.0/quotas/{project_id}{below}")
        return msgspec.json.decode(answer.body)["quota"]

    quota = ask_cloud(invocation, work)
    # What Neutron adds to tell whose they are is no limit.
    limits = {name: limit for name, limit in quota.items() if not name.endswith("_id")}
    if options.usage:
        titles = ("Resource", "Limit", "In Use", "Reserved")
        rows = [
            (_TITLES.get(name, name), each["limit"], each["used"], each["reserved"])
            for name, each in limits.items()
        ]
        write_list(invocation, titles, rows)
    else:
        write_list(
            invocation,
            ("Resource", "Limit"),
            [(_TITLES.get(name, name), limit) for name, limit in limits.items()],
        )
    return 0


GROUP = Group(
    help="Limits of projects in Neutron",
    commands=(
        Command(
            name="list",
            help="List the projects whose limits are not the default",
            arguments=_list_arguments,
            run=_LIST.run,
        ),
        Command(
            name="show", help="Show the limits of a project", arguments=_show_arguments, run=_show
        ),
    ),
)
