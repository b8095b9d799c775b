# SPDX-License-Identifier: Apache-2.0
"""What a test has left in its project: find it, name it, remove it.

Asks as the administrator, so that nothing which the test did to its user can hide anything.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stackloom.cloud.cloud import Cloud
from stackloom.errors import CloudError, NoEndpoint, NotFound
from stackloom.transport.blocking import blocking_sleep

_REMOVE_SECONDS = 60.0
_PAUSE_SECONDS = 0.2
_NETWORK = "/v2.0"
_NAME_KEYS = ("name", "stack_name", "floating_ip_address")
_STATE_KEYS = ("status", "OS-EXT-STS:task_state", "stack_status")
_GOING = frozenset({"deleting", "DELETED", "DELETE_IN_PROGRESS"})

Item = Mapping[str, Any]  # one row of a list, as the service wrote it


def _is_any(_item: Item) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One sort of things that a project can own.

    Attributes:
        what: in messages: ``security group``.
        listed_at: the path whose answer has what one project owns; ``{project}`` and ``{user}``
            are filled in. Where the API cannot choose, *counts* does.
        key: of the list in the answer.
        removed_at: the path for DELETE; ``{id}``, ``{name}``, ``{user}`` and ``{project}`` are
            filled in.
        id: which field that is.
        counts: tells what is no leftover, such as what the cloud makes by itself.
        inside: the key under which each row is wrapped once more; empty for none.
    """

    what: str
    service: str
    listed_at: str
    key: str
    removed_at: str
    id: str = "id"
    microversion: str = ""
    counts: Callable[[Item], bool] = _is_any
    inside: str = ""


def _neutron(what: str, path: str, counts: Callable[[Item], bool] = _is_any) -> Sort:
    return Sort(
        what=what,
        service="network",
        listed_at=f"{_NETWORK}/{path}?project_id={{project}}",
        key=path.rpartition("/")[2].replace("-", "_"),
        removed_at=f"{_NETWORK}/{path}/{{id}}",
        counts=counts,
    )


def _cinder(what: str, path: str, key: str) -> Sort:
    return Sort(
        what=what,
        service="block-storage",
        listed_at=f"/v3/{path}/detail?all_tenants=1&project_id={{project}}",
        key=key,
        removed_at=f"/v3/{path}/{{id}}",
    )


def _is_a_port_of_its_own(port: Item) -> bool:
    # A router's interfaces go with the router.
    return not str(port["device_owner"]).startswith("network:")


# In an order in which they can mostly be removed.
SORTS = (
    Sort(
        what="server",
        service="compute",
        listed_at="/v2.1/servers/detail?all_tenants=1&project_id={project}",
        key="servers",
        removed_at="/v2.1/servers/{id}",
    ),
    Sort(
        what="server group",
        service="compute",
        listed_at="/v2.1/os-server-groups?all_projects=1",
        key="server_groups",
        removed_at="/v2.1/os-server-groups/{id}",
        microversion="2.13",
    ),
    Sort(
        what="key pair",
        service="compute",
        listed_at="/v2.1/os-keypairs?user_id={user}",
        key="keypairs",
        removed_at="/v2.1/os-keypairs/{id}?user_id={user}",
        id="name",
        microversion="2.10",
        inside="keypair",
    ),
    _cinder("backup", "backups", "backups"),
    _cinder("snapshot", "snapshots", "snapshots"),
    _cinder("volume", "volumes", "volumes"),
    _neutron("floating IP", "floatingips"),
    _neutron("trunk", "trunks"),
    _neutron("router", "routers"),
    _neutron("port", "ports", _is_a_port_of_its_own),
    _neutron("network", "networks"),
    _neutron("subnet", "subnets"),
    _neutron("subnet pool", "subnetpools"),
    _neutron("address scope", "address-scopes"),
    Sort(
        what="security group",
        service="network",
        # Asked for those of one project, Neutron makes that project's default group anew
        # (neutron/db/securitygroups_db.py, get_security_groups, 29.0).
        listed_at=f"{_NETWORK}/security-groups",
        key="security_groups",
        removed_at=f"{_NETWORK}/security-groups/{{id}}",
        counts=lambda group: group["name"] != "default",
    ),
    _neutron("address group", "address-groups"),
    _neutron("QoS policy", "qos/policies"),
    Sort(
        what="image",
        service="image",
        listed_at="/v2/images?owner={project}",
        key="images",
        removed_at="/v2/images/{id}",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose things are looked for: ids."""

    project: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One thing that is still there."""

    sort: Sort
    item: Item

    @property
    def id(self) -> str:
        """By which it is removed."""
        return str(self.item[self.sort.id])

    @property
    def is_going(self) -> bool:
        """Whether the cloud is at work on its removal already."""
        return not _GOING.isdisjoint(self.item.get(key) for key in _STATE_KEYS)

    @property
    def name(self) -> str:
        """What a person calls it; empty where it has no name."""
        return next((str(self.item[key]) for key in _NAME_KEYS if self.item.get(key)), "")

    def __str__(self) -> str:
        called = f' "{self.name}"' if self.name else ""
        return f"{self.sort.what}{called} ({self.id})"


async def leftovers(cloud: Cloud, owner: Owner, sorts: Sequence[Sort] = SORTS) -> list[Leftover]:
    """Return what the owner has, once what is going is gone."""
    deadline = time.monotonic() + _REMOVE_SECONDS
    while True:
        found = [each for sort in sorts for each in await _of_one_sort(cloud, sort, owner)]
        if not any(each.is_going for each in found) or time.monotonic() > deadline:
            return found
        await blocking_sleep(_PAUSE_SECONDS)


async def remove(
    cloud: Cloud, owner: Owner, found: list[Leftover], sorts: Sequence[Sort] = SORTS
) -> list[Leftover]:
    """Remove it, again and again until all is gone; return what could not be removed in time."""
    deadline = time.monotonic() + _REMOVE_SECONDS
    while found and time.monotonic() < deadline:
        for each in found:
            if each.is_going:
                continue
            try:
                await _remove_one(cloud, each, owner)
            except CloudError:
                continue  # something else still needs it: the next time round
        found = [each for sort in sorts for each in await _of_one_sort(cloud, sort, owner)]
        if found:
            await blocking_sleep(_PAUSE_SECONDS)
    return found


async def remove_default_groups(cloud: Cloud, owner: Owner) -> None:
    """Remove the security group that Neutron makes for each project, and keeps after its end."""
    path = f"{_NETWORK}/security-groups"
    answer = await cloud.request("network", "GET", path)
    for group in json.loads(answer.body)["security_groups"]:
        if group["project_id"] == owner.project:
            await cloud.request("network", "DELETE", f"{path}/{group['id']}")


async def _of_one_sort(cloud: Cloud, sort: Sort, owner: Owner) -> list[Leftover]:
    path = sort.listed_at.format(project=owner.project, user=owner.user)
    try:
        answer = await cloud.request(sort.service, "GET", path, microversion=sort.microversion)
    except (NoEndpoint, NotFound):
        return []  # this cloud has no such service, or not this extension
    rows = [row[sort.inside] if sort.inside else row for row in json.loads(answer.body)[sort.key]]
    return [
        Leftover(sort=sort, item=row)
        for row in rows
        if row.get("project_id", owner.project) == owner.project and sort.counts(row)
    ]


async def _remove_one(cloud: Cloud, leftover: Leftover, owner: Owner) -> None:
    if leftover.sort.what == "router":
        await _take_apart(cloud, leftover.id)
    path = leftover.sort.removed_at.format(
        id=leftover.id, name=leftover.name, user=owner.user, project=owner.project
    )
    await cloud.request(
        leftover.sort.service, "DELETE", path, microversion=leftover.sort.microversion
    )


async def _take_apart(cloud: Cloud, router: str) -> None:
    """Remove a router's routes, then its interfaces, which the routes may need."""
    at = f"{_NETWORK}/routers/{router}"
    await cloud.request("network", "PUT", at, body={"router": {"routes": []}})
    ports = f"{_NETWORK}/ports?device_id={router}&device_owner=network:router_interface"
    answer = await cloud.request("network", "GET", ports)
    for port in json.loads(answer.body)["ports"]:
        body = {"port_id": port["id"]}
        await cloud.request("network", "PUT", f"{at}/remove_router_interface", body=body)
