# SPDX-License-Identifier: Apache-2.0
"""``availability zone``: the parts of a cloud that servers, volumes and networks can be in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

import msgspec

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.kind_at_hand import ask
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list
from stackloom.errors import NoEndpoint

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

_COMPUTE = "compute.availability_zone"
_SERVICES = ("compute", "network", "volume")


def _arguments(parser: ArgumentParser) -> None:
    for service in _SERVICES:
        parser.add_argument(
            f"--{service}", action="store_true", help="of this one; of all where none is named"
        )
    parser.add_argument("--long", action="store_true", help="more columns")
    add_output_options(parser, LIST_FORMATS)


def _run(invocation: Invocation) -> int:
    options = invocation.options
    named = [service for service in _SERVICES if getattr(options, service)]

    async def work(cloud: Cloud) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        for service in named or _SERVICES:
            try:
                rows += await _OF_SERVICE[service](cloud)
            except NoEndpoint:
                if named:
                    raise
                continue  # a cloud without Cinder has no zones of it
        return rows

    rows = ask(invocation, work)
    if options.long:
        write_list(invocation, ("Zone Name", "Zone Status", "Service", "Zone Resource"), rows)
    else:
        write_list(invocation, ("Zone Name", "Zone Status"), [row[:2] for row in rows])
    return 0


async def _compute(cloud: Cloud) -> list[tuple[object, ...]]:
    from stackloom.cli.kind_at_hand import load_kind
    from stackloom.cloud.verbs import list_states

    zones = list_states(cloud, load_kind(_COMPUTE))
    return [(zone.name, zone.status, "compute", "") async for zone in zones]


async def _network(cloud: Cloud) -> list[tuple[object, ...]]:
    """Source: neutron/extensions/availability_zone.py, 29.0.0."""
    answer = await cloud.request("network", "GET", "/v2.0/availability_zones")
    zones: list[Any] = msgspec.json.decode(answer.body)["availability_zones"]
    return [(each["name"], each["state"], "network", each["resource"]) for each in zones]


async def _volume(cloud: Cloud) -> list[tuple[object, ...]]:
    """Source: cinder/api/v3/router.py with cinder/api/contrib/availability_zones.py, 29.0.0."""
    answer = await cloud.request("block-storage", "GET", "/v3/os-availability-zone")
    zones: list[Any] = msgspec.json.decode(answer.body)["availabilityZoneInfo"]
    words = {True: "available", False: "not available"}
    return [
        (each["zoneName"], words[each["zoneState"]["available"]], "volume", "") for each in zones
    ]


_OF_SERVICE = {"compute": _compute, "network": _network, "volume": _volume}

GROUP = Group(
    help="Availability zones",
    commands=(
        Command(name="list", help="List availability zones", arguments=_arguments, run=_run),
    ),
)
