# SPDX-License-Identifier: Apache-2.0
"""The quotas of a project as each service tells them, by the names of the ``openstack`` client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """How many of one thing a project may have; -1 for any number.

    Attributes:
        used, reserved: only where usage was asked for.
    """

    name: str
    limit: int
    used: int = 0
    reserved: int = 0


class QuotaService(msgspec.Struct, frozen=True, kw_only=True):
    """How a service speaks of quotas.

    Attributes:
        name: the option that means it: ``--compute``.
        path: where those of a project are; ``{id}`` stands for the project.
        default, usage: what follows it for those of a new project, and with what is used.
        key: what holds them in a body.
        titles: our names by the service's, where they differ.
        settable: the service's names that can be set.
        microversion, newest_microversion: as those of a kind.
    """

    name: str
    service: str
    path: str
    default: str
    usage: str
    key: str
    titles: Mapping[str, str]
    settable: Sequence[str]
    microversion: str = ""
    newest_microversion: str = ""

    def title(self, name: str) -> str:
        """Return our name for one of the service's; what is of one volume type keeps its own."""
        return self.titles.get(name) or (name.replace("_", "-") if name in self.settable else name)


# Source: nova/api/openstack/compute/schemas/quota_sets.py, 34.0.0, without what 2.36 and 2.57 took.
COMPUTE = QuotaService(
    name="compute",
    service="compute",
    path="/v2.1/os-quota-sets/{id}",
    default="/defaults",
    usage="/detail",
    key="quota_set",
    titles={"metadata_items": "properties"},
    settable=(
        *("cores", "instances", "key_pairs", "metadata_items", "ram"),
        *("server_groups", "server_group_members"),
    ),
    microversion="2.57",
    newest_microversion="2.104",
)
# Source: cinder/api/contrib/quotas.py, 29.0.0; one more of each for every volume type.
VOLUME = QuotaService(
    name="volume",
    service="block-storage",
    path="/v3/os-quota-sets/{id}",
    default="/defaults",
    usage="?usage=true",
    key="quota_set",
    titles={},
    settable=(
        *("volumes", "snapshots", "gigabytes", "backups", "backup_gigabytes"),
        *("per_volume_gigabytes", "groups"),
    ),
)
# Source: neutron/conf/quota.py and the quotas that plugins register, 29.0.0.
NETWORK = QuotaService(
    name="network",
    service="network",
    path="/v2.0/quotas/{id}",
    default="/default",
    usage="/details.json",
    key="quota",
    titles={
        "floatingip": "floating-ips",
        "network": "networks",
        "port": "ports",
        "rbac_policy": "rbac-policies",
        "router": "routers",
        "router_route": "router-routes",
        "security_group": "secgroups",
        "security_group_rule": "secgroup-rules",
        "subnet": "subnets",
        "subnetpool": "subnetpools",
        "trunk": "trunks",
    },
    settable=(
        *("floatingip", "network", "port", "rbac_policy", "router", "security_group"),
        *("security_group_rule", "subnet", "subnetpool", "trunk"),
    ),
)
SERVICES = (COMPUTE, VOLUME, NETWORK)


async def ask(
    cloud: Cloud,
    service: QuotaService,
    method: str,
    project_id: str,
    *,
    below: str = "",
    body: Any = None,
) -> dict[str, Any]:
    """Ask a service about the quotas of a project; return what is below its key."""
    answer = await cloud.request(
        service.service,
        method,
        service.path.replace("{id}", project_id) + below,
        body=None if body is None else {service.key: body},
        microversion=service.microversion,
        newest_microversion=service.newest_microversion,
    )
    told: dict[str, Any] = msgspec.json.decode(answer.body)[service.key] if answer.body else {}
    return told


def limits(service: QuotaService, told: Mapping[str, Any]) -> Iterable[Limit]:
    """Read limits, with or without usage, in the service's order."""
    for name, value in told.items():
        # What tells whose they are is no limit.
        if name == "id" or name.endswith("_id"):
            continue
        if isinstance(value, Mapping):
            used = value.get("in_use", value.get("used", 0))
            yield Limit(
                name=service.title(name),
                limit=value["limit"],
                used=used,
                reserved=value.get("reserved", 0),
            )
        else:
            yield Limit(name=service.title(name), limit=value)
