# SPDX-License-Identifier: Apache-2.0
"""The way from an outer address to a port: what has to be there, and to which port it leads.

A floating IP and a port forwarding reach a port only through a router with a leg on the port's
subnet and its gateway on the address's network; before, Neutron answers with a 404
(``ExternalGatewayForFloatingIPNotFound``; neutron/db/l3_db.py, ``get_router_for_floatingip``,
29.0.0) or, for a port forwarding, a 400.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from stackloom.cloud.kind import UNKNOWN, Declared, Fault, Ids, Listed, Place, Reference
from stackloom.cloud.mark import Address
from stackloom.errors import UsageError
from stackloom.resources.compute._server_nics import Nic
from stackloom.resources.compute._server_spec import ServerSpec, network_of, networks_of
from stackloom.resources.network._ranges import read_address
from stackloom.resources.network._remembered import Remembered
from stackloom.resources.network.port import PortSpec, PortState
from stackloom.resources.network.router import RouterSpec
from stackloom.resources.network.router_interface import RouterInterfaceSpec, interfaces
from stackloom.resources.network.subnet import SubnetSpec

# A value that only the cloud knows, such as ``${port.database.address}``.
_LATE = "${"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What an outer address leads to, as a file says it.

    Attributes:
        server, on: a server, and the network on which it is meant.
        port: a port instead.
        address: which of the port's addresses; empty for the only one.
    """

    server: str = ""
    on: str = ""
    port: str = ""
    address: str = ""

    @property
    def is_given(self) -> bool:
        """Whether it leads anywhere."""
        return bool(self.server or self.port)


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Where an outer address ends in the cloud.

    Attributes:
        port_id: ``UNKNOWN`` before it exists, and where a server has no IPv4 address.
        addresses: the IPv4 addresses of the port, as far as they are known.
    """

    port_id: str
    addresses: tuple[str, ...] = ()

    @property
    def only_with(self) -> str:
        """The address that has to be said with the port, for it has several."""
        return self.addresses[0] if len(self.addresses) > 1 else ""


def references(target: Target) -> Iterator[Reference]:
    """Yield what a target names; all of it can be replaced without the outer address."""
    if target.server:
        yield Reference(
            kind="server", name=target.server, place=("server",), rebinds=True, complete=True
        )
    if target.on:
        yield Reference(kind="network", name=target.on, place=("on",), rebinds=True)
    if target.port:
        yield Reference(kind="port", name=target.port, place=("port",), rebinds=True, complete=True)


def faults(target: Target) -> Iterator[Fault]:
    """Check what a file says of a target."""
    if target.server and target.port:
        yield Fault(place=("port",), message="give either a server or a port")
    if target.on and not target.server:
        yield Fault(place=("on",), message='"on" says on which network a server is meant')


def address_faults(address: str, place: Place) -> Iterator[Fault]:
    """Check an address that has to be of IPv4; empty is fine."""
    if not address or _LATE in address:
        return
    parsed = read_address(address)
    if parsed is None:
        yield Fault(place=place, message=f'"{address}" is not an IP address')
    elif parsed.version != 4:
        yield Fault(place=place, message=f"{address} is not an IPv4 address")


def place_faults(target: Target, declared: Declared) -> Iterator[Fault]:
    """Check that a server of the scenario is on the network on which it is meant."""
    named = declared.get(Address("server", target.server))
    if target.on and isinstance(named, ServerSpec):
        networks = networks_of(Address("server", target.server), named, declared)
        if target.on not in networks:
            message = f"server {target.server} is not on network {target.on}"
            hint = f"it is on {', '.join(sorted(networks))}" if networks else ""
            yield Fault(place=("on",), message=message, hint=hint)


# --- what has to be there -------------------------------------------------------------------------


class _Ways(msgspec.Struct):
    """What leads where in one scenario.

    Attributes:
        legs: the router interfaces by the network that they stand on.
        gateways: the routers by the network that they reach outside.
    """

    legs: dict[str, list[Address]]
    gateways: dict[str, list[Address]]


def _ways(declared: Declared) -> _Ways:
    ways = _Ways(legs={}, gateways={})
    for address, spec in declared.items():
        if isinstance(spec, RouterInterfaceSpec):
            if network := _network_of_leg(spec, declared):
                ways.legs.setdefault(network, []).append(address)
        elif isinstance(spec, RouterSpec) and spec.gateway:
            ways.gateways.setdefault(spec.gateway.network, []).append(address)
    return ways


def _network_of_leg(spec: RouterInterfaceSpec, declared: Declared) -> str:
    subnet = declared.get(Address("subnet", spec.subnet))
    port = declared.get(Address("port", spec.port))
    if isinstance(port, PortSpec):
        return network_of(port, declared)
    return subnet.network if isinstance(subnet, SubnetSpec) else ""


_ways_of = Remembered(_ways)


def waits(target: Target, outside: str, declared: Declared) -> Iterator[Address]:
    """Yield what a scenario has between the network *outside* and the target."""
    named = declared.get(Address("server", target.server))
    port = declared.get(Address("port", target.port))
    networks: set[str] = set()
    if target.on:
        networks.add(target.on)
    elif isinstance(named, ServerSpec):
        networks |= networks_of(Address("server", target.server), named, declared)
    if isinstance(port, PortSpec):
        networks.add(network_of(port, declared))
    ways = _ways_of(declared)
    for network in sorted(networks):
        yield from ways.legs.get(network, ())
    if networks:
        yield from ways.gateways.get(outside, ())


# --- where it leads -------------------------------------------------------------------------------


def end_of(target: Target, ids: Ids, *, now: str | None) -> End | None:
    """Return the port that a target means; None where it means none.

    Of several places of a server, the one where the address is already is right; else the first
    that a router serves. A server without one may still be replaced, so that is no error yet.

    Args:
        now: the id of the port that the address leads to.
    """
    if target.port:
        state = ids.state("port", target.port)
        addresses = [ip.ip_address for ip in state.fixed_ips] if state is not None else []
        return End(port_id=ids("port", target.port), addresses=_ipv4(addresses))
    if not target.server:
        return None
    state = ids.state("server", target.server)
    if state is None:
        return End(port_id=UNKNOWN)
    network_id = ids("network", target.on) if target.on else ""
    places = [
        nic
        for nic in state.nics
        if _ipv4(nic.ip_addresses) and (not target.on or nic.network_id == network_id)
    ]
    if not places:
        return End(port_id=UNKNOWN)
    nic = _chosen(places, now)
    return End(port_id=nic.port_id, addresses=_ipv4(nic.ip_addresses))


def require(body: Mapping[str, object]) -> None:
    """See that a request knows where it leads.

    Raises:
        UsageError: there is no such place.
    """
    if UNKNOWN in body.values():
        raise UsageError(
            "the server or port that it leads to has no IPv4 address there",
            hint="a router's gateway reaches nothing else like this; with several places, say on",
        )


def _chosen(places: list[Nic], now: str | None) -> Nic:
    served = [nic for nic in places if nic.router_ids] or places
    return next((nic for nic in served if nic.port_id == now), served[0])


def _ipv4(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(address for address in addresses if ":" not in address)


def legs_of(listed: Listed) -> dict[tuple[str | None, str], str]:
    """Return the router interfaces among listed ports: ``{(router id, subnet id): its id}``."""
    return {
        (leg.router_id, subnet_id): leg.id
        for leg in interfaces(listed)
        for subnet_id in leg.subnet_ids
    }


def subnet_of(port: PortState | None, address: str | None) -> str:
    """Return the subnet on which a port has an address."""
    found = [ip.subnet_id for ip in port.fixed_ips if ip.ip_address == address] if port else []
    return found[0] if found else ""
