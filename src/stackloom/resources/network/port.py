# SPDX-License-Identifier: Apache-2.0
"""A port of Neutron: a place on a network, with its addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Difference,
    Fault,
    Ids,
    Kind,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge, Part, Port
from stackloom.resources.network._ranges import address_faults, as_neutron_writes


class FixedIpSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address on a subnet; without ``ip_address`` Neutron chooses one."""

    subnet: str
    ip_address: str = ""


class PortSpec(Spec, frozen=True, kw_only=True):
    """A port. Without ``fixed_ips`` Neutron gives it an address on each family of its network."""

    network: str
    fixed_ips: tuple[FixedIpSpec, ...] = ()
    mac_address: str | msgspec.UnsetType = msgspec.UNSET
    description: str = ""
    admin_state_up: bool = True


class FixedIp(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a port has."""

    subnet_id: str
    ip_address: str


class WantedIp(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a port should have; what is left out Neutron chooses."""

    subnet_id: str | UnsetType = UNSET
    ip_address: str | UnsetType = UNSET


class AddressPair(msgspec.Struct, frozen=True, kw_only=True):
    """Another address or range that a port may send from; without a MAC, with the port's own."""

    ip_address: str
    mac_address: str | UnsetType = UNSET


class DhcpOption(msgspec.Struct, frozen=True, kw_only=True):
    """An option that DHCP gives to this port alone; a value of null takes it away."""

    opt_name: str
    opt_value: str | None = None
    ip_version: int | UnsetType = UNSET


class NewPort(Body, frozen=True, kw_only=True):
    """What can be said when a port is made; administrators may say all of it.

    Source: neutron_lib/api/definitions/{port,portbindings,port_security,allowedaddresspairs,
    extra_dhcp_opt,dns,dns_domain_ports,port_numa_affinity_policy,port_device_profile,
    uplink_status_propagation,port_hints,port_trusted_vif,port_hardware_offload_type,qos}.py,
    2026.2.
    """

    network_id: str
    name: str = ""
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    mac_address: str | UnsetType = UNSET
    fixed_ips: tuple[WantedIp, ...] | UnsetType = UNSET
    device_id: str | UnsetType = UNSET
    device_owner: str | UnsetType = UNSET
    security_groups: tuple[str, ...] | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    allowed_address_pairs: tuple[AddressPair, ...] | UnsetType = UNSET
    extra_dhcp_opts: tuple[DhcpOption, ...] | UnsetType = UNSET
    host_id: str | UnsetType = msgspec.field(name="binding:host_id", default=UNSET)
    vnic_type: str | UnsetType = msgspec.field(name="binding:vnic_type", default=UNSET)
    profile: Mapping[str, Any] | UnsetType = msgspec.field(name="binding:profile", default=UNSET)
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    numa_affinity_policy: str | UnsetType | None = UNSET
    device_profile: str | UnsetType = UNSET
    hardware_offload_type: str | UnsetType = UNSET
    hints: Mapping[str, Any] | UnsetType | None = UNSET
    trusted: bool | UnsetType = UNSET
    propagate_uplink_status: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class PortChange(Body, frozen=True, kw_only=True):
    """What can be changed of a port; lists are replaced as a whole, except DHCP options."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    mac_address: str | UnsetType | None = UNSET
    fixed_ips: tuple[WantedIp, ...] | UnsetType = UNSET
    device_id: str | UnsetType = UNSET
    device_owner: str | UnsetType = UNSET
    security_groups: tuple[str, ...] | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    allowed_address_pairs: tuple[AddressPair, ...] | UnsetType = UNSET
    extra_dhcp_opts: tuple[DhcpOption, ...] | UnsetType = UNSET
    host_id: str | UnsetType | None = msgspec.field(name="binding:host_id", default=UNSET)
    vnic_type: str | UnsetType = msgspec.field(name="binding:vnic_type", default=UNSET)
    profile: Mapping[str, Any] | UnsetType = msgspec.field(name="binding:profile", default=UNSET)
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    numa_affinity_policy: str | UnsetType | None = UNSET
    data_plane_status: str | UnsetType | None = UNSET
    hints: Mapping[str, Any] | UnsetType | None = UNSET
    trusted: bool | UnsetType = UNSET
    propagate_uplink_status: bool | UnsetType = UNSET


class PortState(State, frozen=True, kw_only=True):
    """What Neutron tells of a port; hosts and bindings only to administrators."""

    network_id: str
    status: str = ""
    admin_state_up: bool = True
    mac_address: str = ""
    fixed_ips: tuple[FixedIp, ...] = ()
    device_id: str = ""
    device_owner: str = ""
    security_groups: tuple[str, ...] = ()
    port_security_enabled: bool | None = None
    allowed_address_pairs: tuple[AddressPair, ...] = ()
    extra_dhcp_opts: tuple[DhcpOption, ...] = ()
    vnic_type: str | None = msgspec.field(name="binding:vnic_type", default=None)
    vif_type: str | None = msgspec.field(name="binding:vif_type", default=None)
    host_id: str | None = msgspec.field(name="binding:host_id", default=None)
    profile: Mapping[str, Any] | None = msgspec.field(name="binding:profile", default=None)
    dns_name: str | None = None
    dns_domain: str | None = None
    qos_policy_id: str | None = None
    qos_network_policy_id: str | None = None
    numa_affinity_policy: str | None = None
    data_plane_status: str | None = None
    trunk_details: Mapping[str, Any] | None = None
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


def _references(spec: PortSpec) -> Iterator[Reference]:
    # All subnets, so that it gets an address on each, and none is added behind its back later.
    yield Reference(kind="network", name=spec.network, place=("network",), whole=True)
    for index, fixed in enumerate(spec.fixed_ips):
        yield Reference(kind="subnet", name=fixed.subnet, place=("fixed_ips", index, "subnet"))


def _faults(spec: PortSpec) -> Iterator[Fault]:
    for index, fixed in enumerate(spec.fixed_ips):
        if fixed.ip_address:
            yield from address_faults(fixed.ip_address, "", ("fixed_ips", index, "ip_address"))


def _fixed_ips(spec: PortSpec, ids: Ids) -> list[dict[str, str]]:
    return [
        {"subnet_id": ids("subnet", fixed.subnet)}
        | ({"ip_address": as_neutron_writes(fixed.ip_address)} if fixed.ip_address else {})
        for fixed in spec.fixed_ips
    ]


def _wanted(address: Address, spec: PortSpec, mark: Mark) -> dict[str, Any]:
    return {
        "name": address.name,
        "description": mark.beside(spec.description),
        "admin_state_up": spec.admin_state_up,
    }


def _create(address: Address, spec: PortSpec, mark: Mark, ids: Ids) -> Call:
    body = {"network_id": ids("network", spec.network), **_wanted(address, spec, mark)}
    if spec.mac_address is not msgspec.UNSET:
        body["mac_address"] = spec.mac_address
    if spec.fixed_ips:
        body["fixed_ips"] = _fixed_ips(spec, ids)
    return Call(method="POST", path="/v2.0/ports", body={"port": body})


def _compare(
    address: Address, spec: PortSpec, state: PortState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    fixed = [("network_id", state.network_id, ids("network", spec.network), False)]
    if spec.mac_address is not msgspec.UNSET:
        wanted_mac = spec.mac_address.lower().replace("-", ":")
        fixed.append(("mac_address", state.mac_address, wanted_mac, False))
    yield from differences(fixed)
    wanted = _wanted(address, spec, mark)
    yield from differences(
        (name, getattr(state, name), want, True) for name, want in wanted.items()
    )
    if spec.fixed_ips:
        yield from _compare_addresses(spec, state, ids)


def _compare_addresses(spec: PortSpec, state: PortState, ids: Ids) -> Iterator[Difference]:
    """Compare addresses; one that was left to Neutron is right on whatever the subnet gave."""
    wanted = _fixed_ips(spec, ids)
    left = [{"subnet_id": ip.subnet_id, "ip_address": ip.ip_address} for ip in state.fixed_ips]
    have = list(left)
    is_new = False
    for want in sorted(wanted, key=lambda each: "ip_address" not in each):
        match = next((each for each in left if want.items() <= each.items()), None)
        if match is None:
            is_new = True
            continue
        left.remove(match)
        # What is kept is sent with its address, or Neutron would choose a new one.
        want.update(match)
    if is_new or left:
        yield Difference(field="fixed_ips", have=have, want=wanted)


def _subports(state: PortState) -> list[str]:
    subports = (state.trunk_details or {}).get("sub_ports", ())
    return [f"{each['port_id']} ({each['segmentation_id']})" for each in subports]


def _sketch(state: PortState) -> Iterator[Part]:
    # What routers, DHCP and floating IPs have of their own is no place for a server.
    if not state.device_owner.startswith("network:"):
        yield Port(
            key=state.id,
            bar=state.network_id,
            label=state.name or state.id,
            note=", ".join(each.ip_address for each in state.fixed_ips),
            status=state.status,
            details=(f"MAC {state.mac_address}",) if state.mac_address else (),
        )
        for group in state.security_groups:
            yield Badge(on=state.id, key=group, sort="security_group")


def _sketch_spec(address: Address, spec: PortSpec, _declared: Declared) -> Iterator[Part]:
    addresses = ", ".join(each.ip_address for each in spec.fixed_ips if each.ip_address)
    bar = f"network.{spec.network}"
    yield Port(key=str(address), bar=bar, label=address.name, note=addresses)


KIND = Kind(
    name="port",
    plural="ports",
    service="network",
    path="/v2.0/ports",
    state=PortState,
    new=NewPort,
    change=PortChange,
    project_query="project_id",
    bulk=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="MAC Address", value=lambda state: state.mac_address),
        Column(
            title="Fixed IP Addresses",
            value=lambda state: [ip.ip_address for ip in state.fixed_ips],
        ),
        Column(title="Status", value=lambda state: state.status),
    ),
    long_columns=(
        Column(title="Security Groups", value=lambda state: list(state.security_groups)),
        Column(title="Device Owner", value=lambda state: state.device_owner),
        Column(title="Tags", value=lambda state: list(state.tags)),
        Column(title="Trunk subports", value=_subports),
    ),
    declaration=Declaration(
        spec=PortSpec,
        section="ports",
        references=_references,
        faults=_faults,
        create=_create,
        compare=_compare,
        needs=lambda state: [state.network_id, *(ip.subnet_id for ip in state.fixed_ips)],
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
