# SPDX-License-Identifier: Apache-2.0
"""``output``: what a woven scenario tells."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_file

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud


def _arguments(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("name", nargs="?", help="only this one, bare; a secret one only so")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text")


def _output(invocation: Invocation) -> int:
    import json

    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.output_values import show_outputs
    from stackloom.cli.scenario_file import load
    from stackloom.errors import UnknownName

    scenario = load(invocation).scenario
    options = invocation.options
    if options.name and options.name not in scenario.outputs:
        known = ", ".join(scenario.outputs) or "none"
        raise UnknownName(
            f'scenario "{scenario.name}" has no output "{options.name}"', hint=f"it has: {known}"
        )

    async def work(cloud: Cloud) -> dict[str, Any]:
        return await operations.outputs(cloud, scenario)

    values = with_cloud(invocation, work)
    if options.name:
        value = values[options.name]
        is_bare = options.format == "text" and isinstance(value, str)
        invocation.data(value if is_bare else json.dumps(value))
    elif options.format == "json":
        shown = {n: "***" if scenario.outputs[n].secret else v for n, v in values.items()}
        invocation.data(scenario.hide(json.dumps(shown, indent=2)))
    else:
        show_outputs(invocation, scenario, values)
    return 0


GROUP = Group(
    help="Show what a woven scenario tells",
    commands=(Command(help="Show a scenario's outputs", arguments=_arguments, run=_output),),
)
