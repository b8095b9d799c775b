# SPDX-License-Identifier: Apache-2.0
"""A router interface: known by router and subnet, read off ports, ours when both are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Leg
from stackloom.resources.network._fixed_ips import FixedIp
from stackloom.resources.network.port import PortState
from stackloom.resources.network.router import RouterState
from stackloom.resources.network.router_interface import (
    KIND,
    RouterInterfaceSpec,
    RouterInterfaceState,
)
from stackloom.resources.network.subnet import SubnetSpec, SubnetState

_SPEC = RouterInterfaceSpec(router="hub", subnet="blue")
_STATE = RouterInterfaceState(
    id="r-1/s-1",
    router_id="r-1",
    subnet_id="s-1",
    port_id="p-1",
    network_id="n-1",
    ip_address="10.0.0.1",
)


def _port(owner: str, *fixed: tuple[str, str]) -> PortState:
    return PortState(
        id="p-1",
        network_id="n-1",
        device_id="r-1",
        device_owner=owner,
        fixed_ips=tuple(FixedIp(subnet_id=subnet, ip_address=ip) for subnet, ip in fixed),
    )


def _derive(*ports: PortState) -> Sequence[RouterInterfaceState]:
    assert KIND.derive is not None
    return KIND.derive({"port": ports})


def test_its_name_is_made_of_router_and_subnet() -> None:
    """It needs no name of its own."""
    assert _SPEC.address == Address("router_interface", "hub.blue")


def test_it_is_added_and_removed_by_its_subnet(ids: FakeIds) -> None:
    """By subnet and never by port: a port may hold several prefixes of IPv6."""
    mark = Mark("s", _SPEC.address)
    call = KIND.create_call(_SPEC.address, _SPEC, mark, ids)
    assert call == Call(
        method="PUT",
        path="/v2.0/routers/router-hub-id/add_router_interface",
        body={"subnet_id": "subnet-blue-id"},
    )
    assert KIND.delete_calls(_STATE) == [
        Call(
            method="PUT",
            path="/v2.0/routers/r-1/remove_router_interface",
            body={"subnet_id": "s-1"},
        )
    ]


def test_the_answer_tells_its_port(ids: FakeIds) -> None:
    """Neutron answers with the router's id, the subnet's and the port's."""
    call = KIND.create_call(_SPEC.address, _SPEC, Mark("s", _SPEC.address), ids)
    answer = {"id": "r-1", "subnet_id": "s-1", "port_id": "p-1", "network_id": "n-1", "tags": []}
    assert KIND.made(answer, call) == RouterInterfaceState(
        id="r-1/s-1", router_id="r-1", subnet_id="s-1", port_id="p-1", network_id="n-1"
    )


@pytest.mark.parametrize(
    "owner",
    [
        "network:router_interface",
        "network:router_interface_distributed",
        "network:ha_router_replicated_interface",
    ],
)
def test_a_routers_port_is_an_interface(owner: str) -> None:
    """Plain, distributed and highly available routers have differently owned ports."""
    assert _derive(_port(owner, ("s-1", "10.0.0.1"))) == [_STATE]


def test_a_port_with_two_prefixes_is_two_interfaces() -> None:
    """A second IPv6 subnet of a network joins the port of the first."""
    port = _port("network:router_interface", ("s-1", "2001:db8::1"), ("s-2", "2001:db8:1::1"))
    assert [each.id for each in _derive(port)] == ["r-1/s-1", "r-1/s-2"]


@pytest.mark.parametrize("owner", ["", "compute:nova", "network:router_gateway", "network:dhcp"])
def test_other_ports_are_none(owner: str) -> None:
    """Gateways, servers and the like are no legs of a router."""
    assert _derive(_port(owner, ("s-1", "10.0.0.1"))) == []


def test_without_a_list_of_ports_there_are_none() -> None:
    """A cloud that lists no ports has no interfaces."""
    assert KIND.derive is not None
    assert KIND.derive({}) == []


def _marked(router: str | None, subnet: str | None) -> Mapping[str, Sequence[Any]]:
    other = SubnetState(id="s-0", network_id="n-1", cidr="10.9.0.0/24")
    return {
        "router": [RouterState(id="r-1", description=router)],
        "subnet": [
            other,
            SubnetState(id="s-1", network_id="n-1", cidr="10.0.0.0/24", description=subnet),
        ],
    }


def test_it_is_ours_when_router_and_subnet_are() -> None:
    """It can carry no mark; two marks of one scenario make it ours."""
    listed = _marked("stackloom://s/router.hub", "words stackloom://s/subnet.blue")
    assert KIND.mark(_STATE, listed) == Mark("s", Address("router_interface", "hub.blue"))


@pytest.mark.parametrize(
    "listed",
    [
        {},
        _marked("", "stackloom://s/subnet.blue"),
        _marked("stackloom://s/router.hub", None),
        _marked("stackloom://s/router.hub", "stackloom://other/subnet.blue"),
    ],
)
def test_otherwise_it_is_not_ours(listed: Mapping[str, Sequence[Any]]) -> None:
    """Where one of the two is somebody else's, so is the interface, and it is never touched."""
    assert KIND.mark(_STATE, listed) is None


def test_where_it_exists_it_is_as_it_should_be(ids: FakeIds) -> None:
    """Its fields are its identity: nothing can differ."""
    assert KIND.declaration is not None
    mark = Mark("s", _SPEC.address)
    assert tuple(KIND.declaration.compare(_SPEC.address, _SPEC, _STATE, mark, ids)) == ()


def test_it_needs_both_and_has_its_routers_lane() -> None:
    """Router and subnet come before it and go after it; one router takes them one by one."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(_SPEC)) == [
        Reference(kind="router", name="hub", place=("router",)),
        Reference(kind="subnet", name="blue", place=("subnet",)),
    ]
    assert list(KIND.declaration.needs(_STATE)) == ["r-1", "s-1"]
    assert KIND.lane(_SPEC, None) == "router.hub"
    assert KIND.lane(None, _STATE) == "router.r-1"


def test_it_is_drawn_as_a_leg() -> None:
    """Between the router's box and the network's bar; nothing where the subnet is not declared."""
    assert KIND.declaration is not None
    subnet = SubnetSpec(network="blue", cidr="10.0.0.0/24")
    sketch = KIND.declaration.sketch
    assert list(sketch(_SPEC.address, _SPEC, {Address("subnet", "blue"): subnet})) == [
        Leg(box="router.hub", bar="network.blue", key="router_interface.hub.blue")
    ]
    assert list(sketch(_SPEC.address, _SPEC, {})) == []
    assert list(KIND.sketch(_STATE)) == [Leg(box="r-1", bar="n-1", note="10.0.0.1", key="r-1/s-1")]
