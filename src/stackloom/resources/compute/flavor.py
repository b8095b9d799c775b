# SPDX-License-Identifier: Apache-2.0
"""A flavor of Nova: how large a server is. Made by administrators; in scenarios only looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewFlavor(Body, frozen=True, kw_only=True):
    """What can be said when a flavor is made; sizes in MiB (ram, swap) and GiB (disks).

    Source: nova/api/openstack/compute/schemas/flavors.py, ``create_v2_55``, 34.0.0.
    """

    name: str
    ram: int
    vcpus: int
    disk: int = 0
    id: str | UnsetType = UNSET
    ephemeral: int | UnsetType = msgspec.field(name="OS-FLV-EXT-DATA:ephemeral", default=UNSET)
    swap: int | UnsetType = UNSET
    is_public: bool | UnsetType = msgspec.field(name="os-flavor-access:is_public", default=UNSET)
    description: str | UnsetType = UNSET


class FlavorChange(Body, frozen=True, kw_only=True):
    """What can be changed of a flavor; its extra specs have an address of their own."""

    description: str | None


class FlavorState(State, frozen=True, kw_only=True):
    """What Nova tells of a flavor; sizes in MiB (ram, swap) and GiB (disks)."""

    ram: int = 0
    disk: int = 0
    ephemeral: int = msgspec.field(name="OS-FLV-EXT-DATA:ephemeral", default=0)
    # "" for none before 2.75.
    swap: int | str = 0
    vcpus: int = 0
    is_public: bool = msgspec.field(name="os-flavor-access:is_public", default=True)
    # Told from 2.61 on, and only to those who may see them.
    extra_specs: Mapping[str, Any] | None = None


KIND = Kind(
    name="flavor",
    plural="flavors",
    service="compute",
    path="/v2.1/flavors",
    # Administrators are told of public ones alone unless they say so, and others never of more
    # than theirs (nova/api/openstack/compute/flavors.py, ``_get_flavors``, 34.0.0).
    list_path="/v2.1/flavors/detail?is_public=none",
    state=FlavorState,
    new=NewFlavor,
    change=FlavorChange,
    microversion="2.1",
    newest_microversion="2.104",
    # Nova has no filter by name before 2.102 (nova/api/openstack/compute/schemas/flavors.py,
    # 34.0.0).
    name_query="",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="RAM", value=lambda state: state.ram),
        Column(title="Disk", value=lambda state: state.disk),
        Column(title="Ephemeral", value=lambda state: state.ephemeral),
        Column(title="VCPUs", value=lambda state: state.vcpus),
        Column(title="Is Public", value=lambda state: state.is_public),
    ),
    long_columns=(
        Column(title="Swap", value=lambda state: state.swap or 0),
        Column(title="Properties", value=lambda state: state.extra_specs or {}),
    ),
)
