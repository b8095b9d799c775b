# SPDX-License-Identifier: Apache-2.0
"""``capture``: a scenario from what a project has."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.scenario.capture import Captured


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="what the scenario is to be called")
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there; else to stdout")


def _capture(invocation: Invocation) -> int:
    from pathlib import Path

    import yaml

    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.new_file import write_new

    options = invocation.options

    async def work(cloud: Cloud) -> Captured:
        return await operations.capture(cloud, options.name)

    captured = with_cloud(invocation, work)
    text = yaml.safe_dump(captured.document, sort_keys=False, default_flow_style=False, width=100)
    for line in captured.skipped:
        invocation.talk(f"left out: {line}")
    if not options.output:
        invocation.data(text.rstrip())
        return 0
    write_new(Path(options.output), text)
    invocation.talk(f"wrote {options.output}")
    return 0


GROUP = Group(
    help="Write a scenario from what a project has",
    commands=(
        Command(help="Write what the project has as a file", arguments=_arguments, run=_capture),
    ),
)
