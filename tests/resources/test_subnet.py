# SPDX-License-Identifier: Apache-2.0
"""A subnet: ranges and addresses that are wrong without a cloud, and those that only look so."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Difference, Fault, Reference, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge, BarNote
from stackloom.resources.network._ranges import AllocationPool, HostRoute, RouteSpec
from stackloom.resources.network.subnet import (
    KIND,
    NewSubnet,
    SubnetChange,
    SubnetSpec,
    SubnetState,
)

_BLUE = Address("subnet", "blue")
_MARK = Mark("s", _BLUE)
_SPEC = SubnetSpec(network="blue", cidr="10.0.0.0/24")
_STATE = SubnetState(
    id="s-1",
    name="blue",
    description="stackloom://s/subnet.blue",
    network_id="network-blue-id",
    cidr="10.0.0.0/24",
    gateway_ip="10.0.0.1",
    allocation_pools=(AllocationPool(start="10.0.0.2", end="10.0.0.254"),),
)


def _compare(spec: SubnetSpec, state: SubnetState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_BLUE, spec, state, _MARK, ids))


def _faults(**fields: object) -> list[Fault]:
    assert KIND.declaration is not None
    spec = msgspec.convert({"network": "blue", "cidr": "10.0.0.0/24", **fields}, SubnetSpec)
    return list(KIND.declaration.faults(spec))


def test_a_subnet_is_made_on_its_network(ids: FakeIds) -> None:
    """The version of IP is read off the range; gateway and pools are left to Neutron."""
    assert KIND.create_call(_BLUE, _SPEC, _MARK, ids) == Call(
        method="POST",
        path="/v2.0/subnets",
        body={
            "subnet": {
                "network_id": "network-blue-id",
                "cidr": "10.0.0.0/24",
                "ip_version": 4,
                "name": "blue",
                "description": "stackloom://s/subnet.blue",
                "enable_dhcp": True,
            }
        },
    )


def test_addresses_are_sent_as_neutron_writes_them(ids: FakeIds) -> None:
    """IPv6 may be written in many ways; what is sent is what comes back."""
    spec = SubnetSpec(
        network="blue",
        cidr="2001:DB8:0::/64",
        description="mine",
        enable_dhcp=False,
        gateway_ip="2001:DB8::0:1",
        dns_nameservers=("2001:4860:4860:0::8888",),
        allocation_pools=(AllocationPool(start="2001:db8::00ff", end="2001:DB8::FFFF"),),
    )
    assert KIND.create_call(_BLUE, spec, _MARK, ids).body == {
        "subnet": {
            "network_id": "network-blue-id",
            "cidr": "2001:db8::/64",
            "ip_version": 6,
            "name": "blue",
            "description": "mine stackloom://s/subnet.blue",
            "enable_dhcp": False,
            "gateway_ip": "2001:db8::1",
            "dns_nameservers": ["2001:4860:4860::8888"],
            "allocation_pools": [{"start": "2001:db8::ff", "end": "2001:db8::ffff"}],
        }
    }


def test_null_asks_for_no_gateway(ids: FakeIds) -> None:
    """``gateway_ip: null`` is sent; a gateway that is there is then a difference."""
    spec = msgspec.structs.replace(_SPEC, gateway_ip=None)
    body = KIND.create_call(_BLUE, spec, _MARK, ids).body
    assert isinstance(body, Mapping)
    assert body["subnet"]["gateway_ip"] is None
    assert _compare(spec, _STATE, ids) == [
        Difference(field="gateway_ip", have="10.0.0.1", want=None),
        Difference(
            field="allocation_pools",
            have=[{"start": "10.0.0.2", "end": "10.0.0.254"}],
            want=[{"start": "10.0.0.1", "end": "10.0.0.254"}],
        ),
    ]


def test_what_neutron_chose_is_no_difference(ids: FakeIds) -> None:
    """Gateway and pools that nobody asked for may be anything."""
    assert _compare(_SPEC, _STATE, ids) == []


def test_network_and_range_cannot_be_changed(ids: FakeIds) -> None:
    """On another network or with another range it is another subnet."""
    spec = SubnetSpec(network="green", cidr="10.1.0.0/24", dns_nameservers=("9.9.9.9",))
    assert _compare(spec, _STATE, ids) == [
        Difference(
            field="network_id", have="network-blue-id", want="network-green-id", in_place=False
        ),
        Difference(field="cidr", have="10.0.0.0/24", want="10.1.0.0/24", in_place=False),
        Difference(field="dns_nameservers", have=[], want=["9.9.9.9"]),
    ]


def test_pools_have_no_order(ids: FakeIds) -> None:
    """Neutron returns pools in any order; they are compared by where they begin."""
    low, high = (
        AllocationPool(start="10.0.0.9", end="10.0.0.19"),
        AllocationPool(start="10.0.0.100", end="10.0.0.200"),
    )
    spec = msgspec.structs.replace(_SPEC, allocation_pools=(high, low))
    state = msgspec.structs.replace(_STATE, allocation_pools=(low, high))
    assert _compare(spec, state, ids) == []
    assert [each.field for each in _compare(spec, _STATE, ids)] == ["allocation_pools"]


def test_a_name_server_has_its_place(ids: FakeIds) -> None:
    """The order of name servers means something, and is compared."""
    spec = msgspec.structs.replace(_SPEC, dns_nameservers=("9.9.9.9", "1.1.1.1"))
    state = msgspec.structs.replace(_STATE, dns_nameservers=("1.1.1.1", "9.9.9.9"))
    assert _compare(spec, state, ids) == [
        Difference(
            field="dns_nameservers", have=["1.1.1.1", "9.9.9.9"], want=["9.9.9.9", "1.1.1.1"]
        )
    ]


@pytest.mark.parametrize(
    ("cidr", "message", "hint"),
    [
        ("blue", '"blue" is not a range of addresses', "such as 10.0.0.0/24"),
        ("10.0.0.0/33", '"10.0.0.0/33" is not a range of addresses', "such as 10.0.0.0/24"),
        ("10.0.0.7/24", '"10.0.0.7/24" has host bits set', "10.0.0.0/24 is meant?"),
        ("2001:db8::7/64", '"2001:db8::7/64" has host bits set', "2001:db8::/64 is meant?"),
        (
            "10.0.0.0",
            '"10.0.0.0" is not written the way Neutron takes it',
            "10.0.0.0/32 is meant?",
        ),
        (
            "10.0.0.0/255.255.255.0",
            '"10.0.0.0/255.255.255.0" is not written the way Neutron takes it',
            "10.0.0.0/24 is meant?",
        ),
        (
            "2001:db8::",
            '"2001:db8::" is not written the way Neutron takes it',
            "2001:db8::/128 is meant?",
        ),
    ],
)
def test_a_range_that_neutron_refuses_is_told(cidr: str, message: str, hint: str) -> None:
    """A wrong range is told before anything is made, and nothing that depends on it."""
    assert _faults(cidr=cidr, gateway_ip="nonsense") == [
        Fault(place=("cidr",), message=message, hint=hint)
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"cidr": "2001:DB8:0:0::/64"},
        {"cidr": "0.0.0.0/0"},
        {"gateway_ip": None},
        {"gateway_ip": "10.0.0.254"},
        {"cidr": "2001:db8::/64", "gateway_ip": "fe80::1"},
        {"dns_nameservers": ["9.9.9.9", "2620:fe::fe"]},
        {"allocation_pools": [{"start": "10.0.0.10", "end": "10.0.0.20"}]},
    ],
)
def test_what_neutron_takes_is_no_fault(fields: dict[str, object]) -> None:
    """Other spellings of IPv6 and a gateway of the link are fine."""
    assert _faults(**fields) == []


def test_all_wrong_addresses_are_told_at_once() -> None:
    """Each with its place in the file."""
    assert _faults(
        gateway_ip="10.1.0.1",
        dns_nameservers=["9.9.9.9", "dns.example"],
        allocation_pools=[{"start": "10.0.0.10", "end": "10.0.1.20"}, {"start": "x", "end": "::1"}],
    ) == [
        Fault(place=("gateway_ip",), message="10.1.0.1 is outside of 10.0.0.0/24"),
        Fault(place=("allocation_pools", 0, "end"), message="10.0.1.20 is outside of 10.0.0.0/24"),
        Fault(place=("allocation_pools", 1, "start"), message='"x" is not an IP address'),
        Fault(place=("allocation_pools", 1, "end"), message="::1 is outside of 10.0.0.0/24"),
        Fault(place=("dns_nameservers", 1), message='"dns.example" is not an IP address'),
    ]


def test_a_gateway_that_is_none_is_told() -> None:
    """A mistyped gateway is told as what it is."""
    assert _faults(gateway_ip="10.0.0") == [
        Fault(place=("gateway_ip",), message='"10.0.0" is not an IP address')
    ]


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        (
            {"cidr": ""},
            [
                (
                    (),
                    "a subnet needs a range",
                    "cidr: 10.0.0.0/24, or a subnet_pool that it is cut from",
                )
            ],
        ),
        ({"cidr": "", "subnet_pool": "main", "prefixlen": 26}, []),
        ({"cidr": "10.0.0.0/24", "subnet_pool": "main"}, []),
        ({"cidr": "", "use_default_subnetpool": True, "ip_version": 6, "ipv6": "slaac"}, []),
        (
            {"cidr": "", "subnet_pool": "main", "use_default_subnetpool": True},
            [
                (
                    ("use_default_subnetpool",),
                    "a range is cut from one pool: the default one, or the one that is named",
                    "",
                )
            ],
        ),
        (
            {"prefixlen": 26, "subnet_pool": "main"},
            [
                (
                    ("prefixlen",),
                    "10.0.0.0/24 has a length already: 24",
                    "leave one of the two out",
                )
            ],
        ),
        ({"prefixlen": 24, "subnet_pool": "main"}, []),
        ({"ip_version": 6}, [(("ip_version",), "10.0.0.0/24 is a range of IPv4", "")]),
        (
            {"cidr": "", "subnet_pool": "main", "gateway_ip": "10.0.0.1"},
            [
                (
                    ("gateway_ip",),
                    "the pool chooses the range, so nobody knows what is inside it",
                    "give the cidr as well",
                )
            ],
        ),
        (
            {"allocation_pools": [{"start": "10.0.0.1", "end": "10.0.0.9"}]},
            [
                (
                    ("allocation_pools", 0),
                    "the gateway 10.0.0.1 is inside the pool 10.0.0.1 to 10.0.0.9",
                    "leave it out of the pool",
                )
            ],
        ),
        (
            {"host_routes": [{"destination": "10.9.0.0/33", "nexthop": "10.0.0.9"}]},
            [
                (
                    ("host_routes", 0, "destination"),
                    '"10.9.0.0/33" is not a range of addresses',
                    "such as 10.0.0.0/24",
                )
            ],
        ),
        (
            {"ipv6": "slaac"},
            [(("ipv6",), "this is for IPv6, and the range is of IPv4", "")],
        ),
        (
            {"cidr": "fd00::/64", "ipv6": "slaac", "ipv6_ra_mode": "dhcpv6-stateful"},
            [
                (
                    ("ipv6",),
                    "ipv6 and ipv6_ra_mode have to be the same where they are given",
                    "ipv6 stands for the other two",
                )
            ],
        ),
        ({"cidr": "fd00::/64", "ipv6": "slaac", "ipv6_ra_mode": "slaac"}, []),
        (
            {
                "cidr": "fd00::/64",
                "ipv6_ra_mode": "slaac",
                "ipv6_address_mode": "dhcpv6-stateful",
            },
            [
                (
                    ("ipv6_ra_mode",),
                    "ipv6_ra_mode and ipv6_address_mode have to be the same where they are given",
                    "ipv6 stands for the other two",
                )
            ],
        ),
        (
            {"cidr": "fd00::/80", "ipv6": "dhcpv6-stateless", "enable_dhcp": False},
            [
                (
                    ("enable_dhcp",),
                    "Neutron gives out no IPv6 addresses where enable_dhcp is false",
                    "",
                ),
                (
                    ("cidr",),
                    "hosts make up their addresses, which takes a /64, and this is fd00::/80",
                    "or dhcpv6-stateful",
                ),
            ],
        ),
        ({"cidr": "fd00::/80", "ipv6": "dhcpv6-stateful"}, []),
    ],
)
def test_what_does_not_go_together_is_told(
    fields: dict[str, object], faults: list[tuple[tuple[str | int, ...], str, str]]
) -> None:
    """Ranges, pools, modes and lengths, as Neutron would refuse them."""
    found = _faults(**{"cidr": "10.0.0.0/24", **fields})
    assert [(each.place, each.message, each.hint) for each in found] == faults


def test_subnets_of_one_network_do_not_overlap() -> None:
    """Neutron refuses that; on two networks it is nobody's business."""
    assert KIND.declaration is not None
    declared = {
        Address("subnet", name): SubnetSpec(network=network, cidr=cidr)
        for name, network, cidr in (
            ("a", "blue", "10.0.0.0/16"),
            ("b", "blue", "10.0.7.0/24"),
            ("c", "green", "10.0.0.0/16"),
            ("d", "blue", "${a.b.c}"),
        )
    }
    assert list(KIND.declaration.faults_together(declared)) == [
        (
            Address("subnet", "b"),
            Fault(
                place=("cidr",),
                message='10.0.7.0/24 overlaps 10.0.0.0/16 of "a", also on network "blue"',
            ),
        )
    ]


def test_all_that_is_asked_for_is_sent(ids: FakeIds) -> None:
    """The short form of IPv6 is both modes; a pool is named by its id."""
    spec = SubnetSpec(
        network="blue",
        subnet_pool="main",
        ip_version=6,
        prefixlen=64,
        ipv6="slaac",
        host_routes=(RouteSpec(destination="FD01::/64", nexthop="FD00::9"),),
        service_types=("network:router_gateway", "compute:nova"),
    )
    assert KIND.create_call(_BLUE, spec, _MARK, ids).body == {
        "subnet": {
            "network_id": "network-blue-id",
            "ip_version": 6,
            "subnetpool_id": "subnet_pool-main-id",
            "prefixlen": 64,
            "ipv6_ra_mode": "slaac",
            "ipv6_address_mode": "slaac",
            "name": "blue",
            "description": "stackloom://s/subnet.blue",
            "enable_dhcp": True,
            "host_routes": [{"destination": "fd01::/64", "nexthop": "fd00::9"}],
            "service_types": ["compute:nova", "network:router_gateway"],
        }
    }
    default = SubnetSpec(network="blue", use_default_subnetpool=True)
    assert KIND.create_call(_BLUE, default, _MARK, ids).body == {
        "subnet": {
            "network_id": "network-blue-id",
            "ip_version": 4,
            "use_default_subnetpool": True,
            "name": "blue",
            "description": "stackloom://s/subnet.blue",
            "enable_dhcp": True,
        }
    }


def test_modes_pool_and_length_cannot_be_changed(ids: FakeIds) -> None:
    """Neutron takes them once; routes and service types it takes again, in any order."""
    state = msgspec.structs.replace(
        _STATE,
        cidr="fd00::/64",
        ip_version=6,
        subnetpool_id="another",
        host_routes=(HostRoute(destination="fd01::/64", nexthop="fd00::9"),),
        service_types=("b", "a"),
    )
    spec = SubnetSpec(
        network="blue",
        subnet_pool="main",
        ip_version=6,
        prefixlen=60,
        ipv6="slaac",
        host_routes=(RouteSpec(destination="FD01::/64", nexthop="FD00::8"),),
        service_types=("a", "b"),
    )
    assert _compare(spec, state, ids) == [
        Difference(field="ipv6_ra_mode", have=None, want="slaac", in_place=False),
        Difference(field="ipv6_address_mode", have=None, want="slaac", in_place=False),
        Difference(
            field="subnetpool_id", have="another", want="subnet_pool-main-id", in_place=False
        ),
        Difference(field="prefixlen", have=64, want=60, in_place=False),
        Difference(
            field="host_routes",
            have=[{"destination": "fd01::/64", "nexthop": "fd00::9"}],
            want=[{"destination": "fd01::/64", "nexthop": "fd00::8"}],
        ),
    ]


def test_it_says_what_it_needs_and_takes() -> None:
    """Extensions, rights, quota; a pool of others is looked up in the cloud."""
    assert KIND.declaration is not None
    spec = SubnetSpec(
        network="blue", subnet_pool="main", use_default_subnetpool=True, service_types=()
    )
    assert list(KIND.declaration.references(spec)) == [
        Reference(kind="network", name="blue", place=("network",)),
        Reference(kind="subnet_pool", name="main", place=("subnet_pool",), declared=False),
    ]
    assert list(KIND.declaration.requires(spec)) == [
        Requirement(place=("subnet_pool",), extension="subnet_allocation"),
        Requirement(place=("use_default_subnetpool",), extension="default-subnetpools"),
        Requirement(place=("service_types",), extension="subnet-service-types", admin=True),
    ]
    assert list(KIND.declaration.requires(_SPEC)) == []
    assert KIND.declaration.leaves_with(_STATE) == "network-blue-id"
    cut = msgspec.structs.replace(_STATE, subnetpool_id="p-1")
    assert list(KIND.declaration.needs(cut)) == ["network-blue-id", "p-1"]


def test_one_that_others_made_takes_a_mark() -> None:
    """The person's own words stay; a mark of before goes."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    state = msgspec.structs.replace(_STATE, description="mine stackloom://old/subnet.x")
    assert KIND.declaration.adopt(state, _MARK) == Call(
        method="PUT",
        path="/v2.0/subnets/s-1",
        body={"subnet": {"description": "mine stackloom://s/subnet.blue"}},
    )


def test_what_neutron_chose_is_not_captured() -> None:
    """Only what differs from what Neutron makes by itself is written down."""
    assert KIND.declaration is not None
    names = FakeNames()
    plain = SubnetState(
        id="s",
        network_id="network-blue-id",
        cidr="10.0.0.0/24",
        gateway_ip="10.0.0.1",
        description="stackloom://s/subnet.blue",
        allocation_pools=(AllocationPool(start="10.0.0.2", end="10.0.0.254"),),
    )
    assert KIND.declaration.capture(plain, names) == {"network": "blue", "cidr": "10.0.0.0/24"}
    other = msgspec.structs.replace(plain, network_id="n-2")
    assert KIND.declaration.capture(other, names) is None
    full = SubnetState(
        id="s",
        network_id="network-blue-id",
        cidr="fd00::/64",
        ip_version=6,
        description="words stackloom://s/subnet.blue",
        gateway_ip=None,
        enable_dhcp=False,
        subnetpool_id="subnet_pool-main-id",
        ipv6_ra_mode="slaac",
        ipv6_address_mode="slaac",
        allocation_pools=(AllocationPool(start="fd00::2", end="fd00::9"),),
        dns_nameservers=("fd00::53",),
        host_routes=(HostRoute(destination="fd01::/64", nexthop="fd00::9"),),
        service_types=("compute:nova",),
    )
    assert KIND.declaration.capture(full, names) == {
        "network": "blue",
        "cidr": "fd00::/64",
        "description": "words",
        "subnet_pool": "main",
        "enable_dhcp": False,
        "ipv6": "slaac",
        "gateway_ip": None,
        "allocation_pools": [{"start": "fd00::2", "end": "fd00::9"}],
        "dns_nameservers": ["fd00::53"],
        "host_routes": [{"destination": "fd01::/64", "nexthop": "fd00::9"}],
        "service_types": ["compute:nova"],
    }
    half = msgspec.structs.replace(full, ipv6_address_mode=None)
    captured = KIND.declaration.capture(half, names)
    assert captured is not None
    assert captured["ipv6_ra_mode"] == "slaac"
    assert "ipv6" not in captured


def test_a_pool_is_a_badge_on_the_network() -> None:
    """Whose range is still to be cut says where from."""
    assert KIND.declaration is not None
    spec = SubnetSpec(network="blue", subnet_pool="main")
    assert list(KIND.declaration.sketch(_BLUE, spec, {})) == [
        BarNote(bar="network.blue", note="from pool main", key="subnet.blue"),
        Badge(on="network.blue", key="subnet_pool.main", sort="subnet_pool", label="main"),
    ]
    state = SubnetState(id="s", network_id="n", cidr="fd00::/64", subnetpool_id="p")
    assert list(KIND.sketch(state))[1:] == [Badge(on="n", key="p", sort="subnet_pool")]


def test_it_belongs_to_its_network() -> None:
    """It names its network, is a part of it, and has to go before it."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(_SPEC)) == [
        Reference(kind="network", name="blue", place=("network",))
    ]
    assert KIND.declaration.part_of == "network"
    assert list(KIND.declaration.needs(_STATE)) == ["network-blue-id"]


def test_it_is_drawn_as_a_note_on_its_network() -> None:
    """The range stands on the bar."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.sketch(_BLUE, _SPEC, {})) == [
        BarNote(bar="network.blue", note="10.0.0.0/24", key="subnet.blue")
    ]
    state = SubnetState(
        id="s-9",
        network_id="n-9",
        cidr="10.0.0.0/24",
        gateway_ip="10.0.0.1",
        dns_nameservers=("9.9.9.9",),
        host_routes=(HostRoute(destination="10.9.0.0/16", nexthop="10.0.0.9"),),
    )
    details = ("gateway 10.0.0.1", "DHCP", "name server 9.9.9.9", "route 10.9.0.0/16 via 10.0.0.9")
    assert list(KIND.sketch(state)) == [
        BarNote(bar="n-9", note="10.0.0.0/24", key="s-9", details=details)
    ]
    closed = SubnetState(id="s-8", network_id="n-8", cidr="fd00::/64", enable_dhcp=False)
    assert list(KIND.sketch(closed)) == [
        BarNote(bar="n-8", note="fd00::/64", key="s-8", details=("no gateway", "no DHCP"))
    ]


def test_a_list_shows_where_it_is() -> None:
    """Id, name, network and range."""
    assert [column.value(_STATE) for column in KIND.columns] == [
        *("s-1", "blue", "network-blue-id", "10.0.0.0/24")
    ]


def test_a_request_says_only_what_was_given() -> None:
    """A gateway of null is none; lists go out whole."""
    new = NewSubnet(network_id="n-1", ip_version=4, subnetpool_id="p-1", prefixlen=26)
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "subnet": {
            "network_id": "n-1",
            "ip_version": 4,
            "name": "",
            "subnetpool_id": "p-1",
            "prefixlen": 26,
        }
    }
    route = HostRoute(destination="10.9.0.0/16", nexthop="10.0.0.9")
    change = SubnetChange(gateway_ip=None, host_routes=(route,), dns_nameservers=())
    assert msgspec.to_builtins(KIND.patch(change)) == {
        "subnet": {
            "gateway_ip": None,
            "dns_nameservers": (),
            "host_routes": ({"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"},),
        }
    }


def test_a_long_list_shows_how_it_is_used() -> None:
    """Pools and routes in words."""
    answer = {
        "id": "s-1",
        "network_id": "n-1",
        "cidr": "10.0.0.0/24",
        "ip_version": 4,
        "enable_dhcp": False,
        "gateway_ip": None,
        "dns_nameservers": ["9.9.9.9"],
        "allocation_pools": [{"start": "10.0.0.2", "end": "10.0.0.9"}],
        "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}],
        "service_types": ["compute:nova"],
        "project_id": "p-1",
        "tags": ["a"],
        "router:external": False,
    }
    state = msgspec.convert(answer, SubnetState)
    assert [column.value(state) for column in KIND.long_columns] == [
        *("p-1", False, ["9.9.9.9"], ["10.0.0.2-10.0.0.9"]),
        [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}],
        *(4, None, ["compute:nova"], ["a"]),
    ]


def test_who_names_a_range_of_a_pool_comes_before_those_who_leave_it_open() -> None:
    """Otherwise the pool might have given it to one of them."""
    assert KIND.declaration is not None
    waits = KIND.declaration.waits
    open_one = SubnetSpec(network="blue", subnet_pool="main")
    by_default = SubnetSpec(network="blue", use_default_subnetpool=True)
    named = msgspec.structs.replace(open_one, cidr="10.0.0.0/26")
    declared = {
        Address("subnet", "open"): open_one,
        Address("subnet", "named"): named,
        Address("subnet", "other"): msgspec.structs.replace(named, subnet_pool="other"),
        Address("subnet", "six"): msgspec.structs.replace(by_default, cidr="fd00::/64"),
        Address("subnet", "four"): msgspec.structs.replace(by_default, cidr="10.9.0.0/24"),
        Address("subnet", "plain"): _SPEC,
    }
    assert list(waits(_BLUE, open_one, declared)) == [Address("subnet", "named")]
    assert list(waits(_BLUE, by_default, declared)) == [Address("subnet", "four")]
    assert list(waits(_BLUE, open_one, {_BLUE: open_one})) == []
    for spec in (named, _SPEC):
        assert list(waits(_BLUE, spec, declared)) == []


def test_usual_pools_move_with_the_gateway(ids: FakeIds) -> None:
    """Neutron refuses a gateway inside a pool; pools that a person chose are left alone."""
    spec = msgspec.structs.replace(_SPEC, gateway_ip="10.0.0.254")
    usual = AllocationPool(start="10.0.0.2", end="10.0.0.254")
    state = msgspec.structs.replace(_STATE, gateway_ip="10.0.0.1", allocation_pools=(usual,))
    gateway = Difference(field="gateway_ip", have="10.0.0.1", want="10.0.0.254")
    assert _compare(spec, state, ids) == [
        gateway,
        Difference(
            field="allocation_pools",
            have=[{"start": "10.0.0.2", "end": "10.0.0.254"}],
            want=[{"start": "10.0.0.1", "end": "10.0.0.253"}],
        ),
    ]
    chosen = AllocationPool(start="10.0.0.2", end="10.0.0.99")
    assert _compare(spec, msgspec.structs.replace(state, allocation_pools=(chosen,)), ids) == [
        gateway
    ]
    same = msgspec.structs.replace(_SPEC, gateway_ip="10.0.0.1")
    assert _compare(same, state, ids) == []
