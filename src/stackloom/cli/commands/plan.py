# SPDX-License-Identifier: Apache-2.0
"""``plan``: say what an apply would do."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.operations import Planned


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", help="the scenario")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--detailed-exitcode",
        action="store_true",
        help="exit with 0 for no change, 2 for changes",
    )


def _plan(invocation: Invocation) -> int:
    import json
    from pathlib import Path

    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.plan_text import counts_line, plan_document, plan_lines

    loaded = operations.read_scenario(Path(invocation.options.file))

    async def work(cloud: Cloud) -> Planned:
        return await operations.plan(cloud, loaded)

    plan = with_cloud(invocation, work).plan
    if invocation.options.format == "json":
        invocation.data(json.dumps(plan_document(plan), indent=2))
    else:
        for line in plan_lines(plan):
            invocation.data(line)
        invocation.data(f'scenario "{plan.scenario}": {counts_line(plan)}')
    return 2 if plan.changes and invocation.options.detailed_exitcode else 0


GROUP = Group(
    help="Say what an apply would do",
    commands=(Command(help="Compare a scenario with the cloud", arguments=_arguments, run=_plan),),
)
