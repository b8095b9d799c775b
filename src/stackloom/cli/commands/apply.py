# SPDX-License-Identifier: Apache-2.0
"""``apply``: bring about what a scenario says."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", help="the scenario")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


def _apply(invocation: Invocation) -> int:
    from pathlib import Path

    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.running import ask_and_carry_out

    loaded = operations.read_scenario(Path(invocation.options.file))

    async def work(cloud: Cloud) -> int:
        name = loaded.scenario.name
        async with operations.hold(cloud, name, invocation.environment) as records:
            planned = await operations.plan(cloud, loaded, records=records)
            return await ask_and_carry_out(invocation, cloud, planned, records, "Apply this?")

    return with_cloud(invocation, work)


GROUP = Group(
    help="Bring about what a scenario says",
    commands=(Command(help="Plan, ask, and carry it out", arguments=_arguments, run=_apply),),
)
