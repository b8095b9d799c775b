# SPDX-License-Identifier: Apache-2.0
"""What a fresh cloud holds: projects, users, roles, flavors, an image, a network.

Names and numbers only; how they get into the databases is each program's own business.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

DOMAIN = "default"
REGION = "RegionOne"
INTERFACES = ("public", "internal", "admin")
SERVICE_PROJECT = "service"
# {user: (project, roles)}; each service has a user of its own beside these.
USERS = {"admin": ("admin", ("admin",)), "demo": ("demo", ("member",))}
SERVICE_ROLES = ("admin", "service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavor:
    """Sizes in MiB and GiB."""

    id: str
    name: str
    ram_mib: int
    vcpus: int
    disk_gib: int


FLAVORS = (
    Flavor(id="42", name="m1.nano", ram_mib=128, vcpus=1, disk_gib=1),
    Flavor(id="1", name="m1.tiny", ram_mib=512, vcpus=1, disk_gib=1),
    Flavor(id="2", name="m1.small", ram_mib=2048, vcpus=1, disk_gib=20),
    Flavor(id="3", name="m1.medium", ram_mib=4096, vcpus=2, disk_gib=40),
    Flavor(id="4", name="m1.large", ram_mib=8192, vcpus=4, disk_gib=80),
    Flavor(id="5", name="m1.xlarge", ram_mib=16_384, vcpus=8, disk_gib=160),
)

IMAGE_NAME = "cirros"
IMAGE_CONTENT = b"stackloom: a placeholder. The fake driver boots nothing.\n".ljust(1024, b"\0")

NETWORK_NAME = "public"
NETWORK_CIDR = "203.0.113.0/24"
NETWORK_GATEWAY = "203.0.113.1"
NETWORK_PHYSICAL = "public"
# {name: (prefix, length of a subnet's)}: what `auto-allocated-topology` takes its subnets from.
SUBNET_POOLS = {
    "shared-default-subnetpool-v4": ("10.128.0.0/9", 26),
    "shared-default-subnetpool-v6": ("fd4c:4f4f:4d00::/48", 64),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Ids that more than one program has to know while each prepares its own databases."""

    project_ids: dict[str, str] = field(
        default_factory=lambda: {
            name: uuid.uuid4().hex for name in ("admin", "demo", SERVICE_PROJECT)
        }
    )
    image_id: str = field(default_factory=lambda: str(uuid.uuid4()))
