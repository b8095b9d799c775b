# SPDX-License-Identifier: Apache-2.0
"""A router: its gateway, and the interfaces that its networks stand for."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Difference, Reference, Spec
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Bar, Box, Leg
from stackloom.resources.network._fixed_ips import FixedIp
from stackloom.resources.network._ranges import HostRoute
from stackloom.resources.network.network import NetworkSpec
from stackloom.resources.network.router import (
    KIND,
    Gateway,
    NewRouter,
    RouterChange,
    RouterSpec,
    RouterState,
    WantedGateway,
)
from stackloom.resources.network.router_interface import RouterInterfaceSpec
from stackloom.resources.network.subnet import SubnetSpec

_HUB = Address("router", "hub")
_MARK = Mark("s", _HUB)
_PLAIN = msgspec.convert(
    {"id": "r-1", "name": "hub", "description": "stackloom://s/router.hub", "status": "ACTIVE"},
    RouterState,
)
_WITH_GATEWAY = msgspec.convert(
    {
        "id": "r-1",
        "name": "hub",
        "description": "stackloom://s/router.hub",
        "external_gateway_info": {"network_id": "network-public-id", "enable_snat": True},
    },
    RouterState,
)


def _compare(spec: RouterSpec, state: RouterState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_HUB, spec, state, _MARK, ids))


def test_a_router_is_made_without_a_gateway_it_was_not_asked_for(ids: FakeIds) -> None:
    """The networks that it connects are no part of the request: they become interfaces."""
    assert KIND.create_call(_HUB, RouterSpec(connects=("blue",)), _MARK, ids) == Call(
        method="POST",
        path="/v2.0/routers",
        body={
            "router": {
                "name": "hub",
                "description": "stackloom://s/router.hub",
                "admin_state_up": True,
            }
        },
    )


def test_a_gateway_is_made_with_the_router(ids: FakeIds) -> None:
    """The external network goes into the same request."""
    spec = RouterSpec(external_network="public", description="mine", admin_state_up=False)
    assert KIND.create_call(_HUB, spec, _MARK, ids).body == {
        "router": {
            "name": "hub",
            "description": "mine stackloom://s/router.hub",
            "admin_state_up": False,
            "external_gateway_info": {"network_id": "network-public-id"},
        }
    }


@pytest.mark.parametrize(
    ("spec", "state", "differences"),
    [
        (RouterSpec(), _PLAIN, []),
        (RouterSpec(external_network="public"), _WITH_GATEWAY, []),
        (
            RouterSpec(external_network="public"),
            _PLAIN,
            [
                Difference(
                    field="external_gateway_info",
                    have=None,
                    want={"network_id": "network-public-id"},
                )
            ],
        ),
        (
            RouterSpec(),
            _WITH_GATEWAY,
            [
                Difference(
                    field="external_gateway_info",
                    have={"network_id": "network-public-id"},
                    want=None,
                )
            ],
        ),
        (
            RouterSpec(admin_state_up=False),
            _PLAIN,
            [Difference(field="admin_state_up", have=True, want=False)],
        ),
    ],
)
def test_a_gateway_comes_and_goes_in_place(
    spec: RouterSpec, state: RouterState, differences: list[Difference], ids: FakeIds
) -> None:
    """What Neutron adds to a gateway is no difference; another or none is, and can be changed."""
    assert _compare(spec, state, ids) == differences


def test_it_names_its_networks() -> None:
    """The networks it connects are the scenario's, the external one may be anybody's."""
    assert KIND.declaration is not None
    spec = RouterSpec(connects=("blue", "green"), external_network="public")
    assert list(KIND.declaration.references(spec)) == [
        Reference(kind="network", name="blue", place=("connects", 0)),
        Reference(kind="network", name="green", place=("connects", 1)),
        Reference(kind="network", name="public", place=("external_network",), declared=False),
    ]
    assert list(KIND.declaration.references(RouterSpec())) == []


def test_each_subnet_of_its_networks_gets_an_interface() -> None:
    """A network with two subnets brings two interfaces; other networks bring none."""
    declared: dict[Address, Spec] = {
        Address("network", "blue"): NetworkSpec(),
        Address("subnet", "blue"): SubnetSpec(network="blue", cidr="10.0.0.0/24"),
        Address("subnet", "blue6"): SubnetSpec(network="blue", cidr="2001:db8::/64"),
        Address("subnet", "red"): SubnetSpec(network="red", cidr="10.9.0.0/24"),
    }
    assert KIND.declaration is not None
    brought = dict(KIND.declaration.expand(_HUB, RouterSpec(connects=("blue",)), declared))
    assert brought == {
        Address("router_interface", "hub.blue"): RouterInterfaceSpec(router="hub", subnet="blue"),
        Address("router_interface", "hub.blue6"): RouterInterfaceSpec(router="hub", subnet="blue6"),
    }


def test_it_is_drawn_as_a_box() -> None:
    """A box by its name, which stands on the network of its gateway as well."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.sketch(_HUB, RouterSpec(external_network="public"), {})) == [
        Box(key="router.hub", sort="router", label="hub"),
        Bar(key="network.public", label="public", is_external=True, is_borrowed=True),
        Leg(box="router.hub", bar="network.public", is_gateway=True),
    ]
    assert list(KIND.sketch(_WITH_GATEWAY)) == [
        Box(key="r-1", sort="router", label="hub"),
        Bar(key="network-public-id", is_external=True, is_borrowed=True),
        Leg(box="r-1", bar="network-public-id", is_gateway=True),
    ]
    assert list(KIND.sketch(RouterState(id="r-2", name=None))) == [
        Box(key="r-2", sort="router", label="r-2")
    ]
    busy = RouterState(
        id="r-3",
        name="site",
        status="ACTIVE",
        routes=(HostRoute(destination="10.9.0.0/16", nexthop="10.0.0.9"),),
        external_gateway_info=Gateway(
            network_id="n-9",
            external_fixed_ips=(FixedIp(subnet_id="s-9", ip_address="203.0.113.4"),),
        ),
    )
    assert list(KIND.sketch(busy)) == [
        Box(
            key="r-3",
            sort="router",
            label="site",
            status="ACTIVE",
            details=("route 10.9.0.0/16 via 10.0.0.9",),
        ),
        Bar(key="n-9", is_external=True, is_borrowed=True),
        Leg(box="r-3", bar="n-9", note="203.0.113.4", is_gateway=True),
    ]


@pytest.mark.parametrize(("is_up", "word"), [(True, "UP"), (False, "DOWN")])
def test_a_list_shows_whether_it_is_up(is_up: bool, word: str) -> None:
    """Id, name, status, the state that was asked for, and whose it is."""
    state = msgspec.structs.replace(_PLAIN, admin_state_up=is_up)
    assert [column.value(state) for column in KIND.columns] == [*("r-1", "hub", "ACTIVE", word, "")]


def test_a_request_says_only_what_was_given() -> None:
    """A gateway of null takes it away; routes go out whole."""
    new = NewRouter(
        name="hub", external_gateway_info=WantedGateway(network_id="n-1", enable_snat=False)
    )
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "router": {
            "name": "hub",
            "external_gateway_info": {"network_id": "n-1", "enable_snat": False},
        }
    }
    change = RouterChange(external_gateway_info=None, routes=())
    assert msgspec.to_builtins(KIND.patch(change)) == {
        "router": {"external_gateway_info": None, "routes": ()}
    }


def test_a_long_list_shows_routes_and_gateway() -> None:
    """As objects, for they have parts of their own."""
    route = {"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}
    gateway = {
        "network_id": "n-1",
        "enable_snat": True,
        "external_fixed_ips": [{"subnet_id": "s-1", "ip_address": "203.0.113.9"}],
    }
    answer = {
        "id": "r-1",
        "routes": [route],
        "external_gateway_info": gateway,
        "ha": False,
        "availability_zones": ["nova"],
        "tags": ["a"],
    }
    shown = [column.value(msgspec.convert(answer, RouterState)) for column in KIND.long_columns]
    assert shown[:3] == [None, False, [route]]
    assert shown[4:] == [["nova"], ["a"]]
    assert shown[3] == {
        "network_id": "n-1",
        "enable_snat": True,
        "external_fixed_ips": ({"subnet_id": "s-1", "ip_address": "203.0.113.9"},),
        "qos_policy_id": None,
    }
