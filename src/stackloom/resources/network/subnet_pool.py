# SPDX-License-Identifier: Apache-2.0
"""A subnet pool of Neutron: ranges from which subnets are cut."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewSubnetPool(Body, frozen=True, kw_only=True):
    """What can be said when a subnet pool is made; ``shared`` and ``is_default`` by administrators.

    Source: neutron_lib/api/definitions/{subnetpool,address_scope}.py, 2026.2.
    """

    name: str
    prefixes: tuple[str, ...]
    description: str | UnsetType = UNSET
    default_prefixlen: int | UnsetType = UNSET
    min_prefixlen: int | UnsetType = UNSET
    max_prefixlen: int | UnsetType = UNSET
    default_quota: int | UnsetType = UNSET
    address_scope_id: str | UnsetType | None = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class SubnetPoolChange(Body, frozen=True, kw_only=True):
    """What can be changed of a subnet pool; prefixes are added, never taken away, by Neutron."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    prefixes: tuple[str, ...] | UnsetType = UNSET
    default_prefixlen: int | UnsetType = UNSET
    min_prefixlen: int | UnsetType = UNSET
    max_prefixlen: int | UnsetType = UNSET
    default_quota: int | UnsetType = UNSET
    address_scope_id: str | UnsetType | None = UNSET
    is_default: bool | UnsetType = UNSET


class SubnetPoolState(State, frozen=True, kw_only=True):
    """What Neutron tells of a subnet pool."""

    prefixes: tuple[str, ...] = ()
    ip_version: int = 4
    default_prefixlen: int | None = None
    min_prefixlen: int | None = None
    max_prefixlen: int | None = None
    default_quota: int | None = None
    address_scope_id: str | None = None
    shared: bool = False
    is_default: bool = False
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


# Neutron writes lengths as texts (neutron/db/db_base_plugin_common.py,
# ``_make_subnetpool_dict``, 29.0.0).
_LENGTHS = ("default_prefixlen", "min_prefixlen", "max_prefixlen")


def _reshape(answer: dict[str, Any]) -> dict[str, Any]:
    lengths = {name: int(answer[name]) for name in _LENGTHS if answer.get(name) is not None}
    return {**answer, **lengths}


KIND = Kind(
    name="subnet_pool",
    plural="subnetpools",
    key="subnetpool",
    service="network",
    path="/v2.0/subnetpools",
    state=SubnetPoolState,
    new=NewSubnetPool,
    change=SubnetPoolChange,
    project_query="project_id",
    reshape=_reshape,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Prefixes", value=lambda state: list(state.prefixes)),
    ),
    long_columns=(
        Column(title="Default Prefix Length", value=lambda state: state.default_prefixlen),
        Column(title="Address Scope", value=lambda state: state.address_scope_id),
        Column(title="Default Subnet Pool", value=lambda state: state.is_default),
        Column(title="Shared", value=lambda state: state.shared),
        Column(title="Tags", value=lambda state: list(state.tags)),
    ),
)
