# SPDX-License-Identifier: Apache-2.0
"""``drift``: where the cloud is not what the scenario says."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_file

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.operations import Planned


def _arguments(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--detailed-exitcode",
        action="store_true",
        help="exit with 0 for no drift, 2 for some",
    )


def _drift(invocation: Invocation) -> int:
    import json

    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.plan_text import drift_lines
    from stackloom.cli.scenario_file import load
    from stackloom.scenario.drift import drift_document, drift_of
    from stackloom.scenario.wording import in_words

    loaded = load(invocation)

    async def work(cloud: Cloud) -> Planned:
        return await operations.plan(cloud, loaded, check_quota=False)

    planned = with_cloud(invocation, work)
    is_json = invocation.options.format == "json"
    drift = drift_of(planned.shown if is_json else in_words(planned.shown))
    if is_json:
        invocation.data(json.dumps(drift_document(drift), indent=2))
    else:
        for line in drift_lines(planned.scenario.name, drift):
            invocation.data(line)
    return 2 if drift and invocation.options.detailed_exitcode else 0


GROUP = Group(
    help="Say where the cloud is not what a scenario says",
    commands=(Command(help="Compare field by field", arguments=_arguments, run=_drift),),
)
