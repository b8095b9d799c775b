# SPDX-License-Identifier: Apache-2.0
"""``server``: look at servers, create and delete them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.kind_commands import (
    delete_command,
    list_command,
    plain,
    show_command,
)
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind
    from stackloom.resources.compute.server import ServerState

_KIND = "compute.server"
_WAIT_SECONDS = 600.0


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--image", required=True, metavar="IMAGE", help="name or id")
    parser.add_argument("--flavor", required=True, metavar="FLAVOR", help="name or id")
    parser.add_argument(
        "--network",
        action="append",
        default=[],
        metavar="NETWORK",
        help="name or id; repeat for several",
    )
    parser.add_argument("--port", action="append", default=[], metavar="PORT", help="name or id")
    parser.add_argument("--key-name", default="", metavar="KEY", help="key pair to put into it")
    parser.add_argument(
        "--property", action="append", default=[], metavar="KEY=VALUE", help="metadata; repeatable"
    )
    parser.add_argument("--wait", action="store_true", help="until it is ACTIVE")
    add_output_options(parser, SHOW_FORMATS)


def _create(invocation: Invocation) -> int:
    from stackloom.cli.connection import with_cloud
    from stackloom.errors import UsageError

    options = invocation.options
    pairs = [each.partition("=") for each in options.property]
    if wrong := [key for key, equals, _ in pairs if not equals or not key]:
        raise UsageError(f"--property {wrong[0]}: should be KEY=VALUE")
    wanted: dict[str, Any] = {"name": options.name}
    if options.key_name:
        wanted["key_name"] = options.key_name
    if pairs:
        wanted["metadata"] = {key: value for key, _, value in pairs}
    write_one(invocation, with_cloud(invocation, lambda cloud: _made(cloud, invocation, wanted)))
    return 0


async def _made(cloud: Cloud, invocation: Invocation, wanted: dict[str, Any]) -> dict[str, object]:
    """Look up what was named, all at once, and boot the server; return it as the cloud has it."""
    from stackloom.cloud.together import together
    from stackloom.cloud.verbs import create, find, get
    from stackloom.cloud.wait import Watch
    from stackloom.resources.compute import flavor, server
    from stackloom.resources.image import image
    from stackloom.resources.network import network, port

    options = invocation.options
    named: list[tuple[Kind[Any], str]] = [
        (image.KIND, options.image),
        (flavor.KIND, options.flavor),
    ]
    named += [(network.KIND, name) for name in options.network]
    named += [(port.KIND, name) for name in options.port]
    ids = [state.id for state in await together(find(cloud, kind, name) for kind, name in named)]
    networks = [{"uuid": id} for id in ids[2 : 2 + len(options.network)]]
    nics = networks + [{"port": id} for id in ids[2 + len(options.network) :]]
    body = {"imageRef": ids[0], "flavorRef": ids[1], "networks": nics or "auto", **wanted}
    made = await create(cloud, server.KIND, body)
    if options.wait:
        invocation.talk(f"waiting for {options.name} to be ACTIVE")
        watch = Watch(cloud, server.KIND)
        await watch.until_ready(made.id, within_seconds=_WAIT_SECONDS)
    booted: ServerState = await get(cloud, server.KIND, made.id)
    return dict(plain(booted))


GROUP = Group(
    help="Servers",
    commands=(
        list_command(_KIND),
        show_command(_KIND),
        Command(name="create", help="Boot a server", arguments=_create_arguments, run=_create),
        delete_command(_KIND),
    ),
)
