# SPDX-License-Identifier: Apache-2.0
"""``validate``: everything that is wrong with a scenario file, seen without a cloud."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_file


def _arguments(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text")


def _validate(invocation: Invocation) -> int:
    import json
    from collections import Counter

    import msgspec

    from stackloom.cli.scenario_file import load
    from stackloom.errors import BadScenario

    as_json = invocation.options.format == "json"
    try:
        scenario = load(invocation).scenario
    except BadScenario as error:
        if not as_json:
            raise
        invocation.data(json.dumps(msgspec.to_builtins(error.problems), indent=2))
        return error.exit_code
    counts = Counter(address.kind for address in scenario.specs)
    if as_json:
        invocation.data("[]")
    else:
        told = ", ".join(f"{number} {kind}" for kind, number in counts.items()) or "nothing"
        invocation.data(f'scenario "{scenario.name}" is well-formed: {told}')
    return 0


GROUP = Group(
    help="Say everything that is wrong with a scenario file",
    commands=(
        Command(help="Check a scenario without a cloud", arguments=_arguments, run=_validate),
    ),
)
