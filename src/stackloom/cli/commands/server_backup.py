# SPDX-License-Identifier: Apache-2.0
"""``server backup``: make an image of a server's disk, and take older ones away."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import SHOW_FORMATS, add_output_options
from stackloom.cli.server_images import show_image_made


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="server", help="name or id")
    parser.add_argument("--name", dest="image_name", help="of the image; the server's if left out")
    parser.add_argument(
        "--type", default="", metavar="TYPE", help="such as daily; ones of a type are rotated"
    )
    parser.add_argument(
        "--rotate", type=int, default=1, metavar="N", help="keep N of the type; 1 is the default"
    )
    parser.add_argument("--wait", action="store_true", help="until it is there")
    add_output_options(parser, SHOW_FORMATS)


def _run(invocation: Invocation) -> int:
    options = invocation.options

    def content(server_name: str) -> tuple[str, dict[str, object]]:
        return "createBackup", {
            "name": options.image_name or server_name,
            "backup_type": options.type,
            "rotation": options.rotate,
        }

    return show_image_made(invocation, content)


GROUP = Group(
    help="Backups of servers, as images",
    commands=(
        Command(name="create", help="Make a backup of a server", arguments=_arguments, run=_run),
    ),
)
