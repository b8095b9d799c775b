# SPDX-License-Identifier: Apache-2.0
"""Ranges and addresses, as a person writes them and as Neutron does. Pure.

A text with ``${`` in it is a value that only the cloud knows; nothing can be said of it before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from itertools import pairwise

import msgspec

from stackloom.cloud.kind import Fault, Place

AnyAddress = IPv4Address | IPv6Address
AnyRange = IPv4Network | IPv6Network
_LATE = "${"


class AllocationPool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A range inside the subnet that addresses are taken from, both ends included."""

    start: str
    end: str


class HostRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A route that DHCP tells the servers on a subnet, or that a router follows."""

    destination: str
    nexthop: str


class RouteSpec(HostRoute, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A route: to ``destination``, a range, through ``nexthop``, an address."""


# Each text is read some twenty times while a scenario is checked and planned, and one reading takes
# some microseconds: of 10,000 resources that was a second.
@lru_cache(maxsize=50_000)
def read_address(text: str) -> AnyAddress | None:
    """Return an address; None for what is none, or is not known yet."""
    try:
        return ip_address(text)
    except ValueError:
        return None


@lru_cache(maxsize=50_000)
def read_range(text: str) -> AnyRange | None:
    """Return a range; None for what is none, or is not known yet."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def as_neutron_writes(address: str) -> str:
    """Return the short form of an address in lower case, so that a second plan finds it again."""
    parsed = read_address(address)
    return address if parsed is None else str(parsed)


def range_as_neutron_writes(cidr: str) -> str:
    """Return the short form of a range in lower case; what is none stays as it is."""
    parsed = read_range(cidr)
    return cidr if parsed is None else str(parsed)


def routes_as_neutron_writes(routes: Iterable[HostRoute]) -> list[dict[str, str]]:
    """Return routes as plain values in an order of their own, for theirs means nothing."""
    plain = [
        {
            "destination": range_as_neutron_writes(each.destination),
            "nexthop": as_neutron_writes(each.nexthop),
        }
        for each in routes
    ]
    return sorted(plain, key=lambda each: (each["destination"], each["nexthop"]))


def range_faults(cidr: str, place: Place) -> Iterator[Fault]:
    """Check a range of addresses.

    Neutron refuses one with host bits, without a length, and of IPv4 all but ``10.0.0.0/24``.

    Source: neutron_lib/api/validators/__init__.py, ``validate_subnet``, 2026.2.
    """
    if _LATE in cidr:
        return
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


def address_faults(address: str, cidr: str, place: Place) -> Iterator[Fault]:
    """Check an address, and that it is inside *cidr* where one is given."""
    if _LATE in address:
        return
    parsed = read_address(address)
    around = read_range(cidr)
    if parsed is None:
        yield Fault(place=place, message=f'"{address}" is not an IP address')
    elif around is not None and parsed not in around:
        yield Fault(place=place, message=f"{address} is outside of {cidr}")


def host_address_faults(address: str, cidr: str, place: Place) -> Iterator[Fault]:
    """Check an address that a port is to have: not that of its network, nor of all its hosts.

    Source: neutron/ipam/utils.py, ``check_subnet_ip``, 29.0.0.
    """
    problems = list(address_faults(address, cidr, place))
    yield from problems
    parsed, around = read_address(address), read_range(cidr)
    if problems or parsed is None or around is None or not _has_reserved_ends(around):
        return
    if parsed == around.network_address:
        yield Fault(place=place, message=f"{address} is the address of {cidr} itself")
    elif parsed.version == 4 and parsed == around.broadcast_address:
        yield Fault(place=place, message=f"{address} is the broadcast address of {cidr}")


def _has_reserved_ends(cidr: AnyRange) -> bool:
    return cidr.num_addresses > 2


def routes_faults(routes: Iterable[HostRoute], place: Place) -> Iterator[Fault]:
    """Check routes, each by itself: a range, and an address of the same family."""
    for index, route in enumerate(routes):
        yield from range_faults(route.destination, (*place, index, "destination"))
        yield from address_faults(route.nexthop, "", (*place, index, "nexthop"))
        target, hop = read_range(route.destination), read_address(route.nexthop)
        if target is not None and hop is not None and target.version != hop.version:
            message = f"{route.nexthop} is of another family than {route.destination}"
            yield Fault(place=(*place, index, "nexthop"), message=message)


def is_link_local(address: str) -> bool:
    """Tell whether it is an IPv6 address of the link, which routers may have instead of ours."""
    parsed = read_address(address)
    return parsed is not None and parsed.version == 6 and parsed.is_link_local


def usual_gateway(cidr: AnyRange, *, is_from_pool: bool = False) -> AnyAddress:
    """Return the gateway that Neutron takes where none is given.

    The first address behind that of the range, of IPv6 that one itself unless a pool cut it.

    Source: neutron/db/ipam_backend_mixin.py, ``_gateway_ip_str``, and ipam/subnet_alloc.py,
    ``_allocate_specific_subnet``, 29.0.0.
    """
    is_first = cidr.version == 6 and not is_from_pool
    return cidr.network_address + (0 if is_first or cidr.num_addresses == 1 else 1)


def usual_pools(cidr: AnyRange, gateway: AnyAddress | None) -> list[AllocationPool]:
    """Return the pools that Neutron makes where none are given: all but the gateway.

    Source: neutron/ipam/utils.py, ``generate_pools``, 29.0.0.
    """
    first, last = int(cidr.network_address), int(cidr.broadcast_address)
    if _has_reserved_ends(cidr) or (cidr.version == 6 and first != last):
        first += 1
        last -= cidr.version == 4
    ends = [(first, last)]
    if gateway is not None and first <= int(gateway) <= last:
        ends = [(first, int(gateway) - 1), (int(gateway) + 1, last)]
    kind = type(cidr.network_address)
    return [
        AllocationPool(start=str(kind(start)), end=str(kind(end)))
        for start, end in ends
        if start <= end
    ]


def sorted_pools(pools: Iterable[AllocationPool]) -> list[dict[str, str]]:
    """Return pools as plain values, as Neutron writes them, in the order of their addresses."""
    plain = [
        {"start": as_neutron_writes(each.start), "end": as_neutron_writes(each.end)}
        for each in pools
    ]
    return sorted(plain, key=lambda pool: int(ip_address(pool["start"])))


def moved_pools(
    cidr: str, old_gateway: str | None, new_gateway: str | None, pools: list[dict[str, str]]
) -> dict[str, list[dict[str, str]]]:
    """Return the pools that have to go along with another gateway, as a field that is wanted.

    Neutron makes pools of all but the gateway, and refuses a new gateway that is inside one. Pools
    that a person has chosen stay.

    Source: neutron/db/ipam_backend_mixin.py, ``validate_gw_out_of_pools``, 29.0.0.
    """
    known = read_range(cidr)
    if known is None:
        return {}
    usual = [
        sorted_pools(usual_pools(known, read_address(gateway or "")))
        for gateway in (old_gateway, new_gateway)
    ]
    return {"allocation_pools": usual[1]} if pools == usual[0] else {}


def captured_inside(
    cidr: str, gateway_ip: str | None, pools: Iterable[AllocationPool], *, is_from_pool: bool
) -> dict[str, object]:
    """Return gateway and pools as they stand in a file, unless Neutron chooses them by itself."""
    entry: dict[str, object] = {}
    known = read_range(cidr)
    if known is None:
        return entry
    if gateway_ip != str(usual_gateway(known, is_from_pool=is_from_pool)):
        entry["gateway_ip"] = gateway_ip
    found = sorted_pools(pools)
    if found != sorted_pools(usual_pools(known, read_address(gateway_ip or ""))):
        entry["allocation_pools"] = found
    return entry


def pool_faults(
    pools: Iterable[AllocationPool], cidr: str, gateway: str, place: Place
) -> Iterator[Fault]:
    """Check pools: inside the range, the right way round, apart from each other and the gateway.

    Source: neutron/db/ipam_backend_mixin.py, ``validate_allocation_pools`` and
    ``validate_gw_out_of_pools``, 29.0.0.
    """
    read: list[tuple[int, int, Place, str]] = []
    gateway_address = read_address(gateway)
    for index, pool in enumerate(pools):
        ends = [read_address(pool.start), read_address(pool.end)]
        for name, text in (("start", pool.start), ("end", pool.end)):
            yield from address_faults(text, cidr, (*place, index, name))
        if ends[0] is None or ends[1] is None:
            continue
        words = f"{pool.start} to {pool.end}"
        span = (int(ends[0]), int(ends[1]), (*place, index), words)
        if span[0] > span[1]:
            yield Fault(place=span[2], message=f"{words} is the wrong way round")
            continue
        if gateway_address is not None and span[0] <= int(gateway_address) <= span[1]:
            message = f"the gateway {gateway} is inside the pool {words}"
            yield Fault(place=span[2], message=message, hint="leave it out of the pool")
        read.append(span)
    read.sort()
    for before, after in pairwise(read):
        if after[0] <= before[1]:
            message = f"{after[3]} overlaps the pool {before[3]}"
            yield Fault(place=after[2], message=message)


Ranged = tuple[AnyRange, str]
"""A range and who has it, in words."""


def overlapping(ranges: Iterable[Ranged]) -> Iterator[tuple[Ranged, Ranged]]:
    """Yield pairs that overlap: each range with one before it that reaches into it.

    Takes n log n for n ranges; where several reach into one, one of them is told.
    """
    widest: dict[int, Ranged] = {}
    by_start = sorted(ranges, key=lambda each: int(each[0].network_address))
    for each in by_start:
        version = each[0].version
        before = widest.get(version)
        if before is not None and int(each[0].network_address) <= int(before[0].broadcast_address):
            yield before, each
        if before is None or int(each[0].broadcast_address) > int(before[0].broadcast_address):
            widest[version] = each
