# SPDX-License-Identifier: Apache-2.0
"""A subnet of Neutron: a range of addresses on a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

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
    Names,
    Place,
    Reference,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, without_mark
from stackloom.cloud.sketch import Badge, BarNote, Part
from stackloom.resources.network._adoption import by_description
from stackloom.resources.network._ranges import (
    AllocationPool,
    HostRoute,
    Ranged,
    RouteSpec,
    address_faults,
    as_neutron_writes,
    captured_inside,
    is_link_local,
    moved_pools,
    overlapping,
    pool_faults,
    range_as_neutron_writes,
    range_faults,
    read_range,
    routes_as_neutron_writes,
    routes_faults,
    sorted_pools,
    usual_gateway,
)
from stackloom.resources.network._remembered import Remembered

AddressMode = Literal["slaac", "dhcpv6-stateless", "dhcpv6-stateful"]


class SubnetFields(Spec, frozen=True, kw_only=True):
    """A subnet inside a network's ``subnets``: all that ``SubnetSpec`` has but ``network``."""

    cidr: str = ""
    subnet_pool: str = ""
    use_default_subnetpool: bool = False
    prefixlen: int | UnsetType = UNSET
    ip_version: Literal[4, 6] | UnsetType = UNSET
    description: str = ""
    enable_dhcp: bool = True
    gateway_ip: str | UnsetType | None = UNSET
    ipv6: AddressMode | UnsetType = UNSET
    ipv6_ra_mode: AddressMode | UnsetType = UNSET
    ipv6_address_mode: AddressMode | UnsetType = UNSET
    dns_nameservers: tuple[str, ...] | UnsetType = UNSET
    allocation_pools: tuple[AllocationPool, ...] | UnsetType = UNSET
    host_routes: tuple[RouteSpec, ...] | UnsetType = UNSET
    service_types: tuple[str, ...] | UnsetType = UNSET

    @property
    def is_from_pool(self) -> bool:
        """Whether its range is cut from a pool."""
        return bool(self.subnet_pool) or self.use_default_subnetpool

    @property
    def version(self) -> int:
        """4 or 6."""
        cidr = read_range(self.cidr)
        if cidr is not None:
            return cidr.version
        return 4 if self.ip_version is UNSET else self.ip_version


class SubnetSpec(SubnetFields, frozen=True, kw_only=True):
    """A subnet: a range of addresses on a network.

    Attributes:
        network: the network of the scenario that it is on.
        cidr: the range, such as ``10.0.0.0/24``; from a pool it may be left to Neutron.
        subnet_pool: the pool that the range is cut from, of the scenario or of the cloud.
        use_default_subnetpool: cut it from the default pool of its family.
        prefixlen: how long a range from a pool is; not given, the pool's own default.
        ip_version: 4 or 6, needed only where ``cidr`` does not say it; not given, 4.
        gateway_ip: ``null`` for none; not given, the first address of the range.
        ipv6: how hosts get their addresses and who tells them the rest: ``slaac``,
            ``dhcpv6-stateless`` or ``dhcpv6-stateful``; short for the two modes that follow.
        ipv6_ra_mode: who sends router advertisements, and what is in them; Neutron's router.
        ipv6_address_mode: how addresses are given out.
        dns_nameservers: in the order in which they are asked; not given, they stay as they are.
        allocation_pools: not given, all but the gateway.
        host_routes: what DHCP tells hosts beside the gateway.
        service_types: for which owners of ports it is, such as ``network:floatingip``; for
            administrators.
    """

    network: str


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


def subnet_faults(spec: SubnetFields, place: Place = ()) -> Iterator[Fault]:
    """Check a subnet; *place* is where its fields stand inside the spec that is checked."""
    problems = list(_range_problems(spec, place))
    yield from problems
    if not problems:
        yield from _inside_faults(spec, place)
    for index, server in enumerate(spec.dns_nameservers or ()):
        yield from address_faults(server, "", (*place, "dns_nameservers", index))
    yield from routes_faults(spec.host_routes or (), (*place, "host_routes"))
    yield from _mode_faults(spec, place)


def _range_problems(spec: SubnetFields, place: Place) -> Iterator[Fault]:
    if spec.cidr:
        yield from range_faults(spec.cidr, (*place, "cidr"))
    elif not spec.is_from_pool:
        hint = "cidr: 10.0.0.0/24, or a subnet_pool that it is cut from"
        yield Fault(place=place, message="a subnet needs a range", hint=hint)
    if spec.subnet_pool and spec.use_default_subnetpool:
        message = "a range is cut from one pool: the default one, or the one that is named"
        yield Fault(place=(*place, "use_default_subnetpool"), message=message)
    cidr = read_range(spec.cidr)
    if cidr is not None and spec.ip_version not in {UNSET, cidr.version}:
        message = f"{spec.cidr} is a range of IPv{cidr.version}"
        yield Fault(place=(*place, "ip_version"), message=message)
    if cidr is not None and spec.prefixlen not in {UNSET, cidr.prefixlen}:
        message = f"{spec.cidr} has a length already: {cidr.prefixlen}"
        hint = "leave one of the two out"
        yield Fault(place=(*place, "prefixlen"), message=message, hint=hint)


def _inside_faults(spec: SubnetFields, place: Place) -> Iterator[Fault]:
    """Check what has to be inside the range."""
    gateway = spec.gateway_ip if isinstance(spec.gateway_ip, str) else ""
    pools = spec.allocation_pools or ()
    if not spec.cidr:
        # neutron/db/ipam_backend_mixin.py, ``validate_pools_with_subnetpool``, 29.0.0.
        for name, is_given in (("gateway_ip", gateway), ("allocation_pools", pools)):
            if is_given:
                message = "the pool chooses the range, so nobody knows what is inside it"
                hint = "give the cidr as well"
                yield Fault(place=(*place, name), message=message, hint=hint)
        return
    if gateway and not is_link_local(gateway):
        yield from address_faults(gateway, spec.cidr, (*place, "gateway_ip"))
    if spec.gateway_ip is UNSET and (cidr := read_range(spec.cidr)) is not None:
        gateway = str(usual_gateway(cidr, is_from_pool=spec.is_from_pool))
    yield from pool_faults(pools, spec.cidr, gateway, (*place, "allocation_pools"))


def _mode_faults(spec: SubnetFields, place: Place) -> Iterator[Fault]:
    """Check the modes of IPv6.

    Source: neutron/db/ipam_backend_mixin.py, ``_validate_ipv6_attributes``, 29.0.0.
    """
    given = [
        name
        for name in ("ipv6", "ipv6_ra_mode", "ipv6_address_mode")
        if getattr(spec, name) is not UNSET
    ]
    if not given:
        return
    here = (*place, given[0])
    if spec.version == 4:
        yield Fault(place=here, message="this is for IPv6, and the range is of IPv4")
        return
    # The short form is both of the long ones, so the same three times is no contradiction.
    modes = {getattr(spec, name) for name in given}
    if len(modes) > 1:
        message = f"{' and '.join(given)} have to be the same where they are given"
        yield Fault(place=here, message=message, hint="ipv6 stands for the other two")
    if not spec.enable_dhcp:
        message = "Neutron gives out no IPv6 addresses where enable_dhcp is false"
        yield Fault(place=(*place, "enable_dhcp"), message=message)
    cidr = read_range(spec.cidr)
    is_automatic = {"slaac", "dhcpv6-stateless"} & modes
    if cidr is not None and is_automatic and cidr.prefixlen != 64:
        message = f"hosts make up their addresses, which takes a /64, and this is {spec.cidr}"
        yield Fault(place=(*place, "cidr"), message=message, hint="or dhcpv6-stateful")


def _modes(spec: SubnetFields) -> dict[str, str]:
    """Return the modes that are asked for, by Neutron's names."""
    names = ("ipv6_ra_mode", "ipv6_address_mode")
    wanted = {name: spec.ipv6 or getattr(spec, name) for name in names}
    return {name: mode for name, mode in wanted.items() if isinstance(mode, str)}


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Check that no two subnets of a network overlap, which Neutron refuses."""
    ranges: dict[str, list[Ranged]] = {}
    for address, spec in declared.items():
        if isinstance(spec, SubnetSpec) and (cidr := read_range(spec.cidr)) is not None:
            ranges.setdefault(spec.network, []).append((cidr, address.name))
    for network, each in ranges.items():
        for (cidr, name), (other, other_name) in overlapping(each):
            message = f'{other} overlaps {cidr} of "{name}", also on network "{network}"'
            yield Address("subnet", other_name), Fault(place=("cidr",), message=message)


def _references(spec: SubnetSpec) -> Iterator[Reference]:
    yield Reference(kind="network", name=spec.network, place=("network",))
    if spec.subnet_pool:
        place = ("subnet_pool",)
        yield Reference(kind="subnet_pool", name=spec.subnet_pool, place=place, declared=False)


def _pool(spec: SubnetSpec) -> tuple[str, int]:
    """Return which pool it is cut from; of default ones there is one a family."""
    return spec.subnet_pool, 0 if spec.subnet_pool else spec.version


def _named_in_pools(declared: Declared) -> dict[tuple[str, int], list[Address]]:
    """Return the subnets that name their range, by the pool that it is cut from."""
    found: dict[tuple[str, int], list[Address]] = {}
    for address, spec in declared.items():
        if isinstance(spec, SubnetSpec) and spec.is_from_pool and spec.cidr:
            found.setdefault(_pool(spec), []).append(address)
    return found


_named_by_pool = Remembered(_named_in_pools)


def _waits(_address: Address, spec: SubnetSpec, declared: Declared) -> Iterator[Address]:
    """Let those who say which range they want come first, or the pool might give it away."""
    if spec.is_from_pool and not spec.cidr:
        yield from _named_by_pool(declared).get(_pool(spec), ())


def _requires(spec: SubnetSpec) -> Iterator[Requirement]:
    if spec.subnet_pool:
        yield Requirement(place=("subnet_pool",), extension="subnet_allocation")
    if spec.use_default_subnetpool:
        yield Requirement(place=("use_default_subnetpool",), extension="default-subnetpools")
    if spec.service_types is not UNSET:
        # neutron/conf/policies/subnet.py, ``create_subnet:service_types``, 29.0.0.
        place = ("service_types",)
        yield Requirement(place=place, extension="subnet-service-types", admin=True)


def _wanted(address: Address, spec: SubnetSpec, mark: Mark) -> dict[str, Any]:
    """Return what can be changed afterwards as well."""
    fields: dict[str, Any] = {
        "name": address.name,
        "description": mark.beside(spec.description),
        "enable_dhcp": spec.enable_dhcp,
    }
    if spec.gateway_ip is not UNSET:
        fields["gateway_ip"] = spec.gateway_ip and as_neutron_writes(spec.gateway_ip)
    if spec.dns_nameservers is not UNSET:
        fields["dns_nameservers"] = [as_neutron_writes(server) for server in spec.dns_nameservers]
    if spec.allocation_pools is not UNSET:
        fields["allocation_pools"] = sorted_pools(spec.allocation_pools)
    if spec.host_routes is not UNSET:
        fields["host_routes"] = routes_as_neutron_writes(spec.host_routes)
    if spec.service_types is not UNSET:
        fields["service_types"] = sorted(spec.service_types)
    return fields


def _create(address: Address, spec: SubnetSpec, mark: Mark, ids: Ids) -> Call:
    body = {"network_id": ids("network", spec.network), "ip_version": spec.version}
    if spec.cidr:
        body["cidr"] = range_as_neutron_writes(spec.cidr)
    if spec.subnet_pool:
        body["subnetpool_id"] = ids("subnet_pool", spec.subnet_pool)
    if spec.use_default_subnetpool:
        body["use_default_subnetpool"] = True
    if spec.prefixlen is not UNSET and not spec.cidr:
        body["prefixlen"] = spec.prefixlen
    body |= _modes(spec)
    body |= _wanted(address, spec, mark)
    return Call(method="POST", path="/v2.0/subnets", body={"subnet": body})


def _compare(
    address: Address, spec: SubnetSpec, state: SubnetState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    have = msgspec.to_builtins(state)
    fixed: dict[str, Any] = {"network_id": ids("network", spec.network), **_modes(spec)}
    if spec.cidr:
        fixed["cidr"] = range_as_neutron_writes(spec.cidr)
    else:
        fixed["ip_version"] = spec.version
    if spec.subnet_pool:
        fixed["subnetpool_id"] = ids("subnet_pool", spec.subnet_pool)
    if spec.prefixlen is not UNSET and (cidr := read_range(state.cidr)) is not None:
        have["prefixlen"] = cidr.prefixlen
        fixed["prefixlen"] = spec.prefixlen
    yield from differences((field, have[field], want, False) for field, want in fixed.items())
    have["allocation_pools"] = pools = sorted_pools(state.allocation_pools)
    have["dns_nameservers"] = list(state.dns_nameservers)
    have["host_routes"] = routes_as_neutron_writes(state.host_routes)
    have["service_types"] = sorted(state.service_types)
    wanted = _wanted(address, spec, mark)
    if "allocation_pools" not in wanted and "gateway_ip" in wanted:
        wanted |= moved_pools(state.cidr, state.gateway_ip, wanted["gateway_ip"], pools)
    yield from differences((field, have[field], want, True) for field, want in wanted.items())


def _capture(state: SubnetState, names: Names) -> Mapping[str, Any] | None:
    if not (network := names("network", state.network_id)):
        return None
    entry: dict[str, Any] = {"network": network, "cidr": state.cidr}
    if words := without_mark(state.description):
        entry["description"] = words
    if state.subnetpool_id and (pool := names("subnet_pool", state.subnetpool_id)):
        entry["subnet_pool"] = pool
    if not state.enable_dhcp:
        entry["enable_dhcp"] = False
    modes = {"ipv6_ra_mode": state.ipv6_ra_mode, "ipv6_address_mode": state.ipv6_address_mode}
    if state.ipv6_ra_mode and state.ipv6_ra_mode == state.ipv6_address_mode:
        modes = {"ipv6": state.ipv6_ra_mode}
    entry |= {name: mode for name, mode in modes.items() if mode}
    return entry | _captured_inside(state)


def _captured_inside(state: SubnetState) -> dict[str, Any]:
    """Return gateway, pools and lists, where they are not what Neutron chooses by itself."""
    entry = captured_inside(
        state.cidr,
        state.gateway_ip,
        state.allocation_pools,
        is_from_pool=bool(state.subnetpool_id),
    )
    if state.dns_nameservers:
        entry["dns_nameservers"] = list(state.dns_nameservers)
    if state.host_routes:
        entry["host_routes"] = routes_as_neutron_writes(state.host_routes)
    if state.service_types:
        entry["service_types"] = list(state.service_types)
    return entry


def _sketch(state: SubnetState) -> Iterator[Part]:
    details = [f"gateway {state.gateway_ip}" if state.gateway_ip else "no gateway"]
    details += ["DHCP" if state.enable_dhcp else "no DHCP"]
    details += [f"name server {address}" for address in state.dns_nameservers]
    details += [f"route {each.destination} via {each.nexthop}" for each in state.host_routes]
    yield BarNote(bar=state.network_id, note=state.cidr, key=state.id, details=tuple(details))
    if state.subnetpool_id:
        yield Badge(on=state.network_id, key=state.subnetpool_id, sort="subnet_pool")


def _sketch_spec(address: Address, spec: SubnetSpec, _declared: Declared) -> Iterator[Part]:
    note = spec.cidr or f"from pool {spec.subnet_pool or 'by default'}"
    bar = f"network.{spec.network}"
    yield BarNote(bar=bar, note=note, key=str(address))
    if spec.subnet_pool:
        key = f"subnet_pool.{spec.subnet_pool}"
        yield Badge(on=bar, key=key, sort="subnet_pool", label=spec.subnet_pool)


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
        references=_references,
        faults=subnet_faults,
        faults_together=_faults_together,
        create=_create,
        compare=_compare,
        needs=lambda state: filter(None, [state.network_id, state.subnetpool_id]),
        waits=_waits,
        part_of="network",
        leaves_with=lambda state: state.network_id,
        requires=_requires,
        consumes=lambda _spec, _ids: {"network.subnet": 1},
        adopt=by_description("subnet", "/v2.0/subnets"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
