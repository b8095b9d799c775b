# SPDX-License-Identifier: Apache-2.0
"""A port forwarding of Neutron: one port of a floating IP that leads to one inside."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewPortForwarding(Body, frozen=True, kw_only=True):
    """What can be said when a port forwarding is made: single ports, or ranges like ``80:90``.

    Source: neutron_lib/api/definitions/floating_ip_port_forwarding.py,
    fip_pf_{description,port_range}.py, 2026.2.
    """

    protocol: str
    internal_port_id: str
    internal_ip_address: str
    internal_port: int | UnsetType = UNSET
    internal_port_range: str | UnsetType = UNSET
    external_port: int | UnsetType = UNSET
    external_port_range: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class PortForwardingChange(Body, frozen=True, kw_only=True):
    """What can be changed of a port forwarding."""

    protocol: str | UnsetType = UNSET
    internal_port_id: str | UnsetType = UNSET
    internal_ip_address: str | UnsetType = UNSET
    internal_port: int | UnsetType = UNSET
    internal_port_range: str | UnsetType = UNSET
    external_port: int | UnsetType = UNSET
    external_port_range: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class PortForwardingState(State, frozen=True, kw_only=True):
    """What Neutron tells of a port forwarding."""

    protocol: str = ""
    internal_port_id: str = ""
    internal_ip_address: str = ""
    internal_port: int | None = None
    internal_port_range: str | None = None
    external_port: int | None = None
    external_port_range: str | None = None


KIND = Kind(
    name="port_forwarding",
    plural="port_forwardings",
    noun="floating ip port forwarding",
    parent="network.floating_ip",
    service="network",
    path="/v2.0/floatingips/{parent}/port_forwardings",
    state=PortForwardingState,
    new=NewPortForwarding,
    change=PortForwardingChange,
    has_name=False,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Internal Port ID", value=lambda state: state.internal_port_id),
        Column(title="Internal IP Address", value=lambda state: state.internal_ip_address),
        Column(title="Internal Port", value=lambda state: state.internal_port),
        Column(title="Internal Port Range", value=lambda state: state.internal_port_range),
        Column(title="External Port", value=lambda state: state.external_port),
        Column(title="External Port Range", value=lambda state: state.external_port_range),
        Column(title="Protocol", value=lambda state: state.protocol),
        Column(title="Description", value=lambda state: state.description),
    ),
)
