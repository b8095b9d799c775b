# SPDX-License-Identifier: Apache-2.0
"""A server: its places come from Neutron's ports, its mark from its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Difference, Fault, Progress, Reference, Spec
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge, Box, Leg
from stackloom.resources.compute._server_nics import Nic
from stackloom.resources.compute._server_spec import ServerSpec
from stackloom.resources.compute.server import KIND, NewServer, ServerChange, ServerState
from stackloom.resources.compute.server_group import ServerGroupState
from stackloom.resources.network._fixed_ips import FixedIp, FixedIpSpec
from stackloom.resources.network.port import PortSpec, PortState

_ALICE = Address("server", "alice")
_MARK = Mark("s", _ALICE)
_SPEC = ServerSpec(image="cirros", flavor="m1.tiny", networks=("blue",))
_BLUE_NIC = Nic(
    port_id="p-1",
    network_id="network-blue-id",
    subnet_ids=("s-1",),
    ip_addresses=("10.0.0.5",),
)


def _state(**changes: Any) -> ServerState:
    """Read a server as Nova answers it, with its place on blue."""
    answer = {
        "id": "v-1",
        "name": "alice",
        "status": "ACTIVE",
        "description": None,
        "flavor": {"original_name": "m1.tiny", "vcpus": 1, "ram": 512, "disk": 1},
        "image": {"id": "image-cirros-id", "links": []},
        "addresses": {"blue": [{"addr": "10.0.0.5", "version": 4}]},
        "metadata": {"stackloom": "stackloom://s/server.alice"},
        "key_name": None,
        **{name: value for name, value in changes.items() if name != "nics"},
    }
    state = msgspec.convert(answer, ServerState)
    return msgspec.structs.replace(state, nics=changes.get("nics", (_BLUE_NIC,)))


def _compare(spec: ServerSpec, state: ServerState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_ALICE, spec, state, _MARK, ids))


# --- making ---------------------------------------------------------------------------------------


def test_a_server_is_made_with_its_mark(ids: FakeIds) -> None:
    """Image, flavor and networks by id; the mark is in the metadata from the first moment."""
    assert KIND.create_call(_ALICE, _SPEC, _MARK, ids) == Call(
        method="POST",
        path="/v2.1/servers",
        body={
            "server": {
                "name": "alice",
                "imageRef": "image-cirros-id",
                "flavorRef": "flavor-m1.tiny-id",
                "networks": [{"uuid": "network-blue-id"}],
                "metadata": {"stackloom": "stackloom://s/server.alice"},
            }
        },
    )


def test_ports_come_after_networks(ids: FakeIds) -> None:
    """The order of places is the order of network cards."""
    spec = ServerSpec(
        image="cirros",
        flavor="m1.tiny",
        networks=("blue",),
        ports=("a", "b"),
        key_name="mine",
        metadata={"role": "web"},
    )
    body = KIND.create_call(_ALICE, spec, _MARK, ids).body
    assert isinstance(body, Mapping)
    assert body["server"] == {
        "name": "alice",
        "imageRef": "image-cirros-id",
        "flavorRef": "flavor-m1.tiny-id",
        "networks": [
            {"uuid": "network-blue-id"},
            {"port": "port-a-id"},
            {"port": "port-b-id"},
        ],
        "metadata": {"role": "web", "stackloom": "stackloom://s/server.alice"},
        "key_name": "mine",
    }


def test_a_server_without_a_place_says_none(ids: FakeIds) -> None:
    """Since microversion 2.37 Nova has to be told; it would not choose a network by itself."""
    spec = ServerSpec(image="cirros", flavor="m1.tiny")
    body = KIND.create_call(_ALICE, spec, _MARK, ids).body
    assert isinstance(body, Mapping)
    assert body["server"]["networks"] == "none"


def test_the_answer_tells_no_more_than_the_id(ids: FakeIds) -> None:
    """A 202 is a promise; the state is awaited."""
    call = KIND.create_call(_ALICE, _SPEC, _MARK, ids)
    made = KIND.made({"server": {"id": "v-1", "links": [], "adminPass": "x"}}, call)
    assert made == ServerState(id="v-1")
    assert KIND.progress(made) is Progress.WAITING


# --- comparing ------------------------------------------------------------------------------------


def test_a_server_as_asked_for_has_no_differences(ids: FakeIds) -> None:
    """More metadata, a key that nobody asked for and any status but ERROR are fine."""
    metadata = {"stackloom": str(_MARK), "more": "x"}
    state = _state(status="SHUTOFF", key_name="other", metadata=metadata)
    assert _compare(_SPEC, state, ids) == []


@pytest.mark.parametrize(
    ("spec", "changes", "difference"),
    [
        (
            _SPEC,
            {"image": {"id": "another"}},
            Difference(field="image", have="another", want="image-cirros-id", in_place=False),
        ),
        (
            _SPEC,
            {"image": ""},
            Difference(field="image", have="", want="image-cirros-id", in_place=False),
        ),
        (
            _SPEC,
            {"flavor": {"original_name": "m1.small"}},
            Difference(
                field="flavor", have="m1.small", want="m1.tiny", want_id="flavor-m1.tiny-id"
            ),
        ),
        (
            msgspec.structs.replace(_SPEC, key_name="mine"),
            {},
            Difference(field="key_name", have="", want="mine", in_place=False),
        ),
        (_SPEC, {"name": "old"}, Difference(field="name", have="old", want="alice")),
        (
            msgspec.structs.replace(_SPEC, metadata={"role": "web", "same": "1"}),
            {"metadata": {"stackloom": str(_MARK), "same": "1", "role": "db"}},
            Difference(
                field="metadata",
                have={"stackloom": str(_MARK), "same": "1", "role": "db"},
                want={"stackloom": str(_MARK), "same": "1", "role": "web"},
            ),
        ),
        (
            _SPEC,
            {"metadata": {}},
            Difference(field="metadata", have={}, want={"stackloom": str(_MARK)}),
        ),
        (
            _SPEC,
            {"status": "ERROR"},
            Difference(field="status", have="ERROR", want="ACTIVE", in_place=False),
        ),
        (
            _SPEC,
            {"status": "ERROR", "fault": {"message": "No valid host", "code": 500}},
            Difference(field="status", have="ERROR No valid host", want="ACTIVE", in_place=False),
        ),
        (
            _SPEC,
            {"nics": ()},
            Difference(field="networks", have=[], want=[{"network": "network-blue-id"}]),
        ),
        (
            msgspec.structs.replace(_SPEC, networks=()),
            {},
            Difference(
                field="networks", have=[{"network": "network-blue-id", "port": "p-1"}], want=[]
            ),
        ),
        (
            msgspec.structs.replace(_SPEC, ports=("a",)),
            {},
            Difference(field="ports", have=[], want=["port-a-id"]),
        ),
    ],
)
def test_a_difference_is_told_with_whether_it_can_be_changed(
    spec: ServerSpec, changes: Mapping[str, Any], difference: Difference, ids: FakeIds
) -> None:
    """What Nova can change changes in place; for all else a new server is made."""
    assert _compare(spec, _state(**changes), ids) == [difference]


def test_a_port_of_the_scenario_is_no_network(ids: FakeIds) -> None:
    """A place by port counts as that port, whatever network it is on; order is not told by Nova."""
    port_nic = Nic(port_id="port-a-id", network_id="network-green-id")
    spec = msgspec.structs.replace(_SPEC, ports=("a",))
    assert _compare(spec, _state(nics=(port_nic, _BLUE_NIC)), ids) == []


def test_a_server_that_is_being_built_has_not_all_its_places_yet(ids: FakeIds) -> None:
    """A second apply during the build waits for it instead of replacing it."""
    assert _compare(_SPEC, _state(status="BUILD", nics=()), ids) == []


# --- changing -------------------------------------------------------------------------------------


def test_a_name_goes_by_put_and_metadata_by_post() -> None:
    """Metadata has an address of its own; only what differs is sent, and what is ours stays."""
    name = Difference(field="name", have="old", want="alice")
    metadata = Difference(field="metadata", have={}, want={"a": "1", "same": "2"})
    put = Call(method="PUT", path="/v2.1/servers/v-1", body={"server": {"name": "alice"}})
    post = Call(method="POST", path="/v2.1/servers/v-1/metadata", body={"metadata": {"a": "1"}})
    take = Call(method="DELETE", path="/v2.1/servers/v-1/metadata/o%2Fld")
    state = _state(metadata={"stackloom": str(_MARK), "same": "2", "o/ld": "3"})
    assert KIND.update_calls(state, [metadata, name]) == [put, post, take]
    assert KIND.update_calls(_state(), [name]) == [put]


# --- knowing it again -----------------------------------------------------------------------------


def test_its_places_are_its_ports() -> None:
    """Neutron's ports tell network, subnets and addresses by id; others' ports are passed over."""
    ports = [
        PortState(
            id="p-1",
            network_id="network-blue-id",
            device_id="v-1",
            fixed_ips=(FixedIp(subnet_id="s-1", ip_address="10.0.0.5"),),
        ),
        PortState(id="p-9", network_id="n-9", device_id="another"),
    ]
    assert KIND.derive is not None
    servers = [_state(nics=()), ServerState(id="v-2")]
    assert KIND.derive({"server": servers, "port": ports}) == [_state(), ServerState(id="v-2")]
    assert KIND.derive({}) == []


def test_its_places_tell_of_routers_and_trunks() -> None:
    """A floating IP goes to a place that a router serves; a trunk leaves after the server."""
    ports = [
        PortState(
            id="p-1",
            network_id="network-blue-id",
            device_id="v-1",
            fixed_ips=(FixedIp(subnet_id="s-1", ip_address="10.0.0.5"),),
            trunk_details={"trunk_id": "t-1", "sub_ports": []},
        ),
        PortState(
            id="p-2",
            network_id="network-blue-id",
            device_id="r-1",
            device_owner="network:router_interface",
            fixed_ips=(FixedIp(subnet_id="s-1", ip_address="10.0.0.1"),),
        ),
    ]
    assert KIND.derive is not None
    (server,) = KIND.derive({"server": [_state(nics=())], "port": ports})
    assert server.nics == (msgspec.structs.replace(_BLUE_NIC, router_ids=("r-1",), trunk_id="t-1"),)
    assert KIND.declaration is not None
    assert list(KIND.declaration.needs(server)) == [
        "p-1",
        "network-blue-id",
        "s-1",
        "t-1",
        "image-cirros-id",
    ]


def test_its_groups_are_those_that_name_it() -> None:
    """Nova's lists of servers do not tell them; without a list of groups nothing is known."""
    assert KIND.derive is not None
    group = ServerGroupState(id="g-1", members=("v-1", "gone"))
    servers = [_state(nics=()), ServerState(id="v-2")]
    states = KIND.derive({"server": servers, "server_group": [group]})
    assert [state.server_groups for state in states] == [("g-1",), ()]
    assert [state.server_groups for state in KIND.derive({"server": servers})] == [None, None]


def test_its_mark_is_in_its_metadata() -> None:
    """A server without our key is not ours."""
    assert KIND.mark(_state(), {}) == _MARK
    assert KIND.mark(_state(metadata={"other": str(_MARK)}), {}) is None


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("BUILD", Progress.WAITING),
        ("UNKNOWN", Progress.WAITING),
        ("ERROR", Progress.FAILED),
        ("ACTIVE", Progress.READY),
        ("SHUTOFF", Progress.READY),
        ("PAUSED", Progress.READY),
    ],
)
def test_a_status_tells_how_far_it_is(status: str, progress: Progress) -> None:
    """A server that somebody has stopped is as usable as they want it."""
    assert KIND.progress(_state(status=status)) is progress


def test_a_failure_is_told_in_novas_words() -> None:
    """The fault's message, or nothing."""
    assert KIND.failure(_state(fault={"message": "No valid host was found."})) == (
        "No valid host was found."
    )
    assert KIND.failure(_state()) == ""


def test_it_goes_before_its_ports_and_networks() -> None:
    """What it stands on can be taken away only after it, and its DELETE takes a while."""
    assert KIND.declaration is not None
    volumes = {"os-extended-volumes:volumes_attached": [{"id": "d-1"}]}
    assert list(KIND.declaration.needs(_state(**volumes))) == [
        "p-1",
        "network-blue-id",
        "s-1",
        "d-1",
        "image-cirros-id",
    ]
    assert KIND.leaves_late


# --- in a scenario --------------------------------------------------------------------------------


def test_it_names_what_it_is_made_of() -> None:
    """Image and flavor are the cloud's, ports and networks with all their subnets our own."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_SPEC, ports=("a",))
    assert list(KIND.declaration.references(spec)) == [
        Reference(kind="image", name="cirros", place=("image",), declared=False, whole=True),
        Reference(kind="flavor", name="m1.tiny", place=("flavor",), declared=False),
        Reference(kind="network", name="blue", place=("networks", 0), whole=True),
        Reference(kind="port", name="a", place=("ports", 0), rebinds=True),
    ]


def test_the_key_of_the_mark_is_taken() -> None:
    """A person's own metadata may not hide the mark."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_SPEC, metadata={"stackloom": "mine"})
    assert list(KIND.declaration.faults(_SPEC)) == []
    assert list(KIND.declaration.faults(spec)) == [
        Fault(
            place=("metadata", "stackloom"),
            message='the metadata key "stackloom" is where stackloom keeps its mark',
            hint="choose another key",
        )
    ]


def test_it_is_drawn_as_a_box_with_legs() -> None:
    """One leg for each place, with the addresses that are known."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_SPEC, ports=("a", "undeclared"))
    fixed = (FixedIpSpec(subnet="g", ip_address="10.1.0.7"), FixedIpSpec(subnet="g"))
    declared: dict[Address, Spec] = {
        Address("port", "a"): PortSpec(network="green", fixed_ips=fixed)
    }
    assert list(KIND.declaration.sketch(_ALICE, spec, declared)) == [
        Box(
            key="server.alice",
            sort="server",
            label="alice",
            note="m1.tiny",
            details=("image cirros",),
        ),
        Leg(box="server.alice", bar="network.blue"),
        Leg(box="server.alice", bar="network.green", note="10.1.0.7", key="port.a"),
    ]
    assert list(KIND.sketch(_state())) == [
        Box(key="v-1", sort="server", label="alice", note="m1.tiny", status="ACTIVE"),
        Leg(box="v-1", bar="network-blue-id", note="10.0.0.5", key="p-1"),
    ]
    with_more = _state(
        nics=(msgspec.structs.replace(_BLUE_NIC, security_group_ids=("g-1",)),),
        key_name="mine",
        **{"os-extended-volumes:volumes_attached": [{"id": "volume-1"}]},
    )
    assert list(KIND.sketch(with_more)) == [
        Box(
            key="v-1",
            sort="server",
            label="alice",
            note="m1.tiny",
            status="ACTIVE",
        ),
        Leg(box="v-1", bar="network-blue-id", note="10.0.0.5", key="p-1"),
        Badge(on="p-1", key="g-1", sort="security_group"),
        Badge(on="v-1", key="volume-1", sort="volume"),
        Badge(on="v-1", key="mine", sort="keypair", label="mine"),
    ]
    assert list(KIND.sketch(ServerState(id="v-2"))) == [Box(key="v-2", sort="server", label="v-2")]


def test_a_list_shows_what_it_is_made_of() -> None:
    """Id, name, status, addresses by network, image and flavor."""
    assert [column.value(_state()) for column in KIND.columns] == [
        "v-1",
        "alice",
        "ACTIVE",
        {"blue": ["10.0.0.5"]},
        "image-cirros-id",
        "m1.tiny",
    ]


# --- as people make one ---------------------------------------------------------------------------


def test_hints_stand_beside_the_server() -> None:
    """Nova takes them outside of the object, and the rest by its own names."""
    new = NewServer(
        name="web",
        flavor_id="f-1",
        image_id="i-1",
        networks=[{"uuid": "n-1", "fixed_ip": "10.0.0.7"}],
        scheduler_hints={"group": "g-1"},
    )
    assert KIND.wrap(new) == {
        "server": {
            "name": "web",
            "flavorRef": "f-1",
            "imageRef": "i-1",
            "networks": [{"uuid": "n-1", "fixed_ip": "10.0.0.7"}],
        },
        "os:scheduler_hints": {"group": "g-1"},
    }


def test_without_a_word_of_networks_nova_chooses() -> None:
    """From 2.37 on something has to be said of them."""
    assert KIND.wrap(NewServer(name="web", flavor_id="f-1")) == {
        "server": {"name": "web", "flavorRef": "f-1", "networks": "auto"}
    }


def test_a_description_can_be_taken_away() -> None:
    """``None`` is sent as ``null``; what is not said is not sent."""
    assert KIND.wrap(ServerChange(description=None)) == {"server": {"description": None}}


def test_a_name_is_looked_for_exactly() -> None:
    """Nova takes an expression, in which a dot means any letter."""
    assert KIND.name_pattern("web.1") == r"^web\.1$"


def test_a_long_list_shows_what_novas_newer_answers_have() -> None:
    """States in words, where it is, and whose."""
    answer = {
        "OS-EXT-STS:task_state": None,
        "OS-EXT-STS:power_state": 4,
        "OS-EXT-AZ:availability_zone": "nova",
        "created": "2026-11-24T07:30:16Z",
        "tenant_id": "p-1",
        "user_id": "u-1",
        "tags": ["t1"],
        "security_groups": [{"name": "default"}],
        "os-extended-volumes:volumes_attached": [{"id": "d-1", "delete_on_termination": True}],
    }
    state = _state(**answer)
    assert [column.value(state) for column in KIND.long_columns] == [
        *(None, "Shutdown", "nova", None, {"stackloom": "stackloom://s/server.alice"}),
        *("2026-11-24T07:30:16Z", "p-1", "u-1", ["t1"]),
    ]
    assert [volume.id for volume in state.volumes] == ["d-1"]
