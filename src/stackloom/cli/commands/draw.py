# SPDX-License-Identifier: Apache-2.0
"""``draw``: show a topology, from a file or as the cloud has it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.sketch import Part


def _arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("file", nargs="?", help="draw what this scenario asks for")
    which.add_argument("--scenario", metavar="NAME", help="draw what the cloud has of it")
    parser.add_argument("--ascii", action="store_true", help="only ASCII characters")


def _draw(invocation: Invocation) -> int:
    from pathlib import Path

    from stackloom import operations

    options = invocation.options
    if options.file:
        parts = operations.topology_of(operations.read_scenario(Path(options.file)).scenario)
    else:
        from stackloom.cli.connection import with_cloud

        async def work(cloud: Cloud) -> list[Part]:
            return await operations.topology(cloud, options.scenario)

        parts = with_cloud(invocation, work)
    plain = options.ascii or not _takes_unicode(invocation)
    invocation.data(operations.picture(parts, plain=plain))
    return 0


def _takes_unicode(invocation: Invocation) -> bool:
    return "utf" in (invocation.stdout.encoding or "utf-8").lower()


GROUP = Group(
    help="Show a topology",
    commands=(Command(help="Draw a scenario in characters", arguments=_arguments, run=_draw),),
)
