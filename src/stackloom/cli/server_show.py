# SPDX-License-Identifier: Apache-2.0
"""``server show``: a server as Nova tells it, or what its hypervisor knows of it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Invocation
from stackloom.cli.kind_at_hand import ask, load_kind, plain
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one
from stackloom.cli.server_actions import all_projects, everywhere

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

_SERVER = "compute.server"


def _arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--diagnostics", action="store_true", help="what the hypervisor measures (administrators)"
    )
    which.add_argument("--topology", action="store_true", help="its NUMA nodes and processors")
    parser.add_argument("name", help="name or id")
    all_projects(parser)
    add_output_options(parser, SHOW_FORMATS)


def _run(invocation: Invocation) -> int:
    options = invocation.options
    below = (options.diagnostics and "/diagnostics") or (options.topology and "/topology") or ""

    async def work(cloud: Cloud) -> Mapping[str, Any]:
        import msgspec

        from stackloom.cli.actions import ask as ask_service
        from stackloom.cloud.verbs import find

        kind = load_kind(_SERVER)
        server = await find(cloud, kind, options.name, everywhere(options))
        if not below:
            return plain(server)
        path = f"{kind.member_path(server.id)}{below}"
        answer = await ask_service(cloud, kind, "GET", path)
        return msgspec.json.decode(answer.body, type=dict[str, Any])

    write_one(invocation, shown(ask(invocation, work), invocation.options.format))
    return 0


def shown(fields: Mapping[str, Any], format: str) -> Mapping[str, Any]:
    """Return what a person is shown of a server; programs get it as Nova tells it.

    What stackloom adds for scenarios is left out for both, and a password that was not told.
    """
    kept = {name: value for name, value in fields.items() if name not in {"nics", "adminPass"}}
    if fields.get("adminPass"):
        kept["adminPass"] = fields["adminPass"]
    if format in {"json", "yaml"}:
        return kept
    if "addresses" in fields:
        kept["addresses"] = {
            network: [each["addr"] for each in places]
            for network, places in fields["addresses"].items()
        }
    image = fields.get("image")
    if isinstance(image, Mapping):
        kept["image"] = image.get("id", "")
    return kept


SHOW = Command(name="show", help="Show one server", arguments=_arguments, run=_run)
