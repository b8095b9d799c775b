# SPDX-License-Identifier: Apache-2.0
"""``list``: the scenarios of a project, by their marks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud


def _list(invocation: Invocation) -> int:
    from stackloom import operations
    from stackloom.cli.connection import with_cloud

    async def work(cloud: Cloud) -> dict[str, int]:
        return await operations.scenarios(cloud)

    found = with_cloud(invocation, work)
    write_list(invocation, ["Scenario", "Resources"], [list(each) for each in found.items()])
    return 0


def _arguments(parser: ArgumentParser) -> None:
    add_output_options(parser, LIST_FORMATS)


GROUP = Group(
    help="List the scenarios of a project",
    commands=(Command(help="List scenarios by their marks", arguments=_arguments, run=_list),),
)
