# SPDX-License-Identifier: Apache-2.0
"""``compute service``: Nova's own services (administrators)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import text
from stackloom.cli.kind_at_hand import ask, load_kind
from stackloom.cli.kind_commands import delete_command, list_command
from stackloom.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

_KIND = "compute.compute_service"
_FILTERS = (
    text("--host", "host", "on this host"),
    text("--service", "binary", "of this program, such as nova-compute", metavar="PROGRAM"),
)


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("host", help="the host that it is on")
    parser.add_argument("service", help="its program, such as nova-compute")
    for flags, field, help in (
        (("--enable", "--disable"), "status", "let it be given work"),
        (("--up", "--down"), "forced_down", "say that it is up, whatever it reports"),
    ):
        group = parser.add_mutually_exclusive_group()
        for flag, told in zip(flags, (help, "the opposite"), strict=True):
            group.add_argument(
                flag, dest=field, action="store_const", const=flag.strip("-"), help=told
            )
    parser.add_argument("--disable-reason", metavar="REASON", help="with --disable: why")


def _set(invocation: Invocation) -> int:
    options = invocation.options
    if options.disable_reason and options.status != "disable":
        raise UsageError("--disable-reason goes with --disable")
    body: dict[str, Any] = {}
    if options.status:
        body["status"] = f"{options.status}d"
    if options.disable_reason:
        body["disabled_reason"] = options.disable_reason
    if options.forced_down:
        body["forced_down"] = options.forced_down == "down"
    if not body:
        raise UsageError("nothing to set was given", hint="--help lists what can be set")

    async def work(cloud: Cloud) -> None:
        from stackloom.cli.actions import ask as ask_service
        from stackloom.cloud.verbs import list_states

        kind = load_kind(_KIND)
        query = {"host": options.host, "binary": options.service}
        found = [state async for state in list_states(cloud, kind, query)]
        if not found:
            raise UnknownName(
                f"there is no {options.service} on {options.host}",
                hint="stackloom compute service list shows what is",
            )
        await ask_service(cloud, kind, "PUT", kind.member_path(found[0].id), body)

    ask(invocation, work)
    return 0


GROUP = Group(
    help="Nova's own services (administrators)",
    commands=(
        list_command(_KIND, _FILTERS),
        Command(name="set", help="Enable, disable or mark one", arguments=_set_arguments, run=_set),
        delete_command(_KIND),
    ),
)
