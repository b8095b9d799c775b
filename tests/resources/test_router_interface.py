# SPDX-License-Identifier: Apache-2.0
"""A router interface: known by router and subnet, read off ports, ours when both are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Declared, Difference, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Leg
from stackloom.resources.network._fixed_ips import FixedIp, FixedIpSpec
from stackloom.resources.network.port import PortSpec, PortState
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
    subnet_ids=("s-1",),
)
_BY_PORT = RouterInterfaceSpec(router="hub", port="leg")


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
        id="r-1/s-1",
        router_id="r-1",
        subnet_id="s-1",
        port_id="p-1",
        network_id="n-1",
        subnet_ids=("s-1",),
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
    first, second = _derive(port)
    assert (first.id, second.id) == ("r-1/s-1", "r-1/s-2")
    assert KIND.declaration is not None
    # One after the other, or Neutron would lose one of the two changes of the port.
    assert list(KIND.declaration.needs(first)) == ["r-1", "s-1", "r-1/s-2"]
    assert list(KIND.declaration.needs(second)) == ["r-1", "s-2"]


def test_prefixes_of_one_port_are_added_one_after_the_other() -> None:
    """Those of one router and network; of IPv4 each has a port of its own."""
    assert KIND.declaration is not None
    subnets = {
        "a": SubnetSpec(network="blue", cidr="fd00:1::/64"),
        "b": SubnetSpec(network="blue", cidr="fd00:2::/64"),
        "c": SubnetSpec(network="blue", cidr="10.0.0.0/24"),
        "d": SubnetSpec(network="green", cidr="fd00:3::/64"),
        "e": SubnetSpec(network="blue", cidr="fd00:4::/64"),
    }
    legs = [RouterInterfaceSpec(router="hub", subnet=name) for name in subnets]
    legs += [RouterInterfaceSpec(router="other", subnet="a"), _BY_PORT]
    declared: Declared = {
        **{Address("subnet", name): each for name, each in subnets.items()},
        **{each.address: each for each in legs},
    }
    waits = {
        each.address.name: [a.name for a in KIND.declaration.waits(each.address, each, declared)]
        for each in legs
    }
    assert waits == {
        "hub.a": [],
        "hub.b": ["hub.a"],
        "hub.c": [],
        "hub.d": [],
        "hub.e": ["hub.b"],
        "other.a": [],
        "hub.leg": [],
    }


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
    assert list(KIND.sketch(_STATE)) == [
        Leg(box="r-1", bar="n-1", note="10.0.0.1", key="r-1/s-1", port=_STATE.port_id)
    ]


def test_a_port_of_ours_becomes_the_routers(ids: FakeIds) -> None:
    """It is added and removed by the port, whose name it has, and is one leg with all subnets."""
    assert _BY_PORT.address == Address("router_interface", "hub.leg")
    implied = RouterInterfaceSpec(router="hub", port="hub.blue")
    assert implied.address == Address("router_interface", "hub.blue")
    call = KIND.create_call(_BY_PORT.address, _BY_PORT, Mark("s", _BY_PORT.address), ids)
    path = "/v2.0/routers/router-hub-id/add_router_interface"
    assert call == Call(method="PUT", path=path, body={"port_id": "port-leg-id"})
    answer = {
        "id": "r-1",
        "subnet_id": "s-2",
        "subnet_ids": ["s-2", "s-1"],
        "port_id": "p-1",
        "network_id": "n-1",
    }
    made = KIND.made(answer, call)
    assert made == RouterInterfaceState(
        id="r-1/s-1",
        router_id="r-1",
        subnet_id="s-1",
        port_id="p-1",
        network_id="n-1",
        subnet_ids=("s-1", "s-2"),
        is_by_port=True,
    )
    path = "/v2.0/routers/r-1/remove_router_interface"
    assert KIND.delete_calls(made) == [Call(method="PUT", path=path, body={"port_id": "p-1"})]
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(_BY_PORT)) == [
        Reference(kind="router", name="hub", place=("router",)),
        Reference(kind="port", name="leg", place=("port",)),
    ]
    assert list(KIND.declaration.needs(made)) == ["r-1", "s-1", "s-2", "p-1"]
    assert KIND.declaration.consumes(_BY_PORT, ids) == {}
    assert KIND.declaration.consumes(_SPEC, ids) == {"network.port": 1}


def _with_mark(mark: str) -> PortState:
    port = _port("network:router_interface", ("s-2", "10.0.0.9"), ("s-1", "fd00::9"))
    return msgspec.structs.replace(port, description=mark)


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("stackloom://s/port.leg", "hub.leg"),
        ("stackloom://s/port.hub.blue", "hub.blue"),
        ("stackloom://other/port.leg", ""),
    ],
)
def test_a_leg_by_port_is_known_by_the_mark_of_its_port(mark: str, name: str) -> None:
    """Router and port of one scenario make it ours, on whoever's subnet it is."""
    port = _with_mark(mark)
    [leg] = _derive(port)
    assert (leg.id, leg.subnet_ids, leg.is_by_port) == ("r-1/s-1", ("s-1", "s-2"), True)
    router = RouterState(id="r-1", description="stackloom://s/router.hub")
    found = KIND.mark(leg, {"router": [router], "port": [port]})
    assert found == (Mark("s", Address("router_interface", name)) if name else None)


def test_by_subnet_and_by_port_are_two_things(ids: FakeIds) -> None:
    """One that should be the other is replaced."""
    assert KIND.declaration is not None
    mark = Mark("s", _SPEC.address)
    compare = KIND.declaration.compare
    [leg] = _derive(msgspec.structs.replace(_with_mark("stackloom://s/port.leg"), id="port-leg-id"))
    assert list(compare(_BY_PORT.address, _BY_PORT, leg, mark, ids)) == []
    assert list(compare(_SPEC.address, _SPEC, leg, mark, ids)) == [
        Difference(field="port_id", have="port-leg-id", want=None, in_place=False)
    ]
    assert list(compare(_BY_PORT.address, _BY_PORT, _STATE, mark, ids)) == [
        Difference(field="port_id", have=None, want="port-leg-id", in_place=False)
    ]


def test_a_leg_by_port_is_drawn_where_the_port_is() -> None:
    """By the port's network, or by that of its subnet where the port does not say it."""
    assert KIND.declaration is not None
    ips = (FixedIpSpec(subnet="blue", ip_address="10.0.0.9"),)
    leg = Leg(
        box="router.hub",
        bar="network.blue",
        note="10.0.0.9",
        key="router_interface.hub.leg",
        port="port.leg",
    )
    subnet = {Address("subnet", "blue"): SubnetSpec(network="blue", cidr="10.0.0.0/24")}
    for network in ("blue", ""):
        port = PortSpec(network=network, fixed_ips=ips)
        declared = {**subnet, Address("port", "leg"): port}
        assert list(KIND.declaration.sketch(_BY_PORT.address, _BY_PORT, declared)) == [leg]
    theirs = {Address("port", "leg"): PortSpec(network="", fixed_ips=ips)}
    assert list(KIND.declaration.sketch(_BY_PORT.address, _BY_PORT, theirs)) == []
