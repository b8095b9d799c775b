# SPDX-License-Identifier: Apache-2.0
"""What is wrong with routers beside everything else of a scenario, seen without a cloud. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stackloom.cloud.kind import Declared, Fault, Place
from stackloom.cloud.mark import Address
from stackloom.resources.network._connections import (
    Connections,
    Leg,
    legs,
    legs_towards,
    network_place,
    own_address,
    range_of,
    read_connections,
    subnets_by_network,
)
from stackloom.resources.network._gateways import GatewaySpec
from stackloom.resources.network._ranges import (
    HostRoute,
    Ranged,
    as_neutron_writes,
    host_address_faults,
    overlapping,
)
from stackloom.resources.network.port import PortSpec
from stackloom.resources.network.subnet import SubnetSpec

Asked = tuple[Connections, GatewaySpec | None, Sequence[HostRoute]]
"""What a router connects, its way out, and its routes."""


def faults_of_routers(
    routers: Mapping[Address, Asked], declared: Declared
) -> Iterator[tuple[Address, Fault]]:
    """Check all routers: each with its subnets, and those that share one.

    Raises nothing; what is named and not there is told by others.
    """
    taken = _Taken(declared)
    for address, (connects, gateway, routes) in routers.items():
        found = list(legs(address.name, connects, declared))
        for fault in (
            *_unknown(connects, declared),
            *_overlaps(found, gateway, declared),
            *(fault for leg in found for fault in _leg_faults(leg, declared)),
            *(fault for leg in found for fault in taken.by(address.name, leg)),
            *_route_faults(routes, found, gateway, declared),
        ):
            yield address, fault


def _unknown(connects: Connections, declared: Declared) -> Iterator[Fault]:
    """Check that what is connected is made here, where that matters."""
    for place, each in read_connections(connects):
        if each.network and Address("network", each.network) not in declared:
            message = f'what subnets network "{each.network}" has is not known here'
            hint = "name the subnet: {subnet: …}, with an entry of its own under existing"
            yield Fault(place=network_place(connects, place), message=message, hint=hint)
        if each.port and Address("port", each.port) not in declared:
            message = f'port "{each.port}" would be deleted with the router'
            hint = "give an address on its subnet instead: {subnet: …, address: …}"
            yield Fault(place=(*place, "port"), message=message, hint=hint)


def _leg_faults(leg: Leg, declared: Declared) -> Iterator[Fault]:
    """Check a leg by itself: a gateway to take, or an address that can be one."""
    for ip in leg.ips:
        subnet = declared.get(Address("subnet", ip.subnet))
        if not isinstance(subnet, SubnetSpec):
            continue
        if leg.is_at_gateway and subnet.gateway_ip is None:
            # neutron/db/l3_db.py, ``_add_interface_by_subnet``, 29.0.0.
            message = f'subnet "{ip.subnet}" has no gateway whose address the router could take'
            hint = f"give it one: {{subnet: {ip.subnet}, address: …}}"
            yield Fault(place=leg.place, message=message, hint=hint)
        elif leg.port is not None and ip.ip_address:
            place = (*leg.place, "address")
            yield from host_address_faults(ip.ip_address, subnet.cidr, place)


def _overlaps(
    found: Sequence[Leg], gateway: GatewaySpec | None, declared: Declared
) -> Iterator[Fault]:
    """Check that no two subnets of a router overlap, those behind its gateway included.

    Source: neutron/db/l3_db.py, ``_check_for_dup_router_subnets``, 29.0.0.
    """
    ranges: list[Ranged] = []
    place_of: dict[str, Place] = {}
    for leg in found:
        for ip in leg.ips:
            if ip.subnet in place_of:
                message = f'subnet "{ip.subnet}" is connected twice'
                yield Fault(place=leg.place, message=message)
                continue
            place_of[ip.subnet] = leg.place
            if (known := range_of(declared, ip.subnet)) is not None:
                ranges.append((known, ip.subnet))
    outside = subnets_by_network(declared).get(gateway.network, ()) if gateway else ()
    ranges += [
        (known, name)
        for name in outside
        if name not in place_of and (known := range_of(declared, name)) is not None
    ]
    for (before, first), (after, other) in overlapping(ranges):
        place = place_of.get(other) or place_of.get(first) or ()
        message = f'{after} of subnet "{other}" overlaps {before} of subnet "{first}"'
        yield Fault(place=place, message=f"{message}, and one router cannot tell them apart")


class _Taken:
    """Which addresses are taken on which subnets, and by whom."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._ports = {
            (ip.subnet, as_neutron_writes(ip.ip_address)): address.name
            for address, spec in declared.items()
            if isinstance(spec, PortSpec)
            for ip in spec.fixed_ips
            if ip.ip_address
        }
        self._routers: dict[tuple[str, str], str] = {}

    def by(self, router: str, leg: Leg) -> Iterator[Fault]:
        """Take the addresses of a leg; those of ports are compared among ports."""
        if not leg.is_at_gateway:
            return
        for ip in leg.ips:
            own = own_address(leg, ip, self._declared)
            key = (ip.subnet, own)
            first = self._routers.setdefault(key, router)
            hint = f"give this one its own: {{subnet: {ip.subnet}, address: …}}"
            if first != router:
                message = f'router "{first}" has the gateway address of subnet "{ip.subnet}"'
                yield Fault(place=leg.place, message=message, hint=hint)
            elif own and key in self._ports:
                message = f'port "{self._ports[key]}" has {own}, the gateway of "{ip.subnet}"'
                yield Fault(place=leg.place, message=message, hint=hint)


def _route_faults(
    routes: Sequence[HostRoute],
    found: Sequence[Leg],
    gateway: GatewaySpec | None,
    declared: Declared,
) -> Iterator[Fault]:
    """Check that each next hop is reached, and is somebody else.

    Source: neutron/db/extraroute_db.py, ``_validate_routes_nexthop``, 29.0.0.
    """
    own = {own_address(leg, ip, declared) for leg in found for ip in leg.ips} - {""}
    for index, route in enumerate(routes):
        place = ("routes", index, "nexthop")
        holding, unknown = legs_towards(route.nexthop, found, declared)
        if as_neutron_writes(route.nexthop) in own:
            message = f"{route.nexthop} is the router's own address"
            hint = "the next hop is the address of the router behind it"
            yield Fault(place=place, message=message, hint=hint)
        elif not holding and not unknown and gateway is None and "${" not in route.nexthop:
            message = f"{route.nexthop} is on no subnet that the router connects"
            yield Fault(place=place, message=message)
