# SPDX-License-Identifier: Apache-2.0
"""A port: its addresses are compared without changing those that Neutron chose."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Difference, Fault, Reference, Requirement, Spec
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge, Port
from stackloom.resources.network._fixed_ips import FixedIp, FixedIpSpec, WantedIp
from stackloom.resources.network._port_filters import (
    AddressPair,
    AddressPairSpec,
    DhcpOption,
    DhcpOptionSpec,
)
from stackloom.resources.network.port import (
    KIND,
    NewPort,
    PortChange,
    PortSpec,
    PortState,
)
from stackloom.resources.network.subnet import SubnetSpec, SubnetState

_A = Address("port", "a")
_MARK = Mark("s", _A)
_BODY = {
    "network_id": "network-blue-id",
    "name": "a",
    "description": "stackloom://s/port.a",
    "admin_state_up": True,
}


def _spec(*fixed: tuple[str, str], mac_address: str = "") -> PortSpec:
    return PortSpec(
        network="blue",
        fixed_ips=tuple(FixedIpSpec(subnet=subnet, ip_address=ip) for subnet, ip in fixed),
        mac_address=mac_address or msgspec.UNSET,
    )


def _state(*fixed: tuple[str, str], mac_address: str = "fa:16:3e:00:00:0a") -> PortState:
    return PortState(
        id="p-1",
        name="a",
        description="stackloom://s/port.a",
        network_id="network-blue-id",
        mac_address=mac_address,
        fixed_ips=tuple(
            FixedIp(subnet_id=f"subnet-{subnet}-id", ip_address=ip) for subnet, ip in fixed
        ),
        status="ACTIVE",
    )


def _wire(*fixed: tuple[str, str]) -> list[dict[str, str]]:
    return [
        {"subnet_id": f"subnet-{subnet}-id"} | ({"ip_address": ip} if ip else {})
        for subnet, ip in fixed
    ]


def _compare(spec: PortSpec, state: PortState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_A, spec, state, _MARK, ids))


def test_a_port_is_made_on_its_network(ids: FakeIds) -> None:
    """Without further words Neutron gives it addresses and a MAC."""
    assert KIND.create_call(_A, _spec(), _MARK, ids) == Call(
        method="POST", path="/v2.0/ports", body={"port": _BODY}
    )


def test_addresses_and_mac_are_sent_as_asked_for(ids: FakeIds) -> None:
    """An address without a number is left to Neutron; others are written as Neutron does."""
    spec = _spec(("blue", ""), ("six", "2001:DB8::0:5"), mac_address="FA-16-3E-00-00-0A")
    assert KIND.create_call(_A, spec, _MARK, ids).body == {
        "port": {
            **_BODY,
            "mac_address": "FA-16-3E-00-00-0A",
            "fixed_ips": _wire(("blue", ""), ("six", "2001:db8::5")),
        }
    }


@pytest.mark.parametrize(
    ("wanted", "had"),
    [
        ([], [("blue", "10.0.0.5")]),
        ([("blue", "10.0.0.5")], [("blue", "10.0.0.5")]),
        ([("blue", "")], [("blue", "10.0.0.77")]),
        ([("six", "2001:DB8::5")], [("six", "2001:db8::5")]),
        (
            [("blue", ""), ("blue", "10.0.0.5")],
            [("blue", "10.0.0.5"), ("blue", "10.0.0.9")],
        ),
        (
            [("six", ""), ("blue", "10.0.0.5")],
            [("blue", "10.0.0.5"), ("six", "2001:db8::f")],
        ),
    ],
)
def test_addresses_that_fit_are_no_difference(
    wanted: list[tuple[str, str]], had: list[tuple[str, str]], ids: FakeIds
) -> None:
    """Order and what Neutron chose do not matter; a number that was asked for does."""
    assert _compare(_spec(*wanted), _state(*had), ids) == []


@pytest.mark.parametrize(
    ("wanted", "had", "sent"),
    [
        # another number
        ([("blue", "10.0.0.6")], [("blue", "10.0.0.5")], [("blue", "10.0.0.6")]),
        # one more, and the one that is there keeps its number
        (
            [("blue", ""), ("six", "")],
            [("blue", "10.0.0.5")],
            [("blue", "10.0.0.5"), ("six", "")],
        ),
        # one more that stands first in the file
        (
            [("six", ""), ("blue", "")],
            [("blue", "10.0.0.5")],
            [("six", ""), ("blue", "10.0.0.5")],
        ),
        # one less
        ([("blue", "")], [("blue", "10.0.0.5"), ("six", "2001:db8::f")], [("blue", "10.0.0.5")]),
        # the number that was asked for is taken first, or the other would have it
        (
            [("blue", ""), ("blue", "10.0.0.5")],
            [("blue", "10.0.0.5")],
            [("blue", ""), ("blue", "10.0.0.5")],
        ),
    ],
)
def test_a_change_of_addresses_keeps_the_others(
    wanted: list[tuple[str, str]],
    had: list[tuple[str, str]],
    sent: list[tuple[str, str]],
    ids: FakeIds,
) -> None:
    """What stays is sent with its number, or Neutron would choose a new one."""
    assert _compare(_spec(*wanted), _state(*had), ids) == [
        Difference(field="fixed_ips", have=_wire(*had), want=_wire(*sent))
    ]


@pytest.mark.parametrize("mac_address", ["fa:16:3e:00:00:0a", "FA-16-3E-00-00-0A"])
def test_a_mac_may_be_written_in_two_ways(mac_address: str, ids: FakeIds) -> None:
    """Hyphens and capitals make no other address."""
    assert _compare(_spec(mac_address=mac_address), _state(), ids) == []


def test_network_and_mac_cannot_be_changed(ids: FakeIds) -> None:
    """On another network or with another MAC it is another port."""
    spec = PortSpec(network="green", mac_address="fa:16:3e:00:00:ff", admin_state_up=False)
    assert _compare(spec, _state(), ids) == [
        Difference(
            field="network_id", have="network-blue-id", want="network-green-id", in_place=False
        ),
        Difference(
            field="mac_address",
            have="fa:16:3e:00:00:0a",
            want="fa:16:3e:00:00:ff",
            in_place=False,
        ),
        Difference(field="admin_state_up", have=True, want=False),
    ]


def test_it_waits_for_all_subnets_of_its_network() -> None:
    """So it gets an address on each, and none is added behind its back later."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(_spec(("blue", ""), ("six", "")))) == [
        Reference(kind="network", name="blue", place=("network",), whole=True),
        Reference(kind="subnet", name="blue", place=("fixed_ips", 0, "subnet")),
        Reference(kind="subnet", name="six", place=("fixed_ips", 1, "subnet")),
    ]
    assert list(KIND.declaration.needs(_state(("blue", "10.0.0.5")))) == [
        *("network-blue-id", "subnet-blue-id")
    ]


def test_an_address_that_is_none_is_told() -> None:
    """With its place in the file; one that is left to Neutron is fine."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.faults(_spec(("blue", ""), ("blue", "10.0.0")))) == [
        Fault(place=("fixed_ips", 1, "ip_address"), message='"10.0.0" is not an IP address')
    ]


def test_a_list_shows_its_addresses() -> None:
    """Id, name, MAC, addresses and status."""
    state = _state(("blue", "10.0.0.5"), ("six", "2001:db8::5"))
    assert [column.value(state) for column in KIND.columns] == [
        "p-1",
        "a",
        "fa:16:3e:00:00:0a",
        ["10.0.0.5", "2001:db8::5"],
        "ACTIVE",
    ]


def test_a_request_says_only_what_was_given() -> None:
    """Under the API's names; a host of null takes it off."""
    new = NewPort(
        network_id="n-1",
        fixed_ips=(WantedIp(subnet_id="s-1"), WantedIp(ip_address="10.0.0.5")),
        allowed_address_pairs=(AddressPair(ip_address="10.9.0.0/24"),),
        extra_dhcp_opts=(DhcpOption(opt_name="mtu", opt_value="1400"),),
        vnic_type="direct",
    )
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "port": {
            "network_id": "n-1",
            "name": "",
            "fixed_ips": ({"subnet_id": "s-1"}, {"ip_address": "10.0.0.5"}),
            "allowed_address_pairs": ({"ip_address": "10.9.0.0/24"},),
            "extra_dhcp_opts": ({"opt_name": "mtu", "opt_value": "1400"},),
            "binding:vnic_type": "direct",
        }
    }
    change = PortChange(host_id=None, security_groups=())
    assert msgspec.to_builtins(KIND.patch(change)) == {
        "port": {"security_groups": (), "binding:host_id": None}
    }


def test_a_long_list_shows_groups_owner_and_subports() -> None:
    """What a trunk carries on it, with the numbers; a port without a trunk carries nothing."""
    answer = {
        "id": "p-1",
        "network_id": "n-1",
        "security_groups": ["g-1"],
        "device_owner": "compute:nova",
        "tags": ["a"],
        "trunk_details": {
            "trunk_id": "t-1",
            "sub_ports": [{"port_id": "p-2", "segmentation_id": 7, "segmentation_type": "vlan"}],
        },
        "binding:profile": {"a": 1},
    }
    state = msgspec.convert(answer, PortState)
    assert [column.value(state) for column in KIND.long_columns] == [
        *(["g-1"], "compute:nova", ["a"], ["p-2 (7)"])
    ]
    plain = msgspec.convert({**answer, "trunk_details": None}, PortState)
    assert KIND.long_columns[-1].value(plain) == []


def test_it_is_drawn_as_a_port() -> None:
    """A small box while nobody uses it; what routers and DHCP have of their own is none."""
    assert KIND.declaration is not None
    spec = _spec(("blue", "10.0.0.7"), ("blue6", ""))
    drawn_spec = Port(key="port.a", bar="network.blue", label="a", note="10.0.0.7")
    assert list(KIND.declaration.sketch(_A, spec, {})) == [drawn_spec]
    by_subnet = msgspec.structs.replace(spec, network="")
    subnet = SubnetSpec(network="blue", cidr="10.0.0.0/24")
    declared = {Address("subnet", "blue"): subnet}
    assert list(KIND.declaration.sketch(_A, by_subnet, declared)) == [drawn_spec]
    state = _state(("blue", "10.0.0.7"), ("blue6", "fd00::7"))
    details = ("MAC fa:16:3e:00:00:0a",)
    drawn = Port(
        key="p-1",
        bar="network-blue-id",
        label="a",
        note="10.0.0.7, fd00::7",
        status="ACTIVE",
        details=details,
    )
    assert list(KIND.sketch(state)) == [drawn]
    guarded = msgspec.structs.replace(state, security_groups=("g-1",))
    assert list(KIND.sketch(guarded)) == [
        drawn,
        Badge(on="p-1", key="g-1", sort="security_group"),
    ]
    of_dhcp = msgspec.structs.replace(state, device_owner="network:dhcp")
    assert list(KIND.sketch(of_dhcp)) == []


_FULL = PortSpec(
    network="blue",
    port_security_enabled=True,
    security_groups=("web", "ssh"),
    allowed_address_pairs=(
        "10.0.0.99",
        AddressPairSpec(ip_address="FD00::/64", mac_address="FA-16-3E-00-00-0B"),
    ),
    qos_policy="slow",
    extra_dhcp_opts={"mtu": 1400, "domain": DhcpOptionSpec(value="x", ip_version=6)},
    dns_name="Web",
    vnic_type="normal",
)
_FILTERS = {
    "port_security_enabled": True,
    "qos_policy_id": "qos_policy-slow-id",
    "dns_name": "web",
    "binding:vnic_type": "normal",
    "security_groups": ["security_group-ssh-id", "security_group-web-id"],
    "allowed_address_pairs": [
        {"ip_address": "10.0.0.99"},
        {"ip_address": "fd00::/64", "mac_address": "fa:16:3e:00:00:0b"},
    ],
    "extra_dhcp_opts": [
        {"opt_name": "domain", "opt_value": "x", "ip_version": 6},
        {"opt_name": "mtu", "opt_value": "1400", "ip_version": 4},
    ],
}


def test_all_that_is_asked_for_is_sent(ids: FakeIds) -> None:
    """Names become ids, spellings Neutron's; null and [] are sent as such."""
    assert KIND.create_call(_A, _FULL, _MARK, ids).body == {"port": {**_BODY, **_FILTERS}}
    bare = PortSpec(network="blue", security_groups=(), allowed_address_pairs=(), qos_policy=None)
    assert KIND.create_call(_A, bare, _MARK, ids).body == {
        "port": {
            **_BODY,
            "qos_policy_id": None,
            "security_groups": [],
            "allowed_address_pairs": [],
        }
    }


def test_a_port_on_a_subnet_of_others_takes_its_network_from_there(ids: FakeIds) -> None:
    """As a router implies it: nobody names the network."""
    spec = PortSpec(network="", fixed_ips=(FixedIpSpec(subnet="theirs"),))
    ids.states["subnet", "theirs"] = SubnetState(id="s", network_id="n-9", cidr="10.0.0.0/24")
    body = {**_BODY, "network_id": "n-9", "fixed_ips": [{"subnet_id": "subnet-theirs-id"}]}
    assert KIND.create_call(_A, spec, _MARK, ids).body == {"port": body}
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(spec)) == [
        Reference(kind="subnet", name="theirs", place=("fixed_ips", 0, "subnet"))
    ]
    assert _compare(spec, _state(("theirs", "10.0.0.7")), ids) == []


def test_filters_have_no_order(ids: FakeIds) -> None:
    """Groups, pairs and options are sets; a pair without a MAC has the port's."""
    state = msgspec.convert(
        {
            **msgspec.to_builtins(_state()),
            **_FILTERS,
            "security_groups": ["security_group-web-id", "security_group-ssh-id"],
            "allowed_address_pairs": [
                {"ip_address": "fd00::/64", "mac_address": "fa:16:3e:00:00:0b"},
                {"ip_address": "10.0.0.99", "mac_address": "fa:16:3e:00:00:0a"},
            ],
            "extra_dhcp_opts": _FILTERS["extra_dhcp_opts"][::-1],  # type: ignore[index]
        },
        PortState,
    )
    assert _compare(_FULL, state, ids) == []
    assert _compare(PortSpec(network="blue"), state, ids) == []
    other = PortSpec(
        network="blue",
        security_groups=(),
        allowed_address_pairs=("10.0.0.98",),
        extra_dhcp_opts={"mtu": "1500"},
    )
    found = _compare(other, state, ids)
    assert [(each.field, each.want, each.in_place) for each in found] == [
        ("security_groups", [], True),
        (
            "allowed_address_pairs",
            [{"ip_address": "10.0.0.98", "mac_address": "fa:16:3e:00:00:0a"}],
            True,
        ),
        (
            "extra_dhcp_opts",
            [
                {"opt_name": "domain", "opt_value": None, "ip_version": 6},
                {"opt_name": "mtu", "opt_value": "1500", "ip_version": 4},
            ],
            True,
        ),
    ]


def test_without_port_security_groups_and_pairs_go_as_well(ids: FakeIds) -> None:
    """Neutron refuses to switch it off while there are some, so both are said in one request."""
    state = msgspec.structs.replace(
        _state(),
        port_security_enabled=True,
        security_groups=("g",),
        allowed_address_pairs=(AddressPair(ip_address="10.0.0.9", mac_address="fa:16:3e:0:0:1"),),
    )
    spec = PortSpec(network="blue", port_security_enabled=False)
    pair = {"ip_address": "10.0.0.9", "mac_address": "fa:16:3e:0:0:1"}
    assert _compare(spec, state, ids) == [
        Difference(field="port_security_enabled", have=True, want=False),
        Difference(field="security_groups", have=["g"], want=[]),
        Difference(field="allowed_address_pairs", have=[pair], want=[]),
    ]
    off = msgspec.structs.replace(
        state, port_security_enabled=False, security_groups=(), allowed_address_pairs=()
    )
    assert _compare(spec, off, ids) == []


def test_a_device_type_that_policy_hides_is_no_difference(ids: FakeIds) -> None:
    """Its value is None then; one that shows is compared."""
    spec = PortSpec(network="blue", vnic_type="direct")
    assert _compare(spec, _state(), ids) == []
    shown = msgspec.structs.replace(_state(), vnic_type="normal")
    assert _compare(spec, shown, ids) == [
        Difference(field="binding:vnic_type", have="normal", want="direct")
    ]


def test_an_address_that_hosts_make_up_is_no_difference(ids: FakeIds) -> None:
    """Neutron adds it to every port of a network with SLAAC; another one nobody asked for is."""
    automatic = ("six", "fd00::f816:3eff:fe00:a")
    spec = _spec(("blue", "10.0.0.5"))
    assert _compare(spec, _state(("blue", "10.0.0.5"), automatic), ids) == []
    assert _compare(_spec(("six", "")), _state(automatic), ids) == []
    other = ("six", "fd00::5")
    assert _compare(spec, _state(("blue", "10.0.0.5"), other), ids) == [
        Difference(
            field="fixed_ips",
            have=_wire(("blue", "10.0.0.5"), other),
            want=_wire(("blue", "10.0.0.5")),
        )
    ]


def test_a_routers_addresses_cannot_be_changed(ids: FakeIds) -> None:
    """Neutron refuses that once a router has the port; it is replaced with its leg."""
    leg = msgspec.structs.replace(
        _state(("blue", "10.0.0.5")), device_owner="network:router_interface"
    )
    assert _compare(_spec(("blue", "10.0.0.6")), leg, ids) == [
        Difference(
            field="fixed_ips",
            have=_wire(("blue", "10.0.0.5")),
            want=_wire(("blue", "10.0.0.6")),
            in_place=False,
        )
    ]
    assert _compare(_spec(("blue", "10.0.0.5")), leg, ids) == []


def test_a_port_without_port_security_takes_no_filters() -> None:
    """And what stands for an address has to be one."""
    assert KIND.declaration is not None
    spec = PortSpec(
        network="blue",
        port_security_enabled=False,
        security_groups=("web",),
        allowed_address_pairs=("10.0.0", "10.0.0.7/24"),
    )
    hint = "leave them out, or leave port security on"
    assert list(KIND.declaration.faults(spec)) == [
        Fault(place=("allowed_address_pairs", 0), message='"10.0.0" is not an IP address'),
        Fault(
            place=("allowed_address_pairs", 1),
            message='"10.0.0.7/24" has host bits set',
            hint="10.0.0.0/24 is meant?",
        ),
        Fault(
            place=("security_groups",),
            message="a port without port security takes no security_groups",
            hint=hint,
        ),
        Fault(
            place=("allowed_address_pairs",),
            message="a port without port security takes no allowed_address_pairs",
            hint=hint,
        ),
    ]
    none = PortSpec(network="blue", port_security_enabled=False, security_groups=())
    assert list(KIND.declaration.faults(none)) == []


def test_addresses_are_told_that_cannot_be() -> None:
    """Outside of the subnet, on another network, twice, or where hosts make up their own."""
    assert KIND.declaration is not None
    declared: dict[Address, Spec] = {
        Address("subnet", "v4"): SubnetSpec(network="blue", cidr="10.0.0.0/24"),
        Address("subnet", "auto"): SubnetSpec(network="blue", cidr="fd00::/64", ipv6="slaac"),
        Address("subnet", "else"): SubnetSpec(network="green", cidr="10.1.0.0/24"),
        Address("port", "a"): _spec(("v4", "10.0.0.5"), ("theirs", "10.9.0.1"), ("auto", "")),
        Address("port", "b"): _spec(("v4", "10.0.0.5"), ("v4", "10.0.1.5"), ("v4", "10.0.0.0")),
        Address("port", "c"): _spec(("auto", "fd00::5"), ("else", ""), ("theirs", "10.9.0.1")),
        Address("port", "d"): PortSpec(network="", fixed_ips=(FixedIpSpec(subnet="else"),)),
    }
    told = [
        (address.name, *fault.place[1:], fault.message)
        for address, fault in KIND.declaration.faults_together(declared)
    ]
    assert told == [
        ("b", 0, "ip_address", '10.0.0.5 is the address of port "a" already'),
        ("b", 1, "ip_address", "10.0.1.5 is outside of 10.0.0.0/24"),
        ("b", 2, "ip_address", "10.0.0.0 is the address of 10.0.0.0/24 itself"),
        ("c", 0, "ip_address", 'on subnet "auto" each host makes up its own address'),
        ("c", 1, "subnet", 'subnet "else" is on network "green", not on "blue"'),
        ("c", 2, "ip_address", '10.9.0.1 is the address of port "a" already'),
    ]


def test_groups_and_policy_can_be_others_in_place() -> None:
    """The project's default group is looked up; all other groups stand in the file."""
    assert KIND.declaration is not None
    spec = PortSpec(network="blue", security_groups=("web", "default"), qos_policy="slow")
    group = Reference(kind="security_group", name="web", place=("security_groups", 0), rebinds=True)
    assert list(KIND.declaration.references(spec)) == [
        Reference(kind="network", name="blue", place=("network",), whole=True),
        group,
        msgspec.structs.replace(
            group, name="default", place=("security_groups", 1), declared=False
        ),
        Reference(
            kind="qos_policy", name="slow", place=("qos_policy",), declared=False, rebinds=True
        ),
    ]
    held = msgspec.structs.replace(
        _state(("v4", "10.0.0.5")), security_groups=("g-1",), qos_policy_id="q-1"
    )
    assert list(KIND.declaration.needs(held)) == ["network-blue-id", "subnet-v4-id", "g-1", "q-1"]


def test_it_says_what_it_needs_and_gives() -> None:
    """Extensions, quota, and its address for others."""
    assert KIND.declaration is not None
    assert [each.extension for each in KIND.declaration.requires(_FULL)] == [
        "port-security",
        "security-group",
        "allowed-address-pairs",
        "qos",
        "extra_dhcp_opt",
        "dns-integration",
        "binding",
    ]
    groups = PortSpec(network="blue", security_groups=())
    assert list(KIND.declaration.requires(groups)) == [
        Requirement(place=("security_groups",), extension="security-group")
    ]
    state = _state(("six", "fd00::5"), ("blue", "10.0.0.5"))
    values = {name: of(state) for name, of in KIND.declaration.attributes.items()}
    assert values == {"address": "10.0.0.5", "addresses": ["fd00::5", "10.0.0.5"]}
    address = KIND.declaration.attributes["address"]
    assert (address(_state(("six", "fd00::5"))), address(_state())) == ("fd00::5", "")


def test_the_leg_of_a_router_leaves_with_the_leg() -> None:
    """Neutron deletes the port when it takes the interface off."""
    assert KIND.declaration is not None
    leg = msgspec.structs.replace(
        _state(("b", "fd00::5"), ("a", "10.0.0.5")),
        device_id="r-1",
        device_owner="network:router_interface",
    )
    assert KIND.declaration.leaves_with(leg) == "r-1/subnet-a-id"
    bare = msgspec.structs.replace(leg, fixed_ips=())
    servers = msgspec.structs.replace(leg, device_owner="compute:nova")
    assert [KIND.declaration.leaves_with(each) for each in (bare, servers)] == ["", ""]


def test_one_that_others_made_takes_a_mark() -> None:
    """The person's own words stay."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    state = msgspec.structs.replace(_state(), description="mine")
    assert KIND.declaration.adopt(state, _MARK) == Call(
        method="PUT",
        path="/v2.0/ports/p-1",
        body={"port": {"description": "mine stackloom://s/port.a"}},
    )


def test_what_neutron_chose_is_not_captured() -> None:
    """Neither its own MACs, nor the default group, nor addresses that hosts make up."""
    assert KIND.declaration is not None
    plain = msgspec.structs.replace(
        _state(("six", "fd00::f816:3eff:fe00:a")),
        security_groups=("security_group-default-id",),
        vnic_type="normal",
    )
    assert KIND.declaration.capture(plain, FakeNames()) == {"network": "blue"}
    full = msgspec.convert(
        {
            **msgspec.to_builtins(_state(("v4", "10.0.0.5"), mac_address="aa:bb:cc:00:00:01")),
            "description": "words",
            "admin_state_up": False,
            "dns_name": "web",
            "binding:vnic_type": "direct",
            "qos_policy_id": "qos_policy-slow-id",
            "security_groups": ["security_group-web-id"],
            "allowed_address_pairs": [
                {"ip_address": "10.0.0.9", "mac_address": "aa:bb:cc:00:00:01"},
                {"ip_address": "10.0.0.8", "mac_address": "aa:bb:cc:00:00:02"},
            ],
            "extra_dhcp_opts": [
                {"opt_name": "mtu", "opt_value": "1400", "ip_version": 4},
                {"opt_name": "domain", "opt_value": "x", "ip_version": 6},
            ],
        },
        PortState,
    )
    assert KIND.declaration.capture(full, FakeNames()) == {
        "network": "blue",
        "description": "words",
        "admin_state_up": False,
        "mac_address": "aa:bb:cc:00:00:01",
        "fixed_ips": [{"subnet": "v4", "ip_address": "10.0.0.5"}],
        "dns_name": "web",
        "vnic_type": "direct",
        "qos_policy": "slow",
        "security_groups": ["web"],
        "allowed_address_pairs": [
            "10.0.0.9",
            {"ip_address": "10.0.0.8", "mac_address": "aa:bb:cc:00:00:02"},
        ],
        "extra_dhcp_opts": {"mtu": "1400", "domain": {"value": "x", "ip_version": 6}},
    }
    off = msgspec.structs.replace(plain, port_security_enabled=False, security_groups=())
    assert KIND.declaration.capture(off, FakeNames()) == {
        "network": "blue",
        "port_security_enabled": False,
    }


@pytest.mark.parametrize(
    ("changed", "is_captured"),
    [
        ({}, True),
        ({"network_id": "n-9"}, False),
        ({"device_owner": "network:router_interface"}, False),
        (
            {
                "device_owner": "network:router_interface",
                "fixed_ips": _state(("v4", "10.0.0.9"), ("v6", "fd00::9")).fixed_ips,
            },
            True,
        ),
        ({"device_owner": "network:dhcp", "name": ""}, False),
        ({"device_owner": "compute:nova", "name": "", "description": ""}, False),
        ({"device_owner": "compute:nova", "name": "a", "description": ""}, True),
        ({"device_owner": "compute:nova", "name": ""}, True),
    ],
)
def test_what_services_made_for_themselves_is_not_captured(
    changed: dict[str, Any], is_captured: bool
) -> None:
    """Of a server's and a router's ports those that a person made before."""
    assert KIND.declaration is not None
    state = msgspec.structs.replace(_state(), **changed)
    assert (KIND.declaration.capture(state, FakeNames()) is not None) == is_captured


def test_groups_and_policies_are_badges() -> None:
    """They belong to the port, by their addresses before they exist."""
    assert KIND.declaration is not None
    spec = PortSpec(network="blue", security_groups=("web",), qos_policy="slow")
    assert list(KIND.declaration.sketch(_A, spec, {}))[1:] == [
        Badge(on="port.a", key="security_group.web", sort="security_group", label="web"),
        Badge(on="port.a", key="qos_policy.slow", sort="qos_policy", label="slow"),
    ]
    state = msgspec.structs.replace(_state(), qos_policy_id="q-1")
    assert list(KIND.sketch(state))[1:] == [Badge(on="p-1", key="q-1", sort="qos_policy")]
