# SPDX-License-Identifier: Apache-2.0
"""A floating IP of Neutron: an outer address that leads to a port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewFloatingIp(Body, frozen=True, kw_only=True):
    """What can be said when a floating IP is made.

    Source: neutron_lib/api/definitions/{l3,qos_fip,dns}.py, 2026.2.
    """

    floating_network_id: str
    subnet_id: str | UnsetType = UNSET
    floating_ip_address: str | UnsetType = UNSET
    port_id: str | UnsetType | None = UNSET
    router_id: str | UnsetType = UNSET
    fixed_ip_address: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class FloatingIpChange(Body, frozen=True, kw_only=True):
    """What can be changed of a floating IP; a port of null takes it off."""

    port_id: str | UnsetType | None = UNSET
    router_id: str | UnsetType = UNSET
    fixed_ip_address: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET


class FloatingIpState(State, frozen=True, kw_only=True):
    """What Neutron tells of a floating IP; its address is its name."""

    name: str | None = msgspec.field(name="floating_ip_address", default="")
    floating_network_id: str = ""
    fixed_ip_address: str | None = None
    port_id: str | None = None
    port_details: Mapping[str, Any] | None = None
    port_forwardings: tuple[Mapping[str, Any], ...] = ()
    router_id: str | None = None
    status: str = ""
    qos_policy_id: str | None = None
    dns_name: str | None = None
    dns_domain: str | None = None
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


KIND = Kind(
    name="floating_ip",
    plural="floatingips",
    key="floatingip",
    service="network",
    path="/v2.0/floatingips",
    state=FloatingIpState,
    new=NewFloatingIp,
    change=FloatingIpChange,
    project_query="project_id",
    name_query="floating_ip_address",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Floating IP Address", value=lambda state: state.name),
        Column(title="Fixed IP Address", value=lambda state: state.fixed_ip_address),
        Column(title="Port", value=lambda state: state.port_id),
        Column(title="Floating Network", value=lambda state: state.floating_network_id),
        Column(title="Project", value=lambda state: state.project_id),
    ),
    long_columns=(
        Column(title="Router", value=lambda state: state.router_id),
        Column(title="Status", value=lambda state: state.status),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Tags", value=lambda state: list(state.tags)),
        Column(title="DNS Name", value=lambda state: state.dns_name),
        Column(title="DNS Domain", value=lambda state: state.dns_domain),
    ),
)
