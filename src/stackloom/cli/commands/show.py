# SPDX-License-Identifier: Apache-2.0
"""``show``: what the cloud has of a scenario."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import State
    from stackloom.cloud.mark import Address


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("scenario", help="the name in its file")
    add_output_options(parser, LIST_FORMATS)


def _show(invocation: Invocation) -> int:
    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cloud.mark import without_mark

    async def work(cloud: Cloud) -> dict[Address, State]:
        return await operations.resources(cloud, invocation.options.scenario)

    found = with_cloud(invocation, work)
    rows: list[list[object]] = [
        [str(address), state.id, without_mark(state.name), getattr(state, "status", "")]
        for address, state in sorted(found.items())
    ]
    write_list(invocation, ["Address", "ID", "Name", "Status"], rows)
    return 0


GROUP = Group(
    help="Show what the cloud has of a scenario",
    commands=(Command(help="List the resources of a scenario", arguments=_arguments, run=_show),),
)
