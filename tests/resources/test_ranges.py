# SPDX-License-Identifier: Apache-2.0
"""Ranges and addresses, as a person writes them and as Neutron does."""

from __future__ import annotations

import pytest

from stackloom.cloud.kind import Fault
from stackloom.resources.network._ranges import (
    AllocationPool,
    HostRoute,
    address_faults,
    as_neutron_writes,
    host_address_faults,
    overlapping,
    pool_faults,
    range_as_neutron_writes,
    range_faults,
    read_address,
    read_range,
    routes_as_neutron_writes,
    routes_faults,
    usual_gateway,
    usual_pools,
)

_LATE = "${port.web.address}"


def test_what_only_the_cloud_knows_is_let_through() -> None:
    """A late value is neither right nor wrong before it is there."""
    assert list(range_faults(_LATE, ())) == []
    assert list(address_faults(_LATE, "10.0.0.0/24", ())) == []
    assert (read_address(_LATE), read_range(_LATE)) == (None, None)
    assert (as_neutron_writes(_LATE), range_as_neutron_writes(_LATE)) == (_LATE, _LATE)


def test_spellings_become_neutrons() -> None:
    """Short and in lower case."""
    assert as_neutron_writes("2001:DB8:0::5") == "2001:db8::5"
    assert range_as_neutron_writes("2001:DB8:0::/64") == "2001:db8::/64"
    routes = [
        HostRoute(destination="10.9.0.0/16", nexthop="10.0.0.9"),
        HostRoute(destination="10.8.0.0/16", nexthop="10.0.0.9"),
        HostRoute(destination="10.8.0.0/16", nexthop="10.0.0.8"),
    ]
    assert routes_as_neutron_writes(routes) == [
        {"destination": "10.8.0.0/16", "nexthop": "10.0.0.8"},
        {"destination": "10.8.0.0/16", "nexthop": "10.0.0.9"},
        {"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"},
    ]


@pytest.mark.parametrize(
    ("address", "cidr", "message"),
    [
        ("10.0.0.5", "10.0.0.0/24", ""),
        ("10.0.0.0", "10.0.0.0/31", ""),
        ("10.0.0.0", "10.0.0.0/24", "10.0.0.0 is the address of 10.0.0.0/24 itself"),
        ("10.0.0.255", "10.0.0.0/24", "10.0.0.255 is the broadcast address of 10.0.0.0/24"),
        ("2001:db8::ffff", "2001:db8::/112", ""),
        ("10.0.1.5", "10.0.0.0/24", "10.0.1.5 is outside of 10.0.0.0/24"),
        ("ten", "10.0.0.0/24", '"ten" is not an IP address'),
        ("10.0.0.5", "", ""),
    ],
)
def test_an_address_of_a_port_is_one_that_hosts_can_have(
    address: str, cidr: str, message: str
) -> None:
    """Inside the range, and not one of its ends."""
    told = [fault.message for fault in host_address_faults(address, cidr, ())]
    assert told == ([message] if message else [])


def test_a_route_leads_somewhere_of_its_own_family() -> None:
    """Each is checked by itself, and told where it stands."""
    routes = [
        HostRoute(destination="10.9.0.0/16", nexthop="10.0.0.9"),
        HostRoute(destination="10.9.0.7/16", nexthop="x"),
        HostRoute(destination="::/0", nexthop="10.0.0.9"),
    ]
    assert list(routes_faults(routes, ("routes",))) == [
        Fault(
            place=("routes", 1, "destination"),
            message='"10.9.0.7/16" has host bits set',
            hint="10.9.0.0/16 is meant?",
        ),
        Fault(place=("routes", 1, "nexthop"), message='"x" is not an IP address'),
        Fault(place=("routes", 2, "nexthop"), message="10.0.0.9 is of another family than ::/0"),
    ]


@pytest.mark.parametrize(
    ("cidr", "gateway", "pools"),
    [
        ("10.0.0.0/24", "10.0.0.1", [("10.0.0.2", "10.0.0.254")]),
        ("10.0.0.0/24", "10.0.0.9", [("10.0.0.1", "10.0.0.8"), ("10.0.0.10", "10.0.0.254")]),
        ("10.0.0.0/24", "", [("10.0.0.1", "10.0.0.254")]),
        ("10.0.0.0/24", "10.0.0.254", [("10.0.0.1", "10.0.0.253")]),
        ("10.0.0.0/31", "", [("10.0.0.0", "10.0.0.1")]),
        ("10.0.0.7/32", "", [("10.0.0.7", "10.0.0.7")]),
        ("fd00::/64", "fd00::1", [("fd00::2", "fd00::ffff:ffff:ffff:ffff")]),
        ("fd00::/64", "fe80::1", [("fd00::1", "fd00::ffff:ffff:ffff:ffff")]),
        ("fd00::4/127", "", [("fd00::5", "fd00::5")]),
    ],
)
def test_the_usual_pools_are_all_but_the_gateway(
    cidr: str, gateway: str, pools: list[tuple[str, str]]
) -> None:
    """As Neutron makes them, so that only others have to be written down."""
    known = read_range(cidr)
    assert known is not None
    assert usual_pools(known, read_address(gateway)) == [
        AllocationPool(start=start, end=end) for start, end in pools
    ]


@pytest.mark.parametrize(
    ("cidr", "gateway", "from_pool"),
    [
        ("10.0.0.0/24", "10.0.0.1", "10.0.0.1"),
        ("fd00::/64", "fd00::", "fd00::1"),
        ("::5/128", "::5", "::5"),
    ],
)
def test_the_usual_gateway_is_one_of_the_first(cidr: str, gateway: str, from_pool: str) -> None:
    """Of IPv6 the very first, unless a pool has cut the range."""
    known = read_range(cidr)
    assert known is not None
    assert str(usual_gateway(known)) == gateway
    assert str(usual_gateway(known, is_from_pool=True)) == from_pool


def test_pools_are_apart_from_each_other_and_the_gateway() -> None:
    """Everything that Neutron would refuse, each with its place."""
    pools = [
        AllocationPool(start="10.0.0.10", end="10.0.0.20"),
        AllocationPool(start="10.0.0.20", end="10.0.0.30"),
        AllocationPool(start="10.0.0.50", end="10.0.0.40"),
        AllocationPool(start="10.0.0.1", end="10.0.0.5"),
        AllocationPool(start="10.0.0.60", end="10.0.0.70"),
    ]
    assert list(pool_faults(pools, "10.0.0.0/24", "10.0.0.1", ("pools",))) == [
        Fault(place=("pools", 2), message="10.0.0.50 to 10.0.0.40 is the wrong way round"),
        Fault(
            place=("pools", 3),
            message="the gateway 10.0.0.1 is inside the pool 10.0.0.1 to 10.0.0.5",
            hint="leave it out of the pool",
        ),
        Fault(
            place=("pools", 1),
            message="10.0.0.20 to 10.0.0.30 overlaps the pool 10.0.0.10 to 10.0.0.20",
        ),
    ]


def test_overlapping_ranges_are_found_in_any_order() -> None:
    """Also one inside another with some in between; families never overlap."""
    names = {
        "small": "10.0.0.0/24",
        "apart": "10.2.0.0/24",
        "wide": "10.0.0.0/15",
        "inside": "10.1.200.0/24",
        "other": "fd00::/8",
    }
    ranges = [(known, name) for name, cidr in names.items() if (known := read_range(cidr))]
    found = [(before[1], after[1]) for before, after in overlapping(ranges)]
    assert found == [("small", "wide"), ("wide", "inside")]
