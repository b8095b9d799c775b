# SPDX-License-Identifier: Apache-2.0
"""``destroy``: take a scenario away again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_server, add_variables

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud


def _arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("file", nargs="?", help="the scenario; only its name counts")
    which.add_argument("--scenario", metavar="NAME", help="its name, where the file is gone")
    add_variables(parser)
    add_server(parser)
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--json", action="store_true", help="tell what happens as JSON, an event a line"
    )


def _destroy(invocation: Invocation) -> int:
    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.running import ask_and_carry_out
    from stackloom.cli.scenario_file import load

    options = invocation.options
    if options.server:
        return _destroy_by_service(invocation)
    name = options.scenario or load(invocation).scenario.name

    async def work(cloud: Cloud) -> int:
        async with operations.hold(cloud, name, invocation.environment) as records:
            planned = await operations.plan_destruction(cloud, name, records=records)
            question = "Delete all of this?"
            code = await ask_and_carry_out(invocation, cloud, planned, records, question)
            if options.scenario and not planned.plan.steps:  # perhaps it is called otherwise
                there = ", ".join(await operations.scenarios(cloud)) or "none"
                invocation.talk(f"scenarios found in this project: {there}")
            return code

    return with_cloud(invocation, work)


def _destroy_by_service(invocation: Invocation) -> int:
    from stackloom.cli.remote import with_client
    from stackloom.cli.remote_run import destroy_remotely
    from stackloom.cli.scenario_file import sent

    source = None if invocation.options.scenario else sent(invocation)
    name = source.loaded.scenario.name if source else invocation.options.scenario
    return with_client(
        invocation, lambda client: destroy_remotely(invocation, client, name, source)
    )


GROUP = Group(
    help="Take away what carries a scenario's marks",
    commands=(Command(help="Plan, ask, and delete", arguments=_arguments, run=_destroy),),
)
