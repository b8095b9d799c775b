# SPDX-License-Identifier: Apache-2.0
"""What a router connects: from the forms of the file to its legs. Pure.

A leg on a subnet of the scenario, at its gateway address, is added by the subnet: that is one
request, and a second IPv6 subnet of the same network joins the port of the first (neutron/db/
l3_db.py, ``_add_interface_by_subnet``, 29.0.0). A leg with an address of its own, as the second
router of a subnet needs one, or on a subnet that others made, is a port of ours, added by the port:
so it carries a mark, and is known again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from stackloom.cloud.kind import Declared, Fault, Place
from stackloom.cloud.mark import Address
from stackloom.resources.network._fixed_ips import FixedIpSpec
from stackloom.resources.network._ranges import (
    AnyRange,
    address_faults,
    as_neutron_writes,
    read_range,
    usual_gateway,
)
from stackloom.resources.network._remembered import Remembered
from stackloom.resources.network.port import PortSpec
from stackloom.resources.network.router_interface import RouterInterfaceSpec
from stackloom.resources.network.subnet import SubnetSpec


class ConnectionSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a router connects.

    Attributes:
        network: a network of the scenario, with every subnet that does not stand by itself.
        subnet: one subnet, at its gateway address; of the scenario or under ``existing``.
        address: the router's address on ``subnet``, where another one has the gateway's.
        port: a port of the scenario, or under ``existing``, that becomes the router's.
    """

    network: str = ""
    subnet: str = ""
    address: str = ""
    port: str = ""


Connections = tuple[str | ConnectionSpec, ...]


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg of a router, and where its addresses are.

    Attributes:
        place: of the connection that it comes from.
        interface: the resource that it is.
        port: the port that has to be made for it; None where it needs none, or names one.
        ips: its subnets, and its address on each; empty where Neutron takes the gateway's.
    """

    place: Place
    interface: RouterInterfaceSpec
    port: PortSpec | None = None
    ips: tuple[FixedIpSpec, ...] = ()

    @property
    def is_at_gateway(self) -> bool:
        """Whether it takes the gateway address of its subnet."""
        return not self.interface.port


def read_connections(connects: Connections) -> list[tuple[Place, ConnectionSpec]]:
    """Return connections in the long form, each with its place."""
    return [
        (
            ("connects", index),
            ConnectionSpec(network=each) if isinstance(each, str) else each,
        )
        for index, each in enumerate(connects)
    ]


def network_place(connects: Connections, place: Place) -> Place:
    """Return where a connection names its network: by itself, or in a field."""
    return place if isinstance(connects[int(place[-1])], str) else (*place, "network")


def connection_faults(connects: Connections) -> Iterator[Fault]:
    """Check each connection by itself, and that none stands twice."""
    seen: set[tuple[str, str]] = set()
    for place, each in read_connections(connects):
        fields = ("network", "subnet", "port")
        given = [(field, getattr(each, field)) for field in fields if getattr(each, field)]
        if len(given) != 1:
            message = "a router connects a network, a subnet or a port"
            hint = "one of them here: {subnet: blue, address: 10.0.0.9}"
            yield Fault(place=place, message=message, hint=hint)
            continue
        if each.address and not each.subnet:
            message = "an address needs the subnet that it is on"
            yield Fault(place=(*place, "address"), message=message, hint="subnet: …")
        elif each.address:
            yield from address_faults(each.address, "", (*place, "address"))
        if given[0] in seen:
            field, name = given[0]
            yield Fault(place=place, message=f'{field} "{name}" is connected twice')
        seen.add(given[0])


def legs(router: str, connects: Connections, declared: Declared) -> Iterator[Leg]:
    """Yield the legs of a router; what is named and not there has none."""
    connections = read_connections(connects)
    by_themselves = {each.subnet for _, each in connections if each.subnet}
    subnets = subnets_by_network(declared)
    for place, each in connections:
        if each.port:
            port = declared.get(Address("port", each.port))
            ips = port.fixed_ips if isinstance(port, PortSpec) else ()
            interface = RouterInterfaceSpec(router=router, port=each.port)
            yield Leg(place=place, interface=interface, ips=ips)
        elif each.subnet:
            yield _leg_on_subnet(router, place, each, declared)
        for name in subnets.get(each.network, ()):
            if name not in by_themselves:
                interface = RouterInterfaceSpec(router=router, subnet=name)
                yield Leg(place=place, interface=interface, ips=(FixedIpSpec(subnet=name),))


def _subnets(declared: Declared) -> dict[str, list[str]]:
    """Return the names of subnets by the name of their network."""
    result: dict[str, list[str]] = {}
    for address, spec in declared.items():
        if isinstance(spec, SubnetSpec):
            result.setdefault(spec.network, []).append(address.name)
    return result


subnets_by_network = Remembered(_subnets)


def _leg_on_subnet(router: str, place: Place, each: ConnectionSpec, declared: Declared) -> Leg:
    subnet = declared.get(Address("subnet", each.subnet))
    ips = (FixedIpSpec(subnet=each.subnet, ip_address=each.address),)
    if isinstance(subnet, SubnetSpec) and not each.address:
        interface = RouterInterfaceSpec(router=router, subnet=each.subnet)
        return Leg(place=place, interface=interface, ips=ips)
    network = subnet.network if isinstance(subnet, SubnetSpec) else ""
    interface = RouterInterfaceSpec(router=router, port=f"{router}.{each.subnet}")
    return Leg(
        place=place, interface=interface, port=PortSpec(network=network, fixed_ips=ips), ips=ips
    )


def legs_towards(
    nexthop: str, found: Sequence[Leg], declared: Declared
) -> tuple[list[Leg], list[Leg]]:
    """Return the legs whose subnets hold an address, and those of which nobody knows yet."""
    holding: list[Leg] = []
    unknown: list[Leg] = []
    for leg in found:
        ranges = [range_of(declared, ip.subnet) for ip in leg.ips] or [None]
        if any(not address_faults_in(nexthop, known) for known in ranges if known is not None):
            holding.append(leg)
        elif None in ranges:
            unknown.append(leg)
    return holding, unknown


def address_faults_in(address: str, known: AnyRange) -> list[Fault]:
    """Return what is wrong with an address in a range that is known."""
    return list(address_faults(address, str(known), ()))


def range_of(declared: Declared, subnet: str) -> AnyRange | None:
    """Return the range of a subnet; None where it is not known before it is made."""
    spec = declared.get(Address("subnet", subnet))
    return read_range(spec.cidr) if isinstance(spec, SubnetSpec) else None


def own_address(leg: Leg, ip: FixedIpSpec, declared: Declared) -> str:
    """Return the address that a leg has on one of its subnets; "" where Neutron chooses it."""
    if not leg.is_at_gateway:
        return as_neutron_writes(ip.ip_address)
    spec = declared.get(Address("subnet", ip.subnet))
    if not isinstance(spec, SubnetSpec) or spec.gateway_ip is None:
        return ""
    if isinstance(spec.gateway_ip, str):
        return as_neutron_writes(spec.gateway_ip)
    known = read_range(spec.cidr)
    return str(usual_gateway(known, is_from_pool=spec.is_from_pool)) if known is not None else ""
