# SPDX-License-Identifier: Apache-2.0
"""``extension``: what the network API of this cloud can do beyond the ordinary."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "network.extension"
_LIST = list_command(_KIND)


def _arguments(parser: ArgumentParser) -> None:
    # Of the other services, the extensions of Nova and Cinder are all always there.
    parser.add_argument(
        "--network", action="store_true", help="those of the network API, which are all there are"
    )
    _LIST.arguments(parser)


GROUP = Group(
    help="Extensions of the network API",
    commands=(
        Command(
            name="list",
            help="List the extensions of the network API",
            arguments=_arguments,
            run=_LIST.run,
        ),
        show_command(_KIND),
    ),
)
