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
    from stackloom.cli.running import carry_out, confirm, show_plan

    loaded = operations.read_scenario(Path(invocation.options.file))

    async def work(cloud: Cloud) -> int:
        planned = await operations.plan(cloud, loaded)
        show_plan(invocation, planned)
        if not planned.plan.changes:
            return 0
        if not confirm(invocation, "Apply this?"):
            invocation.talk("nothing was changed")
            return 1
        await carry_out(invocation, cloud, planned)
        return 0

    return with_cloud(invocation, work)


GROUP = Group(
    help="Bring about what a scenario says",
    commands=(Command(help="Plan, ask, and carry it out", arguments=_arguments, run=_apply),),
)
