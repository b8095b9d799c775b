# SPDX-License-Identifier: Apache-2.0
"""``plan``: say what an apply would do."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_file, add_server

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.operations import Planned


def _arguments(parser: ArgumentParser) -> None:
    add_file(parser)
    add_server(parser)
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="save the plan, for: stackloom apply FILE"
    )
    parser.add_argument(
        "--detailed-exitcode",
        action="store_true",
        help="exit with 0 for no change, 2 for changes",
    )


def _plan(invocation: Invocation) -> int:
    import json

    from stackloom.cli.plan_text import counts_line, plan_lines
    from stackloom.cli.running import show_warnings
    from stackloom.scenario.saved_plan import plan_document

    options = invocation.options
    planned = _planned_by_service(invocation) if options.server else _planned(invocation)
    plan = planned.shown
    if options.format == "json":
        invocation.data(json.dumps(plan_document(plan), indent=2))
    else:
        for line in plan_lines(plan):
            invocation.data(line)
        invocation.data(f'scenario "{plan.scenario}": {counts_line(plan)}')
    show_warnings(invocation, planned)
    if options.output:
        invocation.talk(f"saved; stackloom apply {options.output} carries out exactly this")
    return 2 if plan.changes and options.detailed_exitcode else 0


def _planned(invocation: Invocation) -> Planned:
    from pathlib import Path

    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.private_file import write_private
    from stackloom.cli.scenario_file import load

    loaded = load(invocation)
    options = invocation.options

    async def work(cloud: Cloud) -> Planned:
        planned = await operations.plan(cloud, loaded)
        if options.output:
            key = await operations.cloud_key(cloud)
            write_private(Path(options.output), operations.save_plan(key, loaded, planned))
        return planned

    return with_cloud(invocation, work)


def _planned_by_service(invocation: Invocation) -> Planned:
    from stackloom.cli.remote import with_client
    from stackloom.cli.remote_run import plan_remotely
    from stackloom.cli.scenario_file import sent
    from stackloom.errors import UsageError

    if invocation.options.output:
        raise UsageError(
            "a plan that a service has made is not saved here",
            hint="without --server it is; or let the service keep the scenario and its plan",
        )
    source = sent(invocation)
    return with_client(invocation, lambda client: plan_remotely(client, source))


GROUP = Group(
    help="Say what an apply would do",
    commands=(Command(help="Compare a scenario with the cloud", arguments=_arguments, run=_plan),),
)
