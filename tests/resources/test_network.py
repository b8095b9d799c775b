# SPDX-License-Identifier: Apache-2.0
"""A network: what is sent, what differs, and the subnet that its short form brings."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Difference, Fault, Reference, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge, Bar
from stackloom.resources.network.network import (
    KIND,
    NetworkChange,
    NetworkSpec,
    NetworkState,
    NewNetwork,
    ProviderSpec,
)
from stackloom.resources.network.subnet import SubnetFields, SubnetSpec

_BLUE = Address("network", "blue")
_MARK = Mark("s", _BLUE)
_STATE = NetworkState(
    id="n-1", name="blue", description="stackloom://s/network.blue", status="ACTIVE", mtu=1450
)


def _compare(spec: NetworkSpec, state: NetworkState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_BLUE, spec, state, _MARK, ids))


def test_a_network_is_made_with_its_mark(ids: FakeIds) -> None:
    """What is not asked for is left to Neutron; the mark is there from the first moment."""
    assert KIND.create_call(_BLUE, NetworkSpec(), _MARK, ids) == Call(
        method="POST",
        path="/v2.0/networks",
        body={
            "network": {
                "name": "blue",
                "description": "stackloom://s/network.blue",
                "admin_state_up": True,
            }
        },
    )


def test_everything_that_is_asked_for_is_sent(ids: FakeIds) -> None:
    """All fields of a spec stand in the request."""
    spec = NetworkSpec(
        description="mine", admin_state_up=False, mtu=1400, port_security_enabled=False
    )
    assert KIND.create_call(_BLUE, spec, _MARK, ids).body == {
        "network": {
            "name": "blue",
            "description": "mine stackloom://s/network.blue",
            "admin_state_up": False,
            "mtu": 1400,
            "port_security_enabled": False,
        }
    }


def test_what_neutron_chose_is_no_difference(ids: FakeIds) -> None:
    """An MTU that nobody asked for may be anything."""
    assert _compare(NetworkSpec(), _STATE, ids) == []


def test_every_difference_can_be_changed_in_place(ids: FakeIds) -> None:
    """Each field that differs is told with both values; the cidr is the subnet's."""
    spec = NetworkSpec(cidr="10.0.0.0/24", admin_state_up=False, mtu=1400)
    found = _compare(spec, msgspec.structs.replace(_STATE, name="old"), ids)
    assert found == [
        Difference(field="name", have="old", want="blue"),
        Difference(field="admin_state_up", have=True, want=False),
        Difference(field="mtu", have=1450, want=1400),
    ]


def test_the_short_form_brings_a_subnet() -> None:
    """``cidr`` stands for a subnet of the same name; without it there is none."""
    assert KIND.declaration is not None
    brought = list(KIND.declaration.expand(_BLUE, NetworkSpec(cidr="10.0.0.0/24"), {}))
    assert brought == [
        (Address("subnet", "blue"), SubnetSpec(network="blue", cidr="10.0.0.0/24")),
    ]
    assert list(KIND.declaration.expand(_BLUE, NetworkSpec(), {})) == []


@pytest.mark.parametrize(
    ("cidr", "faults"),
    [
        ("", []),
        ("10.0.0.0/24", []),
        (
            "blue",
            [
                Fault(
                    place=("cidr",),
                    message='"blue" is not a range of addresses',
                    hint="such as 10.0.0.0/24",
                )
            ],
        ),
    ],
)
def test_a_wrong_range_is_told_where_it_stands(cidr: str, faults: list[Fault]) -> None:
    """The fault is the network's, for there the person wrote it."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.faults(NetworkSpec(cidr=cidr))) == faults


def test_it_is_drawn_as_a_bar() -> None:
    """A bar by its name; a status is worth a word only where it is not ACTIVE."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.sketch(_BLUE, NetworkSpec(), {})) == [
        Bar(key="network.blue", label="blue")
    ]
    assert list(KIND.sketch(_STATE)) == [Bar(key="n-1", label="blue", details=("mtu 1450",))]
    assert list(KIND.sketch(NetworkState(id="n-2", status="DOWN"))) == [
        Bar(key="n-2", label="n-2", status="DOWN")
    ]
    outside = NetworkState(
        id="n-3", name="public", external=True, shared=True, mtu=1400, port_security_enabled=False
    )
    details = ("mtu 1400", "shared yes", "port security off")
    assert list(KIND.sketch(outside)) == [
        Bar(key="n-3", label="public", is_external=True, details=details)
    ]


def test_neutrons_answer_is_read() -> None:
    """Names with colons, nulls and fields of newer clouds are no trouble."""
    answer: dict[str, object] = {
        "id": "n-1",
        "name": "blue",
        "description": None,
        "status": "ACTIVE",
        "subnets": ["s-1"],
        "router:external": True,
        "shared": False,
        "mtu": None,
        "project_id": "p-1",
        "availability_zones": [],
        "some_new_field": {},
    }
    state = msgspec.convert(answer, NetworkState)
    assert [column.value(state) for column in KIND.columns] == [
        *("n-1", "blue", "ACTIVE", ["s-1"], True, False)
    ]
    assert KIND.mark(state, {}) is None


def test_a_request_says_only_what_was_given() -> None:
    """Under the API's names; a policy of null takes it off."""
    new = NewNetwork(name="blue", external=True, segmentation_id=7)
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "network": {"name": "blue", "router:external": True, "provider:segmentation_id": 7}
    }
    change = NetworkChange(qos_policy_id=None, is_default=True)
    assert msgspec.to_builtins(KIND.patch(change)) == {
        "network": {"qos_policy_id": None, "is_default": True}
    }


_VLAN = ProviderSpec(network_type="vlan", physical_network="wire", segmentation_id=7)


def test_the_fields_of_administrators_are_sent_by_the_apis_names(ids: FakeIds) -> None:
    """Provider, outside, domain and policy; null takes a policy off."""
    spec = NetworkSpec(
        shared=True,
        external=False,
        provider=_VLAN,
        dns_domain="Lab.Example.",
        qos_policy="slow",
        availability_zone_hints=("b", "a"),
    )
    assert KIND.create_call(_BLUE, spec, _MARK, ids).body == {
        "network": {
            "name": "blue",
            "description": "stackloom://s/network.blue",
            "admin_state_up": True,
            "shared": True,
            "router:external": False,
            "dns_domain": "lab.example.",
            "qos_policy_id": "qos_policy-slow-id",
            "availability_zone_hints": ("b", "a"),
            "provider:network_type": "vlan",
            "provider:physical_network": "wire",
            "provider:segmentation_id": 7,
        }
    }
    body = KIND.create_call(_BLUE, NetworkSpec(qos_policy=None), _MARK, ids).body
    assert body == {
        "network": {
            "name": "blue",
            "description": "stackloom://s/network.blue",
            "admin_state_up": True,
            "qos_policy_id": None,
        }
    }


def test_another_segment_makes_another_network(ids: FakeIds) -> None:
    """All else is changed in place; the order of zones means nothing."""
    state = msgspec.structs.replace(
        _STATE,
        network_type="vlan",
        physical_network="wire",
        segmentation_id=8,
        availability_zone_hints=("a", "b"),
        qos_policy_id="another",
    )
    spec = NetworkSpec(
        provider=_VLAN,
        external=True,
        shared=True,
        qos_policy=None,
        availability_zone_hints=("b", "a"),
    )
    assert _compare(spec, state, ids) == [
        Difference(field="provider:segmentation_id", have=8, want=7, in_place=False),
        Difference(field="shared", have=False, want=True),
        Difference(field="router:external", have=False, want=True),
        Difference(field="qos_policy_id", have="another", want=None),
    ]


def test_what_policy_hides_is_no_difference(ids: FakeIds) -> None:
    """A member sees no provider attributes, and asks for none to be changed."""
    assert _compare(NetworkSpec(provider=_VLAN), _STATE, ids) == []


def test_subnets_stand_inside_their_network() -> None:
    """Each becomes a subnet under its own name, and its faults are told where it stands."""
    assert KIND.declaration is not None
    spec = NetworkSpec(
        cidr="10.0.0.0/24",
        subnets={
            "blue-v6": SubnetFields(cidr="fd00::/64", ipv6="slaac"),
            "blue-2": SubnetFields(cidr="10.0.1.7/24"),
        },
    )
    assert list(KIND.declaration.expand(_BLUE, spec, {})) == [
        (Address("subnet", "blue"), SubnetSpec(network="blue", cidr="10.0.0.0/24")),
        (
            Address("subnet", "blue-v6"),
            SubnetSpec(network="blue", cidr="fd00::/64", ipv6="slaac"),
        ),
        (Address("subnet", "blue-2"), SubnetSpec(network="blue", cidr="10.0.1.7/24")),
    ]
    assert list(KIND.declaration.faults(spec)) == [
        Fault(
            place=("subnets", "blue-2", "cidr"),
            message='"10.0.1.7/24" has host bits set',
            hint="10.0.1.0/24 is meant?",
        )
    ]


def test_a_domain_ends_with_a_dot() -> None:
    """Neutron refuses one without."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.faults(NetworkSpec(dns_domain="lab.example"))) == [
        Fault(
            place=("dns_domain",),
            message='"lab.example" does not end with a dot',
            hint="lab.example. is meant?",
        )
    ]
    assert list(KIND.declaration.faults(NetworkSpec(dns_domain=""))) == []


def test_a_segment_is_used_once() -> None:
    """A VLAN id twice on one wire, a tunnel's id twice, a wire for two flat networks."""
    assert KIND.declaration is not None
    flat = ProviderSpec(network_type="flat", physical_network="wire")
    tunnel = ProviderSpec(network_type="vxlan", segmentation_id=7)
    providers = {
        "a": _VLAN,
        "b": msgspec.structs.replace(_VLAN, physical_network="other"),
        "c": msgspec.structs.replace(_VLAN, segmentation_id=8),
        "d": _VLAN,
        "e": flat,
        "f": flat,
        "g": tunnel,
        "h": tunnel,
        "i": ProviderSpec(network_type="vxlan"),
        "j": ProviderSpec(network_type="vxlan"),
    }
    declared = {Address("network", n): NetworkSpec(provider=each) for n, each in providers.items()}
    declared[Address("network", "k")] = NetworkSpec()
    told = [
        (address.name, fault.place[-1], fault.message)
        for address, fault in KIND.declaration.faults_together(declared)
    ]
    assert told == [
        (
            "d",
            "segmentation_id",
            'segment 7 of physical network "wire" is that of network "a" already',
        ),
        (
            "f",
            "physical_network",
            'flat of physical network "wire" is that of network "e" already',
        ),
        ("h", "segmentation_id", 'segment 7 is that of network "g" already'),
    ]


def test_it_says_what_it_needs_and_takes(ids: FakeIds) -> None:
    """A policy is looked up in the cloud, and can be another one in place."""
    assert KIND.declaration is not None
    spec = NetworkSpec(mtu=1400, shared=False, external=True, provider=_VLAN, qos_policy="slow")
    assert list(KIND.declaration.references(spec)) == [
        Reference(
            kind="qos_policy", name="slow", place=("qos_policy",), declared=False, rebinds=True
        )
    ]
    assert list(KIND.declaration.requires(spec)) == [
        Requirement(place=("mtu",), extension="net-mtu-writable"),
        Requirement(place=("external",), extension="external-net"),
        Requirement(place=("provider",), extension="provider"),
        Requirement(place=("qos_policy",), extension="qos"),
        Requirement(place=("external",), admin=True),
        Requirement(place=("provider",), admin=True),
    ]
    assert list(KIND.declaration.requires(NetworkSpec())) == []
    assert KIND.declaration.consumes(spec, ids) == {"network.network": 1}
    assert list(KIND.declaration.needs(_STATE)) == []
    limited = msgspec.structs.replace(_STATE, qos_policy_id="q-1")
    assert list(KIND.declaration.needs(limited)) == ["q-1"]
    assert Badge(on="n-1", key="q-1", sort="qos_policy") in list(KIND.sketch(limited))
    assert list(KIND.declaration.sketch(_BLUE, spec, {})) == [
        Bar(key="network.blue", label="blue", is_external=True),
        Badge(on="network.blue", key="qos_policy.slow", sort="qos_policy", label="slow"),
    ]


def test_one_that_others_made_takes_a_mark() -> None:
    """The person's own words stay."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    state = msgspec.structs.replace(_STATE, description="mine")
    assert KIND.declaration.adopt(state, _MARK) == Call(
        method="PUT",
        path="/v2.0/networks/n-1",
        body={"network": {"description": "mine stackloom://s/network.blue"}},
    )


def test_what_neutron_chose_is_not_captured() -> None:
    """A usual MTU and the segment of a tunnel are the cloud's own business."""
    assert KIND.declaration is not None
    tunnel = msgspec.structs.replace(
        _STATE, network_type="vxlan", segmentation_id=5, port_security_enabled=True
    )
    assert KIND.declaration.capture(tunnel, FakeNames()) == {}
    full = NetworkState(
        id="n-1",
        name="blue",
        description="words stackloom://s/network.blue",
        admin_state_up=False,
        mtu=1400,
        port_security_enabled=False,
        shared=True,
        external=True,
        dns_domain="lab.example.",
        qos_policy_id="qos_policy-slow-id",
        availability_zone_hints=("a",),
        network_type="flat",
        physical_network="wire",
    )
    assert KIND.declaration.capture(full, FakeNames()) == {
        "description": "words",
        "admin_state_up": False,
        "mtu": 1400,
        "port_security_enabled": False,
        "shared": True,
        "external": True,
        "dns_domain": "lab.example.",
        "availability_zone_hints": ["a"],
        "qos_policy": "slow",
        "provider": {"network_type": "flat", "physical_network": "wire"},
    }
