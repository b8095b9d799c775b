# SPDX-License-Identifier: Apache-2.0
"""A floating IP: what is said of it, and that its address is its name."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import UNKNOWN, Call, Difference, Fault, Reference, Requirement, Spec
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.errors import UsageError
from stackloom.resources.compute._server_nics import Nic
from stackloom.resources.compute._server_spec import ServerSpec
from stackloom.resources.compute.server import ServerState
from stackloom.resources.network._fixed_ips import FixedIp, FixedIpSpec
from stackloom.resources.network.floating_ip import (
    KIND,
    FloatingIpChange,
    FloatingIpSpec,
    FloatingIpState,
    NewFloatingIp,
)
from stackloom.resources.network.network import NetworkSpec
from stackloom.resources.network.port import PortSpec, PortState
from stackloom.resources.network.router import RouterSpec
from stackloom.resources.network.router_interface import RouterInterfaceSpec
from stackloom.resources.network.subnet import SubnetSpec


def test_a_request_says_only_what_was_given() -> None:
    """A port of null takes it off."""
    new = NewFloatingIp(floating_network_id="n-1", port_id="p-1")
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "floatingip": {"floating_network_id": "n-1", "port_id": "p-1"}
    }
    change = FloatingIpChange(port_id=None)
    assert msgspec.to_builtins(KIND.patch(change)) == {"floatingip": {"port_id": None}}


def test_its_address_is_its_name() -> None:
    """So it is found by what people know of it, and shown once."""
    answer = {
        "id": "f-1",
        "description": "",
        "floating_ip_address": "203.0.113.9",
        "floating_network_id": "n-1",
        "router_id": None,
        "port_id": None,
        "fixed_ip_address": None,
        "status": "DOWN",
        "project_id": "project-1",
        "port_details": None,
        "port_forwardings": [{"protocol": "tcp", "external_port": 80}],
        "tags": ["a"],
    }
    state = msgspec.convert(answer, FloatingIpState)
    assert (state.name, KIND.name_query) == ("203.0.113.9", "floating_ip_address")
    assert msgspec.to_builtins(state)["floating_ip_address"] == "203.0.113.9"
    assert [column.value(state) for column in KIND.columns] == [
        *("f-1", "203.0.113.9", None, None, "n-1", "project-1")
    ]
    assert [column.value(state) for column in KIND.long_columns] == [
        *(None, "DOWN", "", ["a"], None, None)
    ]


# --- in a scenario --------------------------------------------------------------------------------

_WEB = Address("floating_ip", "web")
_MARK = Mark("s", _WEB)
_FREE = FloatingIpSpec(network="public", description="words")
_ON_PORT = FloatingIpSpec(network="public", port="a")
_ON_SERVER = FloatingIpSpec(network="public", server="alice")


def _state(**changes: Any) -> FloatingIpState:
    answer = {
        "id": "f-1",
        "floating_ip_address": "203.0.113.9",
        "floating_network_id": "network-public-id",
        "description": str(_MARK),
        "status": "DOWN",
        **changes,
    }
    return msgspec.convert(answer, FloatingIpState)


def _port(id: str, *addresses: str, **fields: Any) -> PortState:
    fixed = tuple(FixedIp(subnet_id=f"s-{each}", ip_address=each) for each in addresses)
    return PortState(id=id, network_id="network-blue-id", fixed_ips=fixed, **fields)


def _with_server(ids: FakeIds, *nics: Nic) -> FakeIds:
    ids.states["server", "alice"] = ServerState(id="v-1", nics=nics)
    return ids


def _nic(id: str, *addresses: str, network: str = "blue", is_served: bool = True) -> Nic:
    return Nic(
        port_id=id,
        network_id=f"network-{network}-id",
        ip_addresses=addresses,
        router_ids=("r-1",) if is_served else (),
    )


def _body(spec: FloatingIpSpec, ids: FakeIds) -> Any:
    call = KIND.create_call(_WEB, spec, _MARK, ids)
    assert (call.method, call.path) == ("POST", "/v2.0/floatingips")
    assert isinstance(call.body, dict)
    return call.body["floatingip"]


def _compare(spec: FloatingIpSpec, state: FloatingIpState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_WEB, spec, state, _MARK, ids))


# --- where it leads -------------------------------------------------------------------------------


def test_it_is_free_on_a_port_or_on_a_server(ids: FakeIds) -> None:
    """It is made and put there in one request."""
    network = {"floating_network_id": "network-public-id"}
    assert _body(_FREE, ids) == {**network, "description": f"words {_MARK}"}
    assert _body(_ON_PORT, ids) == {
        **network,
        "description": str(_MARK),
        "port_id": "port-a-id",
    }
    _with_server(ids, _nic("p-1", "10.0.0.5", "fd00::5"))
    assert _body(_ON_SERVER, ids)["port_id"] == "p-1"
    assert "fixed_ip_address" not in _body(_ON_SERVER, ids)


def test_everything_that_is_said_is_sent(ids: FakeIds) -> None:
    """Its address, its name, its limits."""
    spec = FloatingIpSpec(
        network="public",
        port="a",
        fixed_ip_address="10.0.0.5",
        floating_ip_address="203.0.113.7",
        dns_name="www",
        dns_domain="example.org.",
        qos_policy="slow",
    )
    assert _body(spec, ids) == {
        "floating_network_id": "network-public-id",
        "description": str(_MARK),
        "floating_ip_address": "203.0.113.7",
        "dns_name": "www",
        "dns_domain": "example.org.",
        "qos_policy_id": "qos_policy-slow-id",
        "port_id": "port-a-id",
        "fixed_ip_address": "10.0.0.5",
    }


@pytest.mark.parametrize(
    ("nics", "on", "port_id"),
    [
        ([_nic("p-1", "10.0.0.5"), _nic("p-2", "10.0.1.5")], "", "p-1"),
        ([_nic("p-1", "10.0.0.5", is_served=False), _nic("p-2", "10.0.1.5")], "", "p-2"),
        ([_nic("p-1", "fd00::5"), _nic("p-2", "10.0.1.5")], "", "p-2"),
        ([_nic("p-1", "10.0.0.5", is_served=False)], "", "p-1"),
        ([_nic("p-1", "10.0.0.5"), _nic("p-2", "10.0.1.5", network="green")], "green", "p-2"),
    ],
)
def test_of_a_servers_places_one_that_a_router_serves_is_meant(
    nics: list[Nic], on: str, port_id: str, ids: FakeIds
) -> None:
    """Of IPv4, and on the network that is said."""
    spec = msgspec.structs.replace(_ON_SERVER, on=on)
    assert _body(spec, _with_server(ids, *nics))["port_id"] == port_id


def test_where_it_is_already_is_right(ids: FakeIds) -> None:
    """The order of a server's places changes from list to list."""
    _with_server(ids, _nic("p-1", "10.0.0.5"), _nic("p-2", "10.0.1.5"))
    assert _compare(_ON_SERVER, _state(port_id="p-2"), ids) == []
    assert _compare(_ON_SERVER, _state(port_id="p-3"), ids) == [
        Difference(field="port_id", have="p-3", want="p-1")
    ]


def test_of_several_addresses_of_a_place_the_first_is_said(ids: FakeIds) -> None:
    """Neutron does not choose one; where it is already is right."""
    _with_server(ids, _nic("p-1", "10.0.0.5", "10.0.1.5"))
    assert _body(_ON_SERVER, ids)["fixed_ip_address"] == "10.0.0.5"
    assert _compare(_ON_SERVER, _state(), ids) == [
        Difference(field="port_id", have=None, want="p-1"),
        Difference(field="fixed_ip_address", have=None, want="10.0.0.5"),
    ]
    there = _state(port_id="p-1", fixed_ip_address="10.0.1.5")
    assert _compare(_ON_SERVER, there, ids) == []


def test_a_server_without_a_place_for_it_is_told(ids: FakeIds) -> None:
    """In words, before anything is sent."""
    nothing = "the server or port that it leads to has no IPv4 address there"
    spec = msgspec.structs.replace(_ON_SERVER, on="green")
    with pytest.raises(UsageError, match=nothing):
        _body(spec, _with_server(ids, _nic("p-1", "10.0.0.5")))
    _with_server(ids)
    with pytest.raises(UsageError, match=nothing):
        _body(_ON_SERVER, ids)
    changes = _compare(_ON_SERVER, _state(), ids)  # the server may still be replaced
    with pytest.raises(UsageError, match=nothing):
        KIND.update_calls(_state(), changes)


def test_a_server_that_does_not_exist_yet_can_be_compared(ids: FakeIds) -> None:
    """A plan says that it will lead there."""
    assert _compare(_ON_SERVER, _state(), ids) == [
        Difference(field="port_id", have=None, want=UNKNOWN)
    ]


# --- changing -------------------------------------------------------------------------------------


def test_it_moves_and_leaves_in_place(ids: FakeIds) -> None:
    """To another port, to none, and from none."""
    assert _compare(_ON_PORT, _state(port_id="port-a-id"), ids) == []
    moved = _compare(_ON_PORT, _state(port_id="p-9"), ids)
    assert moved == [Difference(field="port_id", have="p-9", want="port-a-id")]
    path = "/v2.0/floatingips/f-1"
    assert list(KIND.update_calls(_state(port_id="p-9"), moved)) == [
        Call(method="PUT", path=path, body={"floatingip": {"port_id": "port-a-id"}})
    ]
    free = msgspec.structs.replace(_FREE, description="")
    assert _compare(free, _state(port_id="p-9"), ids) == [
        Difference(field="port_id", have="p-9", want=None)
    ]


def test_its_port_is_said_whatever_is_changed() -> None:
    """Neutron would ask which of several addresses is meant, although nothing moves."""
    state = _state(port_id="p-1", fixed_ip_address="10.0.0.5")
    change = Difference(field="description", have="a", want="b")
    said = {"port_id": "p-1", "fixed_ip_address": "10.0.0.5", "description": "b"}
    path = "/v2.0/floatingips/f-1"
    assert list(KIND.update_calls(state, [change])) == [
        Call(method="PUT", path=path, body={"floatingip": said})
    ]
    assert list(KIND.update_calls(_state(), [change])) == [
        Call(method="PUT", path=path, body={"floatingip": {"description": "b"}})
    ]


def test_address_network_and_name_make_another_one(ids: FakeIds) -> None:
    """What the file does not say is not compared."""
    spec = FloatingIpSpec(
        network="other",
        floating_ip_address="203.0.113.7",
        dns_name="www",
        dns_domain="example.org.",
        qos_policy=None,
    )
    state = _state(qos_policy_id="q-1", dns_name="ftp", dns_domain="example.org.")
    assert _compare(spec, state, ids) == [
        Difference(
            field="floating_network_id",
            have="network-public-id",
            want="network-other-id",
            in_place=False,
        ),
        Difference(
            field="floating_ip_address", have="203.0.113.9", want="203.0.113.7", in_place=False
        ),
        Difference(field="dns_name", have="ftp", want="www", in_place=False),
        Difference(field="qos_policy_id", have="q-1", want=None),
    ]


def test_a_cloud_that_publishes_no_names_keeps_none(ids: FakeIds) -> None:
    """Another floating IP would have none either."""
    spec = FloatingIpSpec(network="public", dns_name="www", dns_domain="example.org.")
    assert _compare(spec, _state(dns_name="", dns_domain=""), ids) == []


# --- what is around it ----------------------------------------------------------------------------


def test_it_names_what_it_leads_to(ids: FakeIds) -> None:
    """What is replaced there does not replace it; whole server and port tell the addresses."""
    assert KIND.declaration is not None
    network = Reference(
        kind="network", name="public", place=("network",), declared=False, whole=True
    )
    spec = FloatingIpSpec(network="public", server="alice", on="blue", qos_policy="slow")
    assert list(KIND.declaration.references(spec)) == [
        network,
        Reference(kind="server", name="alice", place=("server",), rebinds=True, complete=True),
        Reference(kind="network", name="blue", place=("on",), rebinds=True),
        Reference(
            kind="qos_policy", name="slow", place=("qos_policy",), declared=False, rebinds=True
        ),
    ]
    assert list(KIND.declaration.references(_ON_PORT)) == [
        network,
        Reference(kind="port", name="a", place=("port",), rebinds=True, complete=True),
    ]
    assert KIND.declaration.consumes(spec, ids) == {"network.floatingip": 1}


_LAB: dict[Address, Spec] = {
    Address("network", "blue"): NetworkSpec(),
    Address("subnet", "blue"): SubnetSpec(network="blue", cidr="10.0.0.0/24"),
    Address("subnet", "green"): SubnetSpec(network="green", cidr="10.0.1.0/24"),
    Address("port", "a"): PortSpec(network="blue"),
    Address("server", "alice"): ServerSpec(
        image="cirros", flavor="m1.tiny", networks=("green",), ports=("a",)
    ),
    Address("router", "hub"): RouterSpec(connects=("blue",), external_network="public"),
    Address("router", "inner"): RouterSpec(connects=("blue", "green")),
    Address("router_interface", "hub.blue"): RouterInterfaceSpec(router="hub", subnet="blue"),
    Address("router_interface", "inner.green"): RouterInterfaceSpec(router="inner", subnet="green"),
}


@pytest.mark.parametrize(
    ("spec", "awaited"),
    [
        (_FREE, []),
        (_ON_PORT, ["router_interface.hub.blue", "router.hub"]),
        (
            _ON_SERVER,
            ["router_interface.hub.blue", "router_interface.inner.green", "router.hub"],
        ),
        (
            FloatingIpSpec(network="public", server="alice", on="blue"),
            ["router_interface.hub.blue", "router.hub"],
        ),
        (FloatingIpSpec(network="other", port="a"), ["router_interface.hub.blue"]),
        (FloatingIpSpec(network="public", port="elsewhere"), []),
    ],
)
def test_it_waits_for_the_way_to_its_port(spec: FloatingIpSpec, awaited: list[str]) -> None:
    """The legs of routers where it leads, and the router with its gateway on its network."""
    assert KIND.declaration is not None
    assert [str(each) for each in KIND.declaration.waits(_WEB, spec, _LAB)] == awaited


def test_its_port_tells_the_leg_that_it_holds() -> None:
    """A router's leg, the router and the port cannot go before it."""
    state = _state(port_id="p-1", fixed_ip_address="10.0.0.5", router_id="r-1")
    assert KIND.derive is not None
    leg = PortState(
        id="p-2",
        network_id="network-blue-id",
        device_id="r-1",
        device_owner="network:router_interface",
        fixed_ips=(FixedIp(subnet_id="s-10.0.0.5", ip_address="10.0.0.1"),),
    )
    ports = [_port("p-1", "10.0.1.5", "10.0.0.5"), leg]
    (completed,) = KIND.derive({"floating_ip": [state], "port": ports})
    assert completed == msgspec.structs.replace(
        state, interface_id="r-1/s-10.0.0.5", is_one_of_several=True
    )
    assert KIND.declaration is not None
    needs = ["network-public-id", "p-1", "r-1/s-10.0.0.5", "r-1"]
    assert list(KIND.declaration.needs(completed)) == needs
    assert KIND.derive({"floating_ip": [state]}) == [state]
    assert list(KIND.declaration.needs(_state())) == ["network-public-id"]


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"server": "alice", "port": "a"}, ("port",), "give either a server or a port"),
        ({"on": "blue"}, ("on",), '"on" says on which network a server is meant'),
        (
            {"fixed_ip_address": "10.0.0.5"},
            ("fixed_ip_address",),
            "this is an address of a port, and neither a port nor a server is given",
        ),
        (
            {"port": "a", "fixed_ip_address": "fd00::5"},
            ("fixed_ip_address",),
            "fd00::5 is not an IPv4 address",
        ),
        ({"dns_name": "www"}, ("dns_name",), "dns_name and dns_domain go together"),
        ({"dns_domain": "a."}, ("dns_domain",), "dns_name and dns_domain go together"),
        (
            {"floating_ip_address": "203.0.113"},
            ("floating_ip_address",),
            '"203.0.113" is not an IP address',
        ),
    ],
)
def test_nonsense_is_seen_without_a_cloud(
    fields: dict[str, str], place: tuple[str, ...], message: str
) -> None:
    """With the field that is wrong."""
    assert KIND.declaration is not None
    spec = msgspec.convert({"network": "public", **fields}, FloatingIpSpec)
    assert list(KIND.declaration.faults(spec)) == [Fault(place=place, message=message)]


def test_what_only_the_cloud_knows_is_no_fault() -> None:
    """An address may be that of something else in the file."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_ON_PORT, fixed_ip_address="${port.a.address}")
    assert list(KIND.declaration.faults(spec)) == []


def test_two_on_one_address_are_seen_without_a_cloud() -> None:
    """As is a port of which it is open which address is meant, and a server that is elsewhere."""
    assert KIND.declaration is not None
    several = PortSpec(
        network="blue",
        fixed_ips=(
            FixedIpSpec(subnet="blue", ip_address="10.0.0.5"),
            FixedIpSpec(subnet="blue", ip_address="10.0.0.6"),
        ),
    )
    specs = {
        "one": _ON_PORT,
        "two": _ON_PORT,
        "open": FloatingIpSpec(network="public", port="b"),
        "wrong": FloatingIpSpec(network="public", port="b", fixed_ip_address="10.0.0.7"),
        "elsewhere": FloatingIpSpec(network="public", server="alice", on="red"),
    }
    declared = _LAB | {Address("floating_ip", name): spec for name, spec in specs.items()}
    found = KIND.declaration.faults_together({**declared, Address("port", "b"): several})
    assert [(address.name, fault) for address, fault in found] == [
        ("two", Fault(place=("port",), message="floating_ip.one leads to the same address")),
        (
            "open",
            Fault(
                place=("port",),
                message="port b has several IPv4 addresses, and this leads to one of them",
                hint="say which with fixed_ip_address",
            ),
        ),
        (
            "wrong",
            Fault(
                place=("fixed_ip_address",),
                message="port b has no address 10.0.0.7",
                hint="it has 10.0.0.5, 10.0.0.6",
            ),
        ),
        (
            "elsewhere",
            Fault(
                place=("on",),
                message="server alice is not on network red",
                hint="it is on blue, green",
            ),
        ),
    ]


def test_it_says_what_it_needs_of_the_cloud() -> None:
    """Extensions, and a right that members do not have."""
    assert KIND.declaration is not None
    spec = FloatingIpSpec(
        network="public", floating_ip_address="203.0.113.7", dns_name="www", qos_policy="slow"
    )
    assert list(KIND.declaration.requires(spec)) == [
        Requirement(place=("network",), extension="router"),
        Requirement(place=("floating_ip_address",), admin=True),
        Requirement(place=("dns_name",), extension="dns-integration"),
        Requirement(place=("qos_policy",), extension="qos-fip"),
    ]


# --- the other way round --------------------------------------------------------------------------


def test_it_is_adopted_with_its_port() -> None:
    """The person's own words stay, and so does where it leads."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    state = _state(description="words", port_id="p-1", fixed_ip_address="10.0.0.5")
    said = {
        "port_id": "p-1",
        "fixed_ip_address": "10.0.0.5",
        "description": f"words {_MARK}",
    }
    assert KIND.declaration.adopt(state, _MARK) == Call(
        method="PUT", path="/v2.0/floatingips/f-1", body={"floatingip": said}
    )


@pytest.mark.parametrize(
    ("fields", "entry"),
    [
        ({}, {}),
        ({"port_id": "port-a-id", "fixed_ip_address": "10.0.0.5"}, {"port": "a"}),
        (
            {
                "port_id": "port-a-id",
                "fixed_ip_address": "10.0.0.5",
                "is_one_of_several": True,
            },
            {"port": "a", "fixed_ip_address": "10.0.0.5"},
        ),
        (
            {
                "port_id": "p-1",
                "port_details": {
                    "device_id": "server-alice-id",
                    "network_id": "network-blue-id",
                },
            },
            {"server": "alice", "on": "blue"},
        ),
        ({"port_id": "p-1"}, {}),
        (
            {
                "description": f"words {_MARK}",
                "dns_name": "www",
                "qos_policy_id": "q-1",
            },
            {"description": "words", "dns_name": "www", "qos_policy": "q-1"},
        ),
    ],
)
def test_it_is_written_as_a_person_would(
    fields: dict[str, Any], entry: dict[str, Any], names: FakeNames
) -> None:
    """Without its address, which another project cannot have."""
    assert KIND.declaration is not None
    written = KIND.declaration.capture(_state(**fields), names)
    assert written == {"network": "public", **entry}
    msgspec.convert(written, FloatingIpSpec)


def test_its_address_can_be_asked_for() -> None:
    """By other resources, and by outputs."""
    assert KIND.declaration is not None
    values = {name: of(_state()) for name, of in KIND.declaration.attributes.items()}
    assert values == dict.fromkeys(("address", "floating_ip_address"), "203.0.113.9")


def test_a_picture_shows_it_where_it_leads() -> None:
    """On a port, on a server, or else on the network outside."""
    assert KIND.declaration is not None
    sketch = KIND.declaration.sketch
    chosen = msgspec.structs.replace(_FREE, floating_ip_address="203.0.113.7")
    parts = [part for spec in (chosen, _ON_PORT, _ON_SERVER) for part in sketch(_WEB, spec, {})]
    web = Badge(on="network.public", key="floating_ip.web", sort="floating_ip", label="203.0.113.7")
    assert parts == [
        web,
        msgspec.structs.replace(web, on="port.a", label="web"),
        msgspec.structs.replace(web, on="server.alice", label="web"),
    ]
    there = Badge(on="network-public-id", key="f-1", sort="floating_ip", label="203.0.113.9")
    assert list(KIND.sketch(_state())) == [there]
    state = _state(port_id="p-1", fixed_ip_address="10.0.0.5", status="ERROR")
    assert list(KIND.sketch(state)) == [
        msgspec.structs.replace(there, on="p-1", status="ERROR", details=("to 10.0.0.5",))
    ]
