# SPDX-License-Identifier: Apache-2.0
"""``versions``: which versions each service has, asked of all of them at once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list
from stackloom.errors import CloudError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

_TITLES = ["Service Type", "Version", "Status", "Endpoint", "Min Microversion", "Max Microversion"]


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--service", default="", help="only this type, such as compute")
    add_output_options(parser, LIST_FORMATS)


def _list(invocation: Invocation) -> int:
    from stackloom.cli.connection import with_cloud

    async def work(cloud: Cloud) -> list[list[object]]:
        import asyncio

        token = await cloud.token()
        types = sorted({each.type for each in token.catalog})
        wanted = [each for each in types if invocation.options.service in {"", each}]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_rows(cloud, each)) for each in wanted]
        return [row for task in tasks for row in task.result()]

    rows = with_cloud(invocation, work)
    write_list(invocation, _TITLES, rows)
    return 1 if any(row[1] == "" for row in rows) else 0


async def _rows(cloud: Cloud, service: str) -> list[list[object]]:
    """Ask one service at its root; one that does not answer is a row that says so."""
    from stackloom.auth.api_versions import read_versions

    config = cloud.config
    try:
        token = await cloud.token()
        root = token.endpoint(service, region=config.region, interface=config.interface)
        answer = await cloud.request(service, "GET", "/")
    except CloudError as error:
        return [[service, "", f"no answer: {error}", "", "", ""]]
    versions = read_versions(answer.body, root)
    if not versions:
        return [[service, "-", "tells no versions", root, "", ""]]
    return [[service, v.id, v.status, v.url, v.lowest, v.highest] for v in versions]


GROUP = Group(
    help="The versions that services have",
    commands=(
        Command(
            name="list",
            help="Ask each service which versions it has",
            arguments=_arguments,
            run=_list,
        ),
        Command(name="show", help="The same, as in openstack", arguments=_arguments, run=_list),
    ),
)
