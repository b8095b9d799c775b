# SPDX-License-Identifier: Apache-2.0
"""A router: its gateway, and the interfaces that its networks stand for."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import (
    Call,
    Declared,
    Difference,
    Fault,
    Listed,
    Reference,
    Requirement,
    Spec,
)
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Bar, Box, Leg
from stackloom.resources.network._connections import ConnectionSpec
from stackloom.resources.network._fixed_ips import FixedIp, FixedIpSpec
from stackloom.resources.network._gateways import Gateway, GatewaySpec, WantedGateway
from stackloom.resources.network._ranges import AllocationPool, HostRoute, RouteSpec
from stackloom.resources.network.network import NetworkSpec
from stackloom.resources.network.port import PortSpec, PortState
from stackloom.resources.network.router import (
    KIND,
    NewRouter,
    RouterChange,
    RouterSpec,
    RouterState,
)
from stackloom.resources.network.router_interface import RouterInterfaceSpec
from stackloom.resources.network.router_routes import RouterRoutesSpec
from stackloom.resources.network.subnet import SubnetSpec, SubnetState

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
        Reference(kind="network", name="blue", place=("connects", 0), rebinds=True),
        Reference(kind="network", name="green", place=("connects", 1), rebinds=True),
        Reference(
            kind="network",
            name="public",
            place=("external_network",),
            whole=True,
            declared=False,
            rebinds=True,
        ),
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


# --- what it connects -----------------------------------------------------------------------------

_DECLARED: Declared = {
    Address("network", "blue"): NetworkSpec(),
    Address("network", "wan"): NetworkSpec(),
    Address("subnet", "blue"): SubnetSpec(network="blue", cidr="10.0.0.0/24"),
    Address("subnet", "six"): SubnetSpec(network="blue", cidr="fd00::/64"),
    Address("subnet", "wan"): SubnetSpec(network="wan", cidr="10.1.0.0/24"),
    Address("subnet", "closed"): SubnetSpec(network="wan", cidr="10.2.0.0/24", gateway_ip=None),
    Address("subnet", "cut"): SubnetSpec(network="wan", subnet_pool="main"),
    Address("port", "leg"): PortSpec(
        network="wan",
        fixed_ips=(FixedIpSpec(subnet="wan", ip_address="10.1.0.9"), FixedIpSpec(subnet="cut")),
    ),
}


def _connect(**fields: str) -> ConnectionSpec:
    return ConnectionSpec(**fields)


def _brought(spec: RouterSpec, declared: Declared = _DECLARED) -> dict[str, Spec]:
    assert KIND.declaration is not None
    return {str(a): each for a, each in KIND.declaration.expand(_HUB, spec, declared)}


def test_every_form_of_a_connection_becomes_a_leg() -> None:
    """By subnet at the gateway, else by a port: one that it names, or one that it implies."""
    spec = RouterSpec(
        connects=(
            _connect(network="blue"),
            _connect(subnet="wan", address="10.1.0.7"),
            _connect(subnet="six"),
            _connect(subnet="theirs"),
            _connect(port="leg"),
        )
    )
    assert _brought(spec) == {
        "router_interface.hub.blue": RouterInterfaceSpec(router="hub", subnet="blue"),
        "port.hub.wan": PortSpec(
            network="wan", fixed_ips=(FixedIpSpec(subnet="wan", ip_address="10.1.0.7"),)
        ),
        "router_interface.hub.wan": RouterInterfaceSpec(router="hub", port="hub.wan"),
        "router_interface.hub.six": RouterInterfaceSpec(router="hub", subnet="six"),
        "port.hub.theirs": PortSpec(network="", fixed_ips=(FixedIpSpec(subnet="theirs"),)),
        "router_interface.hub.theirs": RouterInterfaceSpec(router="hub", port="hub.theirs"),
        "router_interface.hub.leg": RouterInterfaceSpec(router="hub", port="leg"),
    }


@pytest.mark.parametrize(
    ("connects", "faults"),
    [
        (("blue", _connect(network="green")), []),
        (
            ("blue", _connect(), _connect(network="blue", subnet="x"), _connect(network="blue")),
            [
                (("connects", 1), "a router connects a network, a subnet or a port"),
                (("connects", 2), "a router connects a network, a subnet or a port"),
                (("connects", 3), 'network "blue" is connected twice'),
            ],
        ),
        (
            (
                _connect(port="p", address="10.0.0.9"),
                _connect(subnet="s", address="ten"),
                _connect(subnet="s"),
            ),
            [
                (("connects", 0, "address"), "an address needs the subnet that it is on"),
                (("connects", 1, "address"), '"ten" is not an IP address'),
                (("connects", 2), 'subnet "s" is connected twice'),
            ],
        ),
    ],
)
def test_a_connection_is_one_thing_and_once(
    connects: tuple[str | ConnectionSpec, ...], faults: list[tuple[tuple[str | int, ...], str]]
) -> None:
    """What can be wrong with one by itself."""
    assert KIND.declaration is not None
    found = KIND.declaration.faults(RouterSpec(connects=connects))
    assert [(each.place, each.message) for each in found] == faults


def _told(routers: dict[str, RouterSpec], **more: Spec) -> list[tuple[str, object, str]]:
    """Return router, place and message of all that is wrong together."""
    assert KIND.declaration is not None
    declared = {**_DECLARED, **{Address("router", name): each for name, each in routers.items()}}
    declared |= {Address("port", name): each for name, each in more.items()}
    return [
        (address.name, fault.place, fault.message)
        for address, fault in KIND.declaration.faults_together(declared)
    ]


def test_a_network_of_others_is_connected_by_its_subnet() -> None:
    """Its subnets are not known, and a port of others would be deleted with the router."""
    spec = RouterSpec(
        connects=("theirs", _connect(network="theirs2"), _connect(port="theirs"), "blue")
    )
    assert _told({"hub": spec}) == [
        (
            "hub",
            ("connects", 0),
            'what subnets network "theirs" has is not known here',
        ),
        (
            "hub",
            ("connects", 1, "network"),
            'what subnets network "theirs2" has is not known here',
        ),
        ("hub", ("connects", 2, "port"), 'port "theirs" would be deleted with the router'),
    ]


def test_two_routers_do_not_take_one_gateway() -> None:
    """The second needs an address of its own; so does one whose gateway a port has."""
    blue = RouterSpec(connects=("blue",))
    assert _told({"a": blue, "b": blue}) == [
        ("b", ("connects", 0), 'router "a" has the gateway address of subnet "blue"'),
        ("b", ("connects", 0), 'router "a" has the gateway address of subnet "six"'),
    ]
    port = PortSpec(network="blue", fixed_ips=(FixedIpSpec(subnet="blue", ip_address="10.0.0.1"),))
    assert _told({"a": blue}, web=port) == [
        ("a", ("connects", 0), 'port "web" has 10.0.0.1, the gateway of "blue"')
    ]
    own = RouterSpec(connects=(_connect(subnet="blue", address="10.0.0.9"),))
    assert _told({"a": blue, "b": own}) == []


def test_without_a_gateway_the_router_needs_an_address() -> None:
    """One that can be had."""
    spec = RouterSpec(connects=(_connect(subnet="closed"),))
    first = PortSpec(
        network="wan", fixed_ips=(FixedIpSpec(subnet="closed", ip_address="10.2.0.1"),)
    )
    assert _told({"hub": spec}, web=first) == [
        (
            "hub",
            ("connects", 0),
            'subnet "closed" has no gateway whose address the router could take',
        )
    ]
    spec = RouterSpec(connects=(_connect(subnet="closed", address="10.2.0.255"),))
    assert _told({"hub": spec}) == [
        (
            "hub",
            ("connects", 0, "address"),
            "10.2.0.255 is the broadcast address of 10.2.0.0/24",
        )
    ]


def test_subnets_of_one_router_do_not_overlap() -> None:
    """Nor with those behind its gateway; a subnet by port and by network is connected twice."""
    wide = SubnetSpec(network="out", cidr="10.0.0.0/8")
    out = {Address("subnet", "out"): wide, Address("network", "out"): NetworkSpec()}
    assert KIND.declaration is not None
    router = RouterSpec(
        connects=("blue",), external_gateway=GatewaySpec(network="out", enable_snat=False)
    )
    declared = {**_DECLARED, **out, _HUB: router}
    [(address, fault)] = KIND.declaration.faults_together(declared)
    assert (address, fault.place) == (_HUB, ("connects", 0))
    assert fault.message == (
        '10.0.0.0/8 of subnet "out" overlaps 10.0.0.0/24 of subnet "blue",'
        " and one router cannot tell them apart"
    )
    twice = RouterSpec(connects=(_connect(subnet="wan"), _connect(port="leg")))
    assert _told({"hub": twice}) == [("hub", ("connects", 1), 'subnet "wan" is connected twice')]


# --- routes ---------------------------------------------------------------------------------------


def _route(destination: str, nexthop: str) -> RouteSpec:
    return RouteSpec(destination=destination, nexthop=nexthop)


def test_routes_come_after_the_legs_that_they_lead_through() -> None:
    """Those whose subnets hold the next hop; where no range is known, those that might."""
    routes = (_route("10.8.0.0/16", "10.0.0.9"), _route("10.9.0.0/16", "10.0.0.8"))
    brought = _brought(RouterSpec(connects=("blue",), routes=routes))
    assert brought["router_routes.hub"] == RouterRoutesSpec(
        router="hub", routes=routes, through=("hub.blue",)
    )
    late = (_route("10.9.0.0/16", "10.77.0.9"),)
    brought = _brought(RouterSpec(connects=("blue", _connect(port="leg")), routes=late))
    assert brought["router_routes.hub"] == RouterRoutesSpec(
        router="hub", routes=late, through=("hub.leg",)
    )
    assert "router_routes.hub" not in _brought(RouterSpec(connects=("blue",)))


def test_a_next_hop_is_reached_and_somebody_elses() -> None:
    """Where the router has a gateway, it may lead out there."""
    routes = (
        _route("10.8.0.0/16", "10.0.0.1"),
        _route("10.8.0.0/16", "10.77.0.9"),
        _route("10.8.0.0/16", "10.0.0.9"),
        _route("10.8.0.0/16", "${port.x.address}"),
    )
    spec = RouterSpec(connects=("blue",), routes=routes)
    own = ("hub", ("routes", 0, "nexthop"), "10.0.0.1 is the router's own address")
    assert _told({"hub": spec}) == [
        own,
        (
            "hub",
            ("routes", 1, "nexthop"),
            "10.77.0.9 is on no subnet that the router connects",
        ),
    ]
    outside = msgspec.structs.replace(spec, external_network="public")
    assert _told({"hub": outside}) == [own]
    fixed = SubnetSpec(network="blue", cidr="10.0.0.0/24", gateway_ip="10.0.0.9")
    declared = {**_DECLARED, Address("subnet", "blue"): fixed, _HUB: spec}
    assert KIND.declaration is not None
    told = [fault.message for _, fault in KIND.declaration.faults_together(declared)]
    assert told[-1] == "10.0.0.9 is the router's own address"
    assert [each.message for each in KIND.declaration.faults(spec)] == []


# --- the way out ----------------------------------------------------------------------------------

_LONG = RouterSpec(
    external_gateway=GatewaySpec(
        network="public",
        enable_snat=False,
        external_fixed_ips=(FixedIpSpec(subnet="out", ip_address="203.0.113.9"),),
    )
)


def _out(**fields: object) -> RouterState:
    gateway = {"network_id": "network-public-id", **fields}
    return msgspec.structs.replace(_PLAIN, external_gateway_info=msgspec.convert(gateway, Gateway))


def test_the_long_form_of_a_gateway_is_sent_whole(ids: FakeIds) -> None:
    """Names become ids; only what is said is there."""
    body = KIND.create_call(_HUB, _LONG, _MARK, ids).body
    assert body == {
        "router": {
            "name": "hub",
            "description": "stackloom://s/router.hub",
            "admin_state_up": True,
            "external_gateway_info": {
                "network_id": "network-public-id",
                "enable_snat": False,
                "external_fixed_ips": [{"subnet_id": "subnet-out-id", "ip_address": "203.0.113.9"}],
            },
        }
    }


@pytest.mark.parametrize(
    ("address", "snat", "have", "want"),
    [
        ("203.0.113.9", False, None, None),
        ("203.0.113.9", None, None, None),
        (
            "203.0.113.9",
            True,
            {"enable_snat": True},
            {"enable_snat": False},
        ),
        (
            "203.0.113.8",
            False,
            {"external_fixed_ips": "203.0.113.8"},
            {"external_fixed_ips": "203.0.113.9"},
        ),
    ],
)
def test_a_gateway_is_compared_by_what_is_asked_of_it(
    address: str,
    snat: bool | None,
    have: dict[str, object] | None,
    want: dict[str, object] | None,
    ids: FakeIds,
) -> None:
    """It is changed as a whole; what policy hides cannot differ."""

    def whole(changed: dict[str, object]) -> dict[str, object]:
        values = {"enable_snat": False, "external_fixed_ips": "203.0.113.9", **changed}
        fixed = {"subnet_id": "subnet-out-id", "ip_address": values["external_fixed_ips"]}
        return {"network_id": "network-public-id", **values, "external_fixed_ips": [fixed]}

    fixed = [{"subnet_id": "subnet-out-id", "ip_address": address}]
    found = _compare(_LONG, _out(enable_snat=snat, external_fixed_ips=fixed), ids)
    if have is None or want is None:
        assert found == []
    else:
        assert found == [
            Difference(field="external_gateway_info", have=whole(have), want=whole(want))
        ]


def test_a_gateway_moves_in_two_steps(ids: FakeIds) -> None:
    """Neutron does not take it off one network and put it on another in one request."""
    path = "/v2.0/routers/r-1"
    elsewhere = RouterSpec(external_network="other", admin_state_up=False)
    changes = _compare(elsewhere, _WITH_GATEWAY, ids)
    up, gateway = {"admin_state_up": False}, {"network_id": "network-other-id"}
    whole = {"router": {**up, "external_gateway_info": gateway}}
    assert KIND.update_calls(_WITH_GATEWAY, changes) == [
        Call(method="PUT", path=path, body={"router": {"external_gateway_info": None}}),
        Call(method="PUT", path=path, body=whole),
    ]
    first = _compare(elsewhere, _PLAIN, ids)
    assert KIND.update_calls(_PLAIN, first) == [Call(method="PUT", path=path, body=whole)]
    off = _compare(RouterSpec(), _WITH_GATEWAY, ids)
    assert KIND.update_calls(_WITH_GATEWAY, off) == [
        Call(method="PUT", path=path, body={"router": {"external_gateway_info": None}})
    ]
    snat = _compare(_LONG, _out(enable_snat=True), ids)
    assert len(KIND.update_calls(_out(enable_snat=True), snat)) == 1


def test_a_gateway_holds_its_network_and_subnets() -> None:
    """They cannot go before it; without one nothing is held."""
    assert KIND.declaration is not None
    fixed = [{"subnet_id": "s-9", "ip_address": "203.0.113.9"}]
    state = _out(external_fixed_ips=fixed)
    assert list(KIND.declaration.needs(state)) == ["network-public-id", "s-9"]
    assert list(KIND.declaration.needs(_PLAIN)) == []


def test_the_two_forms_of_a_gateway_do_not_contradict() -> None:
    """The same network in both is fine; what stands for an address has to be one."""
    assert KIND.declaration is not None
    gateway = GatewaySpec(
        network="public", external_fixed_ips=(FixedIpSpec(subnet="out", ip_address="x"),)
    )
    spec = RouterSpec(external_network="other", external_gateway=gateway)
    assert list(KIND.declaration.faults(spec)) == [
        Fault(
            place=("external_gateway", "external_fixed_ips", 0, "ip_address"),
            message='"x" is not an IP address',
        ),
        Fault(
            place=("external_network",),
            message="external_network is short for the network of external_gateway",
            hint="leave one of the two out",
        ),
    ]
    same = msgspec.structs.replace(_LONG, external_network="public")
    assert list(KIND.declaration.faults(same)) == []
    out = {"declared": False, "rebinds": True}
    place = ("external_gateway", "external_fixed_ips", 0, "subnet")
    assert list(KIND.declaration.references(same)) == [
        Reference(
            kind="network",
            name="public",
            place=("external_gateway", "network"),
            whole=True,
            **out,
        ),
        Reference(kind="subnet", name="out", place=place, **out),
    ]


def test_it_says_what_it_needs_and_takes(ids: FakeIds) -> None:
    """Source NAT and addresses outside are for administrators."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_LONG, routes=(_route("10.8.0.0/16", "10.0.0.9"),))
    gateway = "external_gateway"
    assert list(KIND.declaration.requires(spec)) == [
        Requirement(place=(), extension="router"),
        Requirement(place=(gateway, "network"), extension="external-net"),
        Requirement(place=(gateway, "enable_snat"), extension="ext-gw-mode", admin=True),
        Requirement(place=(gateway, "external_fixed_ips"), admin=True),
        Requirement(place=("routes",), extension="extraroute-atomic"),
    ]
    assert list(KIND.declaration.requires(RouterSpec())) == [
        Requirement(place=(), extension="router")
    ]
    assert KIND.declaration.consumes(spec, ids) == {"network.router": 1}


# --- back into a file -----------------------------------------------------------------------------


def _leg(port_id: str, network: str, *fixed: tuple[str, str]) -> PortState:
    return PortState(
        id=port_id,
        network_id=f"network-{network}-id",
        device_id="r-1",
        device_owner="network:router_interface",
        fixed_ips=tuple(
            FixedIp(subnet_id=f"subnet-{subnet}-id", ip_address=ip) for subnet, ip in fixed
        ),
    )


def _subnet(name: str, network: str, gateway_ip: str) -> SubnetState:
    return SubnetState(
        id=f"subnet-{name}-id",
        network_id=f"network-{network}-id",
        cidr="10.0.0.0/8",
        gateway_ip=gateway_ip,
        allocation_pools=(AllocationPool(start="10.0.0.2", end="10.0.0.3"),),
    )


def test_what_it_connects_is_read_off_its_ports() -> None:
    """A network whose subnets are all reached at their gateways is written by its name."""
    assert KIND.derive is not None
    assert KIND.declaration is not None
    listed: Listed = {
        "router": [_PLAIN, RouterState(id="r-2")],
        "subnet": [
            _subnet("v4", "blue", "10.0.0.1"),
            _subnet("v6", "blue", "fd00::1"),
            _subnet("a", "wan", "10.1.0.1"),
            _subnet("b", "wan", "10.2.0.1"),
            _subnet("c", "wan", "10.3.0.1"),
        ],
        "port": [
            _leg("p-1", "blue", ("v4", "10.0.0.1")),
            _leg("p-2", "blue", ("v6", "fd00::1")),
            _leg("p-3", "wan", ("a", "10.1.0.1")),
            _leg("p-4", "wan", ("b", "10.2.0.9")),
            _leg("p-5", "wan", ("theirs", "10.4.0.9")),
            _leg("port-both-id", "wan", ("d", "10.5.0.9"), ("e", "fd01::9")),
            _leg("p-6", "wan", ("d", "10.5.0.8"), ("e", "fd01::8")),
            msgspec.structs.replace(_leg("p-7", "wan"), device_owner="compute:nova"),
        ],
    }
    router, idle = KIND.derive(listed)
    assert KIND.declaration.capture(idle, FakeNames()) == {}
    captured = KIND.declaration.capture(router, FakeNames())
    assert captured == {
        "connects": [
            "blue",
            {"port": "both"},
            {"subnet": "a"},
            {"subnet": "b", "address": "10.2.0.9"},
            {"subnet": "theirs"},
        ]
    }


def test_a_gateway_is_written_the_short_way_where_that_says_it_all() -> None:
    """The long form is for one without source NAT."""
    assert KIND.declaration is not None
    route = HostRoute(destination="10.9.0.0/16", nexthop="10.0.0.9")
    state = msgspec.structs.replace(
        _out(enable_snat=True),
        routes=(route,),
        description="words stackloom://s/router.hub",
        admin_state_up=False,
    )
    assert KIND.declaration.capture(state, FakeNames()) == {
        "external_network": "public",
        "routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}],
        "description": "words",
        "admin_state_up": False,
    }
    closed = _out(enable_snat=False)
    assert KIND.declaration.capture(closed, FakeNames()) == {
        "external_gateway": {"network": "public", "enable_snat": False}
    }


def test_one_that_others_made_takes_a_mark() -> None:
    """The person's own words stay."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    state = msgspec.structs.replace(_PLAIN, description="mine")
    assert KIND.declaration.adopt(state, _MARK) == Call(
        method="PUT",
        path="/v2.0/routers/r-1",
        body={"router": {"description": "mine stackloom://s/router.hub"}},
    )


def test_addresses_outside_and_routes_are_drawn() -> None:
    """From the file as from the cloud."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_LONG, routes=(_route("10.8.0.0/16", "10.0.0.9"),))
    assert list(KIND.declaration.sketch(_HUB, spec, {})) == [
        Box(
            key="router.hub",
            sort="router",
            label="hub",
            details=("route 10.8.0.0/16 via 10.0.0.9",),
        ),
        Bar(key="network.public", label="public", is_external=True, is_borrowed=True),
        Leg(box="router.hub", bar="network.public", note="203.0.113.9", is_gateway=True),
    ]
