# SPDX-License-Identifier: Apache-2.0
"""A port: its addresses are compared without changing those that Neutron chose."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Difference, Fault, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge, Port
from stackloom.resources.network.port import (
    KIND,
    AddressPair,
    DhcpOption,
    FixedIp,
    FixedIpSpec,
    NewPort,
    PortChange,
    PortSpec,
    PortState,
    WantedIp,
)

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
    assert list(KIND.declaration.sketch(_A, spec, {})) == [
        Port(key="port.a", bar="network.blue", label="a", note="10.0.0.7")
    ]
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
