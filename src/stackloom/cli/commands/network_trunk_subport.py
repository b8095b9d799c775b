# SPDX-License-Identifier: Apache-2.0
"""``network trunk subport``: the ports that a trunk carries."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import named, number, text
from stackloom.cli.kind_at_hand import load_kind
from stackloom.cli.kind_commands import put_command
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.resources.network.trunk import TrunkState

_KIND = "network.trunk"

_ADD = (
    named("port", "port_id", "network.port", "name or id"),
    text("--segmentation-type", "segmentation_type", "vlan, or inherit"),
    number("--segmentation-id", "segmentation_id", "its number on the wire"),
)
_REMOVE = (named("port", "port_id", "network.port", "name or id", nargs="+"),)


def _added(body: dict[str, Any]) -> dict[str, Any]:
    return {"sub_ports": [body]}


def _removed(body: dict[str, Any]) -> dict[str, Any]:
    return {"sub_ports": [{"port_id": id} for id in body["port_id"]]}


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("trunk", help="name or id")
    add_output_options(parser, LIST_FORMATS)


def list_subports(invocation: Invocation) -> int:
    """Write the ports that the trunk carries."""
    from stackloom.cli.connection import ask_cloud

    async def work(cloud: Cloud) -> TrunkState:
        from stackloom.cloud.verbs import find

        trunk: TrunkState = await find(cloud, load_kind(_KIND), invocation.options.trunk)
        return trunk

    titles = ("Port", "Segmentation Type", "Segmentation ID")
    rows = [
        (each.port_id, each.segmentation_type, each.segmentation_id)
        for each in ask_cloud(invocation, work).sub_ports
    ]
    write_list(invocation, titles, rows)
    return 0


GROUP = Group(
    help="Ports that a trunk carries",
    commands=(
        Command(
            name="list",
            help="List the ports that a trunk carries",
            arguments=_arguments,
            run=list_subports,
        ),
        put_command("add", "Let a trunk carry a port", _KIND, "add_subports", _ADD, shape=_added),
        put_command(
            "remove", "Take ports off a trunk", _KIND, "remove_subports", _REMOVE, shape=_removed
        ),
    ),
)
