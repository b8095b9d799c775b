# SPDX-License-Identifier: Apache-2.0
"""Ask a cloud what it offers: extensions, quotas and what of them is taken; all at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.together import together
from stackloom.errors import CloudError
from stackloom.scenario.preflight import Conditions, Room

# Nova's and Cinder's absolute limits: quota name, limit, used. nova/api/openstack/compute/limits.py
# and cinder/api/views/limits.py, 2026.2; a name without a second one is counted by nobody.
_COMPUTE = (
    ("compute.instances", "maxTotalInstances", "totalInstancesUsed"),
    ("compute.cores", "maxTotalCores", "totalCoresUsed"),
    ("compute.ram", "maxTotalRAMSize", "totalRAMUsed"),
    ("compute.server_groups", "maxServerGroups", "totalServerGroupsUsed"),
)
_VOLUME = (
    ("volume.volumes", "maxTotalVolumes", "totalVolumesUsed"),
    ("volume.gigabytes", "maxTotalVolumeGigabytes", "totalGigabytesUsed"),
    ("volume.snapshots", "maxTotalSnapshots", "totalSnapshotsUsed"),
)


async def conditions(cloud: Cloud, wanted: Collection[str], *, extensions: bool) -> Conditions:
    """Return what a cloud offers; what it does not tell is left out.

    Args:
        wanted: the services whose quotas matter: ``network``, ``compute``, ``volume``.
        extensions: whether Neutron's matter.
    """
    token = await cloud.token()
    questions = []
    if "network" in wanted:
        path = f"/v2.0/quotas/{token.project_id}/details.json"
        questions.append(_ask(cloud, "network", path, _network_room))
    if "compute" in wanted:
        questions.append(_ask(cloud, "compute", "/v2.1/limits", _absolute(_COMPUTE)))
    if "volume" in wanted:
        path = "/v3/{project_id}/limits"
        questions.append(_ask(cloud, "block-storage", path, _absolute(_VOLUME)))
    asked = _ask(cloud, "network", "/v2.0/extensions", _aliases) if extensions else _nothing()
    found, *rooms = await together([asked, *questions])
    room: dict[str, Room] = {}
    for each in rooms:
        room |= each or {}
    return Conditions(
        extensions=found,
        roles=token.roles,
        room=room,
    )


async def _nothing() -> None:
    return None


async def _ask(cloud: Cloud, service: str, path: str, read: Any) -> Any:
    """Return what an answer tells, None where the service does not want to say."""
    try:
        answer = await cloud.request(service, "GET", path)
        return read(msgspec.json.decode(answer.body))
    except (CloudError, msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return None


def _network_room(document: Mapping[str, Any]) -> dict[str, Room]:
    """Read ``{"quota": {"port": {"limit", "used", "reserved"}}}``."""
    return {
        f"network.{name}": Room(limit=each["limit"], used=each["used"] + each["reserved"])
        for name, each in document["quota"].items()
    }


def _absolute(names: tuple[tuple[str, str, str], ...]) -> Any:
    def read(document: Mapping[str, Any]) -> dict[str, Room]:
        numbers = document["limits"]["absolute"]
        return {
            name: Room(limit=numbers[limit], used=numbers[used])
            for name, limit, used in names
            if limit in numbers and used in numbers
        }

    return read


def _aliases(document: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each["alias"] for each in document["extensions"])
