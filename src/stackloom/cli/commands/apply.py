# SPDX-License-Identifier: Apache-2.0
"""``apply``: bring about what a scenario says."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_file, add_server

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.scenario.loader import Loaded
    from stackloom.scenario.saved_plan import SavedPlan


def _arguments(parser: ArgumentParser) -> None:
    add_file(parser, help="the scenario, or a plan that was saved")
    add_server(parser)
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--json", action="store_true", help="tell what happens as JSON, an event a line"
    )


def _apply(invocation: Invocation) -> int:
    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.output_values import show_outputs
    from stackloom.cli.running import ask_and_carry_out

    if invocation.options.server:
        return _apply_by_service(invocation)
    saved, loaded = _read(invocation)
    scenario = loaded.scenario

    async def work(cloud: Cloud) -> int:
        async with operations.hold(cloud, scenario.name, invocation.environment) as records:
            # Warnings about quotas are for whoever is asked.
            asks = not invocation.options.yes and not saved
            planned = await operations.plan(cloud, loaded, records=records, check_quota=asks)
            if saved:
                operations.check_still_so(saved, await operations.cloud_key(cloud), planned)
            code = await ask_and_carry_out(invocation, cloud, planned, records, "Apply this?")
            if code == 0 and scenario.outputs:
                show_outputs(invocation, scenario, await operations.outputs(cloud, scenario))
            return code

    return with_cloud(invocation, work)


def _apply_by_service(invocation: Invocation) -> int:
    from pathlib import Path

    from stackloom.cli.remote import with_client
    from stackloom.cli.remote_run import apply_remotely
    from stackloom.cli.scenario_file import sent
    from stackloom.errors import UsageError
    from stackloom.scenario.loader import read_text_file
    from stackloom.scenario.saved_plan import is_saved_plan

    file = invocation.options.file
    if is_saved_plan(read_text_file(Path(file))):
        raise UsageError(
            f"{file} is a plan that was made here, and a service carries out its own",
            hint="give the scenario; the service plans it, and asks before it changes anything",
        )
    source = sent(invocation)
    return with_client(invocation, lambda client: apply_remotely(invocation, client, source))


def _read(invocation: Invocation) -> tuple[SavedPlan | None, Loaded]:
    from pathlib import Path

    from stackloom import operations
    from stackloom.cli.scenario_file import given, load
    from stackloom.scenario.loader import read_text_file
    from stackloom.scenario.saved_plan import is_saved_plan

    file = invocation.options.file
    text = read_text_file(Path(file))
    if not is_saved_plan(text):
        return None, load(invocation)
    return operations.read_saved(text, file, given(invocation))


GROUP = Group(
    help="Bring about what a scenario says",
    commands=(Command(help="Plan, ask, and carry it out", arguments=_arguments, run=_apply),),
)
