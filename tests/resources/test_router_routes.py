# SPDX-License-Identifier: Apache-2.0
"""The routes of a router: compared as a set, changed one by one, in the way of their legs."""

from __future__ import annotations

import msgspec
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Difference, Listed, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.resources.network._fixed_ips import FixedIp
from stackloom.resources.network._ranges import HostRoute, RouteSpec
from stackloom.resources.network.port import PortState
from stackloom.resources.network.router import RouterState
from stackloom.resources.network.router_routes import (
    KIND,
    RouterRoutesSpec,
    RouterRoutesState,
)
from stackloom.resources.network.subnet import SubnetState

_HUB = Address("router_routes", "hub")
_MARK = Mark("s", _HUB)
_ROUTER = RouterState(
    id="r-1",
    name="hub",
    description="stackloom://s/router.hub",
    routes=(
        HostRoute(destination="10.9.0.0/16", nexthop="10.0.0.9"),
        HostRoute(destination="10.8.0.0/16", nexthop="10.0.0.9"),
    ),
)
_BLUE = SubnetState(id="s-1", network_id="n-1", cidr="10.0.0.0/24")
_GREEN = SubnetState(id="s-2", network_id="n-2", cidr="10.1.0.0/24")


def _leg(router_id: str, subnet_id: str, address: str) -> PortState:
    return PortState(
        id=f"p-{subnet_id}",
        network_id="n-1",
        device_id=router_id,
        device_owner="network:router_interface",
        fixed_ips=(FixedIp(subnet_id=subnet_id, ip_address=address),),
    )


def _derived(*ports: PortState) -> RouterRoutesState:
    assert KIND.derive is not None
    idle = RouterState(id="r-2", name="idle")
    listed: Listed = {"router": [_ROUTER, idle], "subnet": [_BLUE, _GREEN], "port": ports}
    found, other = KIND.derive(listed)
    assert other == RouterRoutesState(id="r-2/routes", name="idle", router_id="r-2")
    return found


def test_they_are_read_off_their_router() -> None:
    """With the legs that they lead through: those whose subnets hold a next hop."""
    state = _derived(_leg("r-1", "s-1", "10.0.0.1"), _leg("r-1", "s-2", "10.1.0.1"))
    assert state == RouterRoutesState(
        id="r-1/routes",
        name="hub",
        description="stackloom://s/router.hub",
        router_id="r-1",
        routes=_ROUTER.routes,
        through=("r-1/s-1",),
    )
    assert KIND.declaration is not None
    assert list(KIND.declaration.needs(state)) == ["r-1", "r-1/s-1"]
    assert _derived(_leg("r-2", "s-1", "10.0.0.1")).through == ()


def test_they_are_ours_where_the_router_is() -> None:
    """The mark is the router's, under a name of its own kind."""
    assert KIND.mark(_derived(), {}) == Mark("s", _HUB)
    others = RouterRoutesState(id="r/routes", router_id="r", description="words")
    assert KIND.mark(others, {}) is None
    strange = msgspec.structs.replace(others, description="stackloom://s/network.blue")
    assert KIND.mark(strange, {}) is None


def test_a_router_without_routes_has_nothing_to_take_back() -> None:
    """It is at rest; one with some is taken back to none."""
    assert KIND.declaration is not None
    state = _derived()
    assert not KIND.declaration.at_rest(state)
    assert KIND.declaration.at_rest(msgspec.structs.replace(state, routes=()))
    assert KIND.delete_calls(state) == [
        Call(method="PUT", path="/v2.0/routers/r-1", body={"router": {"routes": []}})
    ]


def test_routes_are_changed_one_by_one(ids: FakeIds) -> None:
    """Their order means nothing; what goes goes first, so that no limit is passed."""
    assert KIND.declaration is not None
    kept = RouteSpec(destination="10.8.0.0/16", nexthop="10.0.0.9")
    new = RouteSpec(destination="FD00::/8", nexthop="FD00::9")
    spec = RouterRoutesSpec(router="hub", routes=(new, kept), through=("hub.blue",))
    state = _derived()
    [difference] = KIND.declaration.compare(_HUB, spec, state, _MARK, ids)
    plain = [
        {"destination": "10.8.0.0/16", "nexthop": "10.0.0.9"},
        {"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"},
        {"destination": "fd00::/8", "nexthop": "fd00::9"},
    ]
    assert difference == Difference(field="routes", have=plain[:2], want=[plain[0], plain[2]])
    assert KIND.update_calls(state, [difference]) == [
        Call(
            method="PUT",
            path="/v2.0/routers/r-1/remove_extraroutes",
            body={"router": {"routes": [plain[1]]}},
        ),
        Call(
            method="PUT",
            path="/v2.0/routers/r-1/add_extraroutes",
            body={"router": {"routes": [plain[2]]}},
        ),
    ]
    more = Difference(field="routes", have=[], want=plain[:1])
    assert [each.path for each in KIND.update_calls(state, [more])] == [
        "/v2.0/routers/r-1/add_extraroutes"
    ]
    same = RouterRoutesSpec(
        router="hub",
        routes=(kept, RouteSpec(destination="10.9.0.0/16", nexthop="10.0.0.9")),
    )
    assert list(KIND.declaration.compare(_HUB, same, state, _MARK, ids)) == []


def test_they_go_with_their_legs() -> None:
    """A leg that is replaced needs them gone first, and takes them again."""
    assert KIND.declaration is not None
    spec = RouterRoutesSpec(router="hub", routes=(), through=("hub.blue",))
    assert list(KIND.declaration.references(spec)) == [
        Reference(kind="router", name="hub", place=("router",)),
        Reference(kind="router_interface", name="hub.blue", place=("through", 0)),
    ]
    assert KIND.lane(spec, None) == "router.hub"
    assert KIND.lane(None, _derived()) == "router.r-1"
