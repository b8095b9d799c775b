# SPDX-License-Identifier: Apache-2.0
"""``import``: let a scenario have what is there already."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_file

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud


def _arguments(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("address", help="what it is in the scenario, such as network.lan")
    parser.add_argument("name", help="the name or id that it has in the cloud")


def _import(invocation: Invocation) -> int:
    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.plan_text import plan_lines
    from stackloom.cli.scenario_file import load
    from stackloom.cloud.mark import Address
    from stackloom.errors import UsageError

    loaded = load(invocation)
    options = invocation.options
    kind, dot, name = options.address.partition(".")
    if not dot:
        raise UsageError(f"{options.address} is no address", hint="such as network.lan")
    address = Address(kind, name)

    async def work(cloud: Cloud) -> list[str]:
        async with operations.hold(cloud, loaded.scenario.name, invocation.environment):
            state = await operations.adopt(cloud, loaded, address, options.name)
            invocation.talk(f'{address} is {state.id} now, and belongs to "{loaded.scenario.name}"')
            planned = await operations.plan(cloud, loaded, check_quota=False)
            return plan_lines(planned.shown)

    if lines := with_cloud(invocation, work):
        invocation.talk("an apply would now:")
        for line in lines:
            invocation.talk(line)
    return 0


GROUP = Group(
    help="Let a scenario have what is there already",
    commands=(
        Command(help="Put a scenario's mark on a resource", arguments=_arguments, run=_import),
    ),
)
