# SPDX-License-Identifier: Apache-2.0
"""``network subport list``: what ``network trunk subport list`` does, under its older name."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group
from stackloom.cli.commands.network_trunk_subport import list_subports
from stackloom.cli.output import LIST_FORMATS, add_output_options


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--trunk", required=True, metavar="TRUNK", help="name or id")
    add_output_options(parser, LIST_FORMATS)


GROUP = Group(
    help="Ports that a trunk carries",
    commands=(
        Command(
            name="list",
            help="List the ports that a trunk carries",
            arguments=_arguments,
            run=list_subports,
        ),
    ),
)
