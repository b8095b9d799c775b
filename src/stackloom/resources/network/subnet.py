# SPDX-License-Identifier: Apache-2.0
"""A subnet of Neutron: a range of addresses on a network."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_interface, ip_network
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
    Place,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import BarNote, Part


class AllocationPool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A range inside the subnet that addresses are taken from, both ends included."""

    start: str
    end: str


class SubnetSpec(Spec, frozen=True, kw_only=True):
    """A subnet. ``gateway_ip: null`` means none; not given, Neutron takes the first address."""

    network: str
    cidr: str
    description: str = ""
    enable_dhcp: bool = True
    gateway_ip: str | msgspec.UnsetType | None = msgspec.UNSET
    dns_nameservers: tuple[str, ...] = ()
    allocation_pools: tuple[AllocationPool, ...] | msgspec.UnsetType = msgspec.UNSET


class HostRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A route that DHCP tells the servers on a subnet, or that a router follows."""

    destination: str
    nexthop: str


class NewSubnet(Body, frozen=True, kw_only=True):
    """What can be said when a subnet is made; administrators may say all of it.

    Source: neutron_lib/api/definitions/{subnet,subnetpool,segment,subnet_service_types,
    default_subnetpools,subnet_dns_publish_fixed_ip}.py, 2026.2.
    """

    network_id: str
    ip_version: int
    name: str = ""
    description: str | UnsetType = UNSET
    cidr: str | UnsetType = UNSET
    subnetpool_id: str | UnsetType | None = UNSET
    use_default_subnetpool: bool | UnsetType = UNSET
    prefixlen: int | UnsetType = UNSET
    gateway_ip: str | UnsetType | None = UNSET
    enable_dhcp: bool | UnsetType = UNSET
    ipv6_ra_mode: str | UnsetType = UNSET
    ipv6_address_mode: str | UnsetType = UNSET
    allocation_pools: tuple[AllocationPool, ...] | UnsetType = UNSET
    dns_nameservers: tuple[str, ...] | UnsetType = UNSET
    host_routes: tuple[HostRoute, ...] | UnsetType = UNSET
    service_types: tuple[str, ...] | UnsetType = UNSET
    dns_publish_fixed_ip: bool | UnsetType = UNSET
    segment_id: str | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class SubnetChange(Body, frozen=True, kw_only=True):
    """What can be changed of a subnet; lists are replaced as a whole."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    gateway_ip: str | UnsetType | None = UNSET
    enable_dhcp: bool | UnsetType = UNSET
    allocation_pools: tuple[AllocationPool, ...] | UnsetType = UNSET
    dns_nameservers: tuple[str, ...] | UnsetType = UNSET
    host_routes: tuple[HostRoute, ...] | UnsetType = UNSET
    service_types: tuple[str, ...] | UnsetType = UNSET
    dns_publish_fixed_ip: bool | UnsetType = UNSET
    segment_id: str | UnsetType = UNSET


class SubnetState(State, frozen=True, kw_only=True):
    """What Neutron tells of a subnet."""

    network_id: str
    cidr: str
    ip_version: int = 4
    enable_dhcp: bool = True
    gateway_ip: str | None = None
    ipv6_ra_mode: str | None = None
    ipv6_address_mode: str | None = None
    dns_nameservers: tuple[str, ...] = ()
    allocation_pools: tuple[AllocationPool, ...] = ()
    host_routes: tuple[HostRoute, ...] = ()
    service_types: tuple[str, ...] = ()
    subnetpool_id: str | None = None
    segment_id: str | None = None
    dns_publish_fixed_ip: bool | None = None
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


def range_faults(cidr: str, place: Place) -> Iterator[Fault]:
    """Check a range of addresses.

    Neutron refuses one with host bits, without a length, and of IPv4 all but ``10.0.0.0/24``.

    Source: neutron_lib/api/validators/__init__.py, ``validate_subnet``, 2026.2.
    """
    try:
        interface = ip_interface(cidr)
    except ValueError:
        yield Fault(
            place=place, message=f'"{cidr}" is not a range of addresses', hint="such as 10.0.0.0/24"
        )
        return
    network = interface.network
    hint = f"{network} is meant?"
    if interface.ip != network.network_address:
        yield Fault(place=place, message=f'"{cidr}" has host bits set', hint=hint)
    elif "/" not in cidr or (network.version == 4 and str(network) != cidr):
        message = f'"{cidr}" is not written the way Neutron takes it'
        yield Fault(place=place, message=message, hint=hint)


def _faults(spec: SubnetSpec) -> Iterator[Fault]:
    problems = list(range_faults(spec.cidr, ("cidr",)))
    yield from problems
    if problems:
        return
    addresses: list[tuple[Place, str]] = []
    if isinstance(spec.gateway_ip, str) and not _is_link_local(spec.gateway_ip):
        addresses.append((("gateway_ip",), spec.gateway_ip))
    if spec.allocation_pools is not msgspec.UNSET:
        for index, pool in enumerate(spec.allocation_pools):
            addresses.append((("allocation_pools", index, "start"), pool.start))
            addresses.append((("allocation_pools", index, "end"), pool.end))
    for place, address in addresses:
        yield from address_faults(address, spec.cidr, place)
    for index, server in enumerate(spec.dns_nameservers):
        yield from address_faults(server, "", ("dns_nameservers", index))


def address_faults(address: str, cidr: str, place: Place) -> Iterator[Fault]:
    """Check an address, and that it is inside *cidr* where one is given."""
    try:
        parsed = ip_address(address)
    except ValueError:
        yield Fault(place=place, message=f'"{address}" is not an IP address')
        return
    if cidr and parsed not in ip_network(cidr):
        yield Fault(place=place, message=f"{address} is outside of {cidr}")


def _is_link_local(address: str) -> bool:
    """Tell whether it is an IPv6 address of the link, which routers may have instead of ours."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed.version == 6 and parsed.is_link_local


def as_neutron_writes(address: str) -> str:
    """Return the short form of an address in lower case, so that a second plan finds it again."""
    return str(ip_address(address))


def _wanted(address: Address, spec: SubnetSpec, mark: Mark) -> dict[str, Any]:
    gateway = spec.gateway_ip
    pools = spec.allocation_pools
    fields = {
        "name": address.name,
        "description": mark.beside(spec.description),
        "enable_dhcp": spec.enable_dhcp,
        "gateway_ip": as_neutron_writes(gateway) if isinstance(gateway, str) else gateway,
        "dns_nameservers": [as_neutron_writes(server) for server in spec.dns_nameservers],
        "allocation_pools": pools
        if pools is msgspec.UNSET
        else [
            {"start": as_neutron_writes(pool.start), "end": as_neutron_writes(pool.end)}
            for pool in pools
        ],
    }
    return {name: value for name, value in fields.items() if value is not msgspec.UNSET}


def _create(address: Address, spec: SubnetSpec, mark: Mark, ids: Ids) -> Call:
    network = ip_network(spec.cidr)
    body = {
        "network_id": ids("network", spec.network),
        "cidr": str(network),
        "ip_version": network.version,
        **_wanted(address, spec, mark),
    }
    return Call(method="POST", path="/v2.0/subnets", body={"subnet": body})


def _compare(
    address: Address, spec: SubnetSpec, state: SubnetState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    have = msgspec.to_builtins(state)
    fixed = {"network_id": ids("network", spec.network), "cidr": str(ip_network(spec.cidr))}
    yield from differences((field, have[field], want, False) for field, want in fixed.items())
    wanted = _wanted(address, spec, mark)
    if "allocation_pools" in wanted:
        wanted["allocation_pools"] = _sorted_pools(wanted["allocation_pools"])
    have["allocation_pools"] = _sorted_pools(have["allocation_pools"])
    have["dns_nameservers"] = list(have["dns_nameservers"])
    yield from differences((field, have[field], want, True) for field, want in wanted.items())


def _sorted_pools(pools: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(pools, key=lambda pool: ip_address(pool["start"]).packed)


def _sketch(state: SubnetState) -> Iterator[Part]:
    details = [f"gateway {state.gateway_ip}" if state.gateway_ip else "no gateway"]
    details += ["DHCP" if state.enable_dhcp else "no DHCP"]
    details += [f"name server {address}" for address in state.dns_nameservers]
    details += [f"route {each.destination} via {each.nexthop}" for each in state.host_routes]
    yield BarNote(bar=state.network_id, note=state.cidr, key=state.id, details=tuple(details))


def _sketch_spec(address: Address, spec: SubnetSpec, _declared: Declared) -> Iterator[Part]:
    yield BarNote(bar=f"network.{spec.network}", note=spec.cidr, key=str(address))


KIND = Kind(
    name="subnet",
    plural="subnets",
    service="network",
    path="/v2.0/subnets",
    state=SubnetState,
    new=NewSubnet,
    change=SubnetChange,
    project_query="project_id",
    bulk=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Network", value=lambda state: state.network_id),
        Column(title="Subnet", value=lambda state: state.cidr),
    ),
    long_columns=(
        Column(title="Project", value=lambda state: state.project_id),
        Column(title="DHCP", value=lambda state: state.enable_dhcp),
        Column(title="Name Servers", value=lambda state: list(state.dns_nameservers)),
        Column(
            title="Allocation Pools",
            value=lambda state: [f"{pool.start}-{pool.end}" for pool in state.allocation_pools],
        ),
        Column(
            title="Host Routes",
            value=lambda state: [msgspec.to_builtins(route) for route in state.host_routes],
        ),
        Column(title="IP Version", value=lambda state: state.ip_version),
        Column(title="Gateway", value=lambda state: state.gateway_ip),
        Column(title="Service Types", value=lambda state: list(state.service_types)),
        Column(title="Tags", value=lambda state: list(state.tags)),
    ),
    declaration=Declaration(
        spec=SubnetSpec,
        section="subnets",
        references=lambda spec: [Reference(kind="network", name=spec.network, place=("network",))],
        faults=_faults,
        create=_create,
        compare=_compare,
        needs=lambda state: [state.network_id],
        part_of="network",
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
