# SPDX-License-Identifier: Apache-2.0
"""``endpoint``: addresses of services in the catalog."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import add_fields, body_of, given_fields, named, pair, text
from stackloom.cli.kind_at_hand import load_kind, plain, resolved
from stackloom.cli.kind_commands import create_command, delete_command, set_command
from stackloom.cli.output import (
    LIST_FORMATS,
    SHOW_FORMATS,
    add_output_options,
    write_list,
    write_one,
)
from stackloom.errors import Forbidden

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

_KIND = "identity.endpoint"
_SERVICE = "identity.service"
_INTERFACES = ("admin", "public", "internal")
_REGION = text("--region", "region_id", "where it is", metavar="REGION")
_ENABLED = pair("--enable", "--disable", "enabled", "show it in the catalog")
_CREATE = (
    named("service", "service_id", _SERVICE, "name, type or id", metavar="service"),
    text("interface", "interface", "for whom it is", choices=_INTERFACES),
    text("url", "url", "the address"),
    _REGION,
    _ENABLED,
)
_FILTERS = (
    named("--service", "service_id", _SERVICE, "of this one, by name, type or id"),
    text("--interface", "interface", "for these", choices=_INTERFACES),
    _REGION,
)
_SET = (*_FILTERS, text("--url", "url", "the address"), _ENABLED)
_TITLES = ("ID", "Region", "Service Name", "Service Type", "Enabled", "Interface", "URL")


def _list_arguments(parser: ArgumentParser) -> None:
    add_fields(parser, _FILTERS)
    add_output_options(parser, LIST_FORMATS)


def _list(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud
    from stackloom.cloud.verbs import list_states

    given = given_fields(invocation.options, _FILTERS)

    async def work(cloud: Cloud) -> list[tuple[object, ...]]:
        query = body_of(await resolved(cloud, given))
        try:
            services = {each.id: each async for each in list_states(cloud, load_kind(_SERVICE))}
        except Forbidden as error:
            error.hint = "stackloom catalog list shows those that this token tells of"
            raise
        rows: list[tuple[object, ...]] = []
        async for each in list_states(cloud, load_kind(_KIND), query):
            service = services.get(each.service_id)
            of = (service.name, service.type) if service else ("", "")
            rows.append((each.id, each.region_id, *of, each.enabled, each.interface, each.url))
        return rows

    write_list(invocation, _TITLES, ask_cloud(invocation, work))
    return 0


def _show_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("endpoint", help="id")
    add_output_options(parser, SHOW_FORMATS)


def _show(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud
    from stackloom.cloud.verbs import find

    async def work(cloud: Cloud) -> dict[str, Any]:
        endpoint = await find(cloud, load_kind(_KIND), invocation.options.endpoint)
        service = await find(cloud, load_kind(_SERVICE), endpoint.service_id)
        return {**plain(endpoint), "service_name": service.name, "service_type": service.type}

    write_one(invocation, ask_cloud(invocation, work))
    return 0


GROUP = Group(
    help="Addresses of services in the catalog",
    commands=(
        Command(name="list", help="List endpoints", arguments=_list_arguments, run=_list),
        Command(name="show", help="Show one endpoint", arguments=_show_arguments, run=_show),
        create_command(_KIND, _CREATE, name=""),
        set_command(_KIND, _SET),
        delete_command(_KIND),
    ),
)
