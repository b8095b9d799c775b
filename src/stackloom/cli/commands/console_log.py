# SPDX-License-Identifier: Apache-2.0
"""``console log``: what a server wrote to its console."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.actions import ask
from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.kind_at_hand import load_kind

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="server", help="name or id")
    parser.add_argument("--lines", type=int, metavar="N", help="only the last N")


def _run(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    async def work(cloud: Cloud) -> str:
        import msgspec

        from stackloom.cloud.verbs import find

        kind = load_kind("compute.server")
        state = await find(cloud, kind, invocation.options.name)
        lines = invocation.options.lines
        content = {} if lines is None else {"length": lines}
        path = f"{kind.member_path(state.id)}/action"
        answer = await ask(cloud, kind, "POST", path, {"os-getConsoleOutput": content})
        return str(msgspec.json.decode(answer.body)["output"] or "")

    invocation.data(ask_cloud(invocation, work).rstrip("\n"))
    return 0


GROUP = Group(
    help="Logs of servers' consoles",
    commands=(
        Command(name="show", help="Show what a server wrote", arguments=_arguments, run=_run),
    ),
)
