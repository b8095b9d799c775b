# SPDX-License-Identifier: Apache-2.0
"""``limits``: what a project may have in all, and has."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.identity import add_named, find_id
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud, Query
    from stackloom.transport.client import Answer

_VOLUME_PATH = "/v3/limits"
_COMPUTE_PATH = "/v2.1/limits"


def _arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--absolute", action="store_true", help="in all; the default")
    which.add_argument("--rate", action="store_true", help="requests in a time")
    parser.add_argument("--reserved", action="store_true", help="count what is reserved as used")
    add_named(parser, "project", "of this one (administrators)")
    add_output_options(parser, LIST_FORMATS)


def _run(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    limits = ask_cloud(invocation, lambda cloud: _limits(cloud, invocation))
    if invocation.options.rate:
        rows = [
            [each["verb"], each.get("regex", ""), each["value"], each["remaining"], each["unit"]]
            for part in limits
            for rate in part["rate"]
            for each in rate["limit"]
        ]
        write_list(invocation, ["Verb", "URI", "Value", "Remain", "Unit"], rows)
        return 0
    pairs = {name: value for part in limits for name, value in part["absolute"].items()}
    write_list(invocation, ["Name", "Value"], sorted(pairs.items()))
    return 0


async def _limits(cloud: Cloud, invocation: Invocation) -> list[Any]:
    """Return Nova's limits and, where there is a Cinder, its own."""
    import msgspec

    from stackloom.errors import NoEndpoint

    options = invocation.options
    query: dict[str, str | int | bool] = {}
    if options.reserved:
        query["reserved"] = 1
    project = await find_id(cloud, "identity.project", options.project, options.project_domain)
    if project:
        query["tenant_id"] = project
    answers = [await _compute(cloud, query)]
    try:
        own = {"project_id": project} if project else {}
        answers.append(await cloud.request("block-storage", "GET", _VOLUME_PATH, query=own))
    except NoEndpoint:
        pass
    return [msgspec.json.decode(answer.body)["limits"] for answer in answers]


async def _compute(cloud: Cloud, query: Query) -> Answer:
    """Ask Nova; the newer, the less it tells of what is Neutron's by now."""
    return await cloud.request(
        "compute",
        "GET",
        _COMPUTE_PATH,
        query=query,
        microversion="2.1",
        newest_microversion="2.104",
    )


GROUP = Group(
    help="What a project may have, and has",
    commands=(
        Command(
            name="show",
            help="Show the limits of servers and volumes",
            arguments=_arguments,
            run=_run,
        ),
    ),
)
