# SPDX-License-Identifier: Apache-2.0
"""``catalog``: which services the token can reach, and where."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import (
    LIST_FORMATS,
    SHOW_FORMATS,
    add_output_options,
    write_list,
    write_one,
)
from stackloom.errors import UnknownName

if TYPE_CHECKING:
    from stackloom.auth.token import Service, Token
    from stackloom.cloud.cloud import Cloud


def _list_arguments(parser: ArgumentParser) -> None:
    add_output_options(parser, LIST_FORMATS)


def _show_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("service", help="type or name, such as network or neutron")
    add_output_options(parser, SHOW_FORMATS)


def _token(invocation: Invocation) -> Token:
    from stackloom.cli.connection import ask_cloud

    async def work(cloud: Cloud) -> Token:
        return await cloud.token()

    token = ask_cloud(invocation, work)
    if not token.project_id:
        invocation.talk(
            f"note: this token is for {token.scope}; Keystone leaves out the services whose "
            "address has a project in it"
        )
    return token


def _list(invocation: Invocation) -> int:
    services = _token(invocation).catalog
    structured = invocation.options.format in {"json", "yaml"}
    rows = [
        [service.name, service.type, _endpoints(service, structured=structured)]
        for service in sorted(services, key=lambda each: each.type)
    ]
    write_list(invocation, ["Name", "Type", "Endpoints"], rows)
    return 0


def _show(invocation: Invocation) -> int:
    services = _token(invocation).catalog
    wanted = invocation.options.service
    found = [each for each in services if wanted in {each.type, each.name}]
    if not found:
        known = ", ".join(sorted({each.type for each in services})) or "nothing"
        raise UnknownName(f'the catalog has no service "{wanted}"', hint=f"it has: {known}")
    structured = invocation.options.format in {"json", "yaml"}
    for service in found:
        write_one(
            invocation,
            {
                "endpoints": _endpoints(service, structured=structured),
                "id": service.id,
                "name": service.name,
                "type": service.type,
            },
        )
    return 0


def _endpoints(service: Service, *, structured: bool) -> object:
    """Return them for a program as they are, for a person a line each, by region."""
    ordered = sorted(service.endpoints, key=lambda each: (each.region_name, each.interface))
    if structured:
        return [
            {"region_id": each.region_name, "interface": each.interface, "url": each.url}
            for each in ordered
        ]
    lines: list[str] = []
    for number, each in enumerate(ordered):
        if number == 0 or ordered[number - 1].region_name != each.region_name:
            lines.append(each.region_name or "(no region)")
        lines.append(f"  {each.interface}: {each.url}")
    return "\n".join(lines)


GROUP = Group(
    help="The services that a token can reach",
    commands=(
        Command(
            name="list",
            help="List the services with their addresses",
            arguments=_list_arguments,
            run=_list,
        ),
        Command(name="show", help="Show one service", arguments=_show_arguments, run=_show),
    ),
)
