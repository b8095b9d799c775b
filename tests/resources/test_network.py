# SPDX-License-Identifier: Apache-2.0
"""A network: what is sent, what differs, and the subnet that its short form brings."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Difference, Fault
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Bar
from stackloom.resources.network.network import (
    KIND,
    NetworkChange,
    NetworkSpec,
    NetworkState,
    NewNetwork,
)
from stackloom.resources.network.subnet import SubnetSpec

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
