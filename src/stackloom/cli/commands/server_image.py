# SPDX-License-Identifier: Apache-2.0
"""``server image``: make an image of a server's disk."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import key_values
from stackloom.cli.output import SHOW_FORMATS, add_output_options
from stackloom.cli.server_images import show_image_made


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="server", help="name or id")
    parser.add_argument("--name", dest="image_name", help="of the image; the server's if left out")
    parser.add_argument(
        "--property", action="append", default=[], metavar="KEY=VALUE", help="of the image"
    )
    parser.add_argument("--wait", action="store_true", help="until it is there")
    add_output_options(parser, SHOW_FORMATS)


def _run(invocation: Invocation) -> int:
    options = invocation.options
    properties = key_values(options.property)

    def content(server_name: str) -> tuple[str, dict[str, object]]:
        wanted: dict[str, object] = {"name": options.image_name or server_name}
        return "createImage", {**wanted, "metadata": properties} if properties else wanted

    return show_image_made(invocation, content)


GROUP = Group(
    help="Images of servers",
    commands=(
        Command(name="create", help="Make an image of a server", arguments=_arguments, run=_run),
    ),
)
