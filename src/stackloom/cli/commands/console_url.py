# SPDX-License-Identifier: Apache-2.0
"""``console url``: where to see a server's screen."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.actions import ask
from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.kind_at_hand import load_kind
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

# Option, protocol and type of Nova's remote consoles.
# Source: nova/api/openstack/compute/schemas/remote_consoles.py, 34.0.0.
_SORTS = {
    "--novnc": ("vnc", "novnc"),
    "--spice": ("spice", "spice-html5"),
    "--spice-direct": ("spice", "spice-direct"),
    "--rdp": ("rdp", "rdp-html5"),
    "--serial": ("serial", "serial"),
    "--mks": ("mks", "webmks"),
}


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="server", help="name or id")
    group = parser.add_mutually_exclusive_group()
    for flag, sort in _SORTS.items():
        group.add_argument(
            flag,
            dest="sort",
            action="store_const",
            const=sort,
            default=_SORTS["--novnc"],
            help=f"of type {sort[1]}" + ("; the default" if flag == "--novnc" else ""),
        )
    add_output_options(parser, SHOW_FORMATS)


def _run(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    async def work(cloud: Cloud) -> Any:
        import msgspec

        from stackloom.cloud.verbs import find

        kind = load_kind("compute.server")
        state = await find(cloud, kind, invocation.options.name)
        protocol, sort = invocation.options.sort
        wanted = {"remote_console": {"protocol": protocol, "type": sort}}
        path = f"{kind.member_path(state.id)}/remote-consoles"
        answer = await ask(cloud, kind, "POST", path, wanted)
        return msgspec.json.decode(answer.body)["remote_console"]

    write_one(invocation, ask_cloud(invocation, work))
    return 0


GROUP = Group(
    help="Addresses of servers' screens",
    commands=(
        Command(
            name="show", help="Show where a server's screen is", arguments=_arguments, run=_run
        ),
    ),
)
