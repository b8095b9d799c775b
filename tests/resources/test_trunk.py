# SPDX-License-Identifier: Apache-2.0
"""A trunk: what is said of it, what Neutron tells, and when it is usable."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Difference, Fault, Progress, Reference, Requirement, Spec
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge, Leg
from stackloom.resources.network.port import PortSpec, PortState
from stackloom.resources.network.trunk import (
    KIND,
    NewSubport,
    NewTrunk,
    SubportSpec,
    TrunkChange,
    TrunkSpec,
    TrunkState,
    trunks_on,
)


def test_subports_are_said_when_it_is_made_and_not_in_a_change() -> None:
    """Neutron refuses them in a PUT of the trunk; they have paths of their own."""
    subports = (NewSubport(port_id="p-2", segmentation_type="vlan", segmentation_id=7),)
    new = NewTrunk(port_id="p-1", name="t", sub_ports=subports)
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "trunk": {
            "port_id": "p-1",
            "name": "t",
            "sub_ports": ({"port_id": "p-2", "segmentation_type": "vlan", "segmentation_id": 7},),
        }
    }
    assert TrunkChange.__struct_fields__ == ("name", "description", "admin_state_up")


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("ACTIVE", Progress.READY),
        ("DOWN", Progress.READY),
        ("BUILD", Progress.WAITING),
        ("DEGRADED", Progress.FAILED),
        ("ERROR", Progress.FAILED),
    ],
)
def test_a_trunk_without_a_server_is_usable(status: str, progress: Progress) -> None:
    """It is DOWN until a server is there."""
    assert KIND.progress(TrunkState(id="t-1", status=status)) is progress


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {
        "id": "t-1",
        "name": "t",
        "description": "words",
        "port_id": "p-1",
        "status": "ACTIVE",
        "admin_state_up": False,
        "sub_ports": [{"port_id": "p-2", "segmentation_type": "vlan", "segmentation_id": 7}],
        "project_id": "project-1",
        "created_at": "2026-06-01T12:00:00Z",
        "updated_at": "2026-06-01T12:00:01Z",
        "tags": [],
    }
    state = msgspec.convert(answer, TrunkState)
    assert state.sub_ports[0].segmentation_id == 7
    assert [column.value(state) for column in (*KIND.columns, *KIND.long_columns)] == [
        *("t-1", "t", "p-1", "words", "ACTIVE", "DOWN"),
        *("2026-06-01T12:00:00Z", "2026-06-01T12:00:01Z"),
    ]


# --- in a scenario --------------------------------------------------------------------------------

_UP = Address("trunk", "up")
_MARK = Mark("s", _UP)
_SPEC = TrunkSpec(
    port="p",
    subports=(
        SubportSpec(port="b", segmentation_id=102),
        SubportSpec(port="a", segmentation_id=101),
    ),
)
_A = {"port_id": "port-a-id", "segmentation_type": "vlan", "segmentation_id": 101}
_B = {"port_id": "port-b-id", "segmentation_type": "vlan", "segmentation_id": 102}


def _state(*subports: dict[str, Any], **changes: Any) -> TrunkState:
    answer = {
        "id": "t-1",
        "name": "up",
        "description": str(_MARK),
        "port_id": "port-p-id",
        "status": "ACTIVE",
        "admin_state_up": True,
        "sub_ports": subports or (_B, _A),
        **changes,
    }
    return msgspec.convert(answer, TrunkState)


def _compare(spec: TrunkSpec, state: TrunkState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_UP, spec, state, _MARK, ids))


def _sent(spec: TrunkSpec, state: TrunkState, ids: FakeIds) -> list[tuple[str, object]]:
    """Return what is sent to bring *spec* about: the end of each path, and the body."""
    calls = KIND.update_calls(state, _compare(spec, state, ids))
    assert {call.method for call in calls} == {"PUT"}
    return [(call.path.removeprefix("/v2.0/trunks/t-1"), call.body) for call in calls]


def test_it_is_made_with_its_subports(ids: FakeIds) -> None:
    """In one request; in the order of their ids, for the file's means nothing."""
    body = {
        "port_id": "port-p-id",
        "name": "up",
        "description": str(_MARK),
        "admin_state_up": True,
        "sub_ports": [_A, _B],
    }
    assert KIND.create_call(_UP, _SPEC, _MARK, ids) == Call(
        method="POST", path="/v2.0/trunks", body={"trunk": body}
    )
    assert _compare(_SPEC, _state(), ids) == []


def test_another_parent_makes_another_trunk(ids: FakeIds) -> None:
    """Everything else is changed in place."""
    state = _state(_A, port_id="p-9", name="other")
    assert _compare(_SPEC, state, ids) == [
        Difference(field="port_id", have="p-9", want="port-p-id", in_place=False),
        Difference(field="name", have="other", want="up"),
        Difference(field="sub_ports", have=[_A], want=[_A, _B]),
    ]


def test_subports_leave_before_others_come(ids: FakeIds) -> None:
    """A number is free again before it is taken; what stays is not touched."""
    taken = {**_B, "port_id": "p-9"}
    assert _sent(_SPEC, _state(_A, taken, name="other"), ids) == [
        ("", {"trunk": {"name": "up"}}),
        ("/remove_subports", {"sub_ports": [{"port_id": "p-9"}]}),
        ("/add_subports", {"sub_ports": [_B]}),
    ]
    renumbered = {**_A, "segmentation_id": 7}
    assert _sent(_SPEC, _state(renumbered, _B), ids) == [
        ("/remove_subports", {"sub_ports": [{"port_id": "port-a-id"}]}),
        ("/add_subports", {"sub_ports": [_A]}),
    ]


def test_one_that_inherits_is_right_with_what_its_network_has(ids: FakeIds) -> None:
    """Neutron tells what it has inherited, not that it did."""
    subport = SubportSpec(port="a", segmentation_type="inherit")
    spec = TrunkSpec(port="p", subports=(subport,))
    inherits = {"port_id": "port-a-id", "segmentation_type": "inherit"}
    assert _compare(spec, _state(_A), ids) == []
    assert _sent(spec, _state(_B), ids) == [
        ("/remove_subports", {"sub_ports": [{"port_id": "port-b-id"}]}),
        ("/add_subports", {"sub_ports": [inherits]}),
    ]
    assert _sent(spec, _state(_A, _B), ids) == [
        ("/remove_subports", {"sub_ports": [{"port_id": "port-b-id"}]}),
    ]


def test_one_that_is_down_is_up_while_subports_change(ids: FakeIds) -> None:
    """Neutron refuses otherwise; it goes down last, and comes up first."""
    replace = msgspec.structs.replace
    down, up = ({"trunk": {"admin_state_up": each}} for each in (False, True))
    add = ("/add_subports", {"sub_ports": [_B]})
    off = replace(_SPEC, admin_state_up=False)
    assert _sent(_SPEC, _state(_A, admin_state_up=False), ids) == [("", up), add]
    assert _sent(off, _state(_A), ids) == [add, ("", down)]
    assert _sent(off, _state(_A, admin_state_up=False), ids) == [("", up), add, ("", down)]
    assert _sent(off, _state(), ids) == [("", down)]


def test_one_that_is_down_is_up_before_it_is_deleted() -> None:
    """409 ``TrunkDisabled`` otherwise."""
    path = "/v2.0/trunks/t-1"
    delete = Call(method="DELETE", path=path)
    assert KIND.delete_calls(_state()) == [delete]
    assert KIND.delete_calls(_state(admin_state_up=False)) == [
        Call(method="PUT", path=path, body={"trunk": {"admin_state_up": True}}),
        delete,
    ]


# --- what is around it ----------------------------------------------------------------------------


def test_it_holds_its_ports() -> None:
    """A replaced parent replaces it, a replaced subport is taken out and put in."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(_SPEC)) == [
        Reference(kind="port", name="p", place=("port",)),
        Reference(kind="port", name="b", place=("subports", 0, "port"), rebinds=True),
        Reference(kind="port", name="a", place=("subports", 1, "port"), rebinds=True),
    ]
    assert KIND.declaration.needs(_state()) == ["port-p-id", "port-b-id", "port-a-id"]
    assert list(KIND.declaration.requires(_SPEC)) == [Requirement(place=(), extension="trunk")]


def test_a_server_waits_for_the_trunks_on_its_ports() -> None:
    """Of its ports, those that are a parent."""
    declared: dict[Address, Spec] = {_UP: _SPEC, Address("port", "p"): PortSpec(network="blue")}
    assert list(trunks_on(("x", "p", "a"), declared)) == [_UP]
    assert list(trunks_on(("p",), {})) == []


@pytest.mark.parametrize(
    ("subport", "place", "message"),
    [
        (
            SubportSpec(port="p", segmentation_id=5),
            ("port",),
            "port p is in this trunk already",
        ),
        (
            SubportSpec(port="c", segmentation_id=4095),
            ("segmentation_id",),
            "numbers of VLANs go from 1 to 4094",
        ),
        (
            SubportSpec(port="c", segmentation_id=5, segmentation_type="inherit"),
            ("segmentation_id",),
            "a number of its own, and inherited from its network: not both",
        ),
    ],
)
def test_nonsense_is_seen_without_a_cloud(
    subport: SubportSpec, place: tuple[str, ...], message: str
) -> None:
    """With its place in the list."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_SPEC, subports=(*_SPEC.subports, subport))
    assert list(KIND.declaration.faults(spec)) == [
        Fault(place=("subports", 2, *place), message=message)
    ]


def test_numbers_that_are_missing_or_given_twice_are_seen() -> None:
    """Both places are told."""
    assert KIND.declaration is not None
    twice = SubportSpec(port="c", segmentation_id=101)
    spec = msgspec.structs.replace(_SPEC, subports=(*_SPEC.subports, twice, SubportSpec(port="d")))
    message = "the number 101 is given more than once"
    assert list(KIND.declaration.faults(spec)) == [
        Fault(place=("subports", 1, "segmentation_id"), message=message),
        Fault(place=("subports", 2, "segmentation_id"), message=message),
        Fault(
            place=("subports", 3),
            message='"segmentation_id" is missing',
            hint="or segmentation_type: inherit",
        ),
    ]


def test_a_port_in_two_trunks_is_seen() -> None:
    """Whether as parent or as subport."""
    assert KIND.declaration is not None
    other = Address("trunk", "other")
    declared = {_UP: _SPEC, other: TrunkSpec(port="a")}
    assert list(KIND.declaration.faults_together(declared)) == [
        (other, Fault(place=("port",), message="port a is in trunk.up already"))
    ]


# --- the other way round --------------------------------------------------------------------------


def test_it_is_adopted_by_its_description() -> None:
    """The person's own words stay."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    assert KIND.declaration.adopt(_state(description="words"), _MARK) == Call(
        method="PUT",
        path="/v2.0/trunks/t-1",
        body={"trunk": {"description": f"words {_MARK}"}},
    )


def test_it_is_written_as_a_person_would(names: FakeNames) -> None:
    """Subports with their numbers, what is usual left out."""
    assert KIND.declaration is not None
    capture = KIND.declaration.capture
    entry = {
        "port": "p",
        "subports": [
            {"port": "a", "segmentation_id": 101},
            {"port": "b", "segmentation_id": 102},
        ],
    }
    assert capture(_state(), names) == entry
    tunnel = {**_A, "segmentation_type": "geneve"}
    assert capture(_state(tunnel, description="words", admin_state_up=False), names) == {
        "port": "p",
        "subports": [{"port": "a", "segmentation_type": "inherit"}],
        "description": "words",
        "admin_state_up": False,
    }
    alone = msgspec.structs.replace(_state(), sub_ports=())
    assert capture(alone, names) == {"port": "p"}


def test_a_picture_shows_where_its_subports_lead() -> None:
    """As legs of whoever has the parent, on the networks of their ports."""
    port = PortState(id="port-a-id", network_id="n-1")
    assert KIND.derive is not None
    (state,) = KIND.derive({"trunk": [_state()], "port": [port]})
    badge = Badge(on="port-p-id", key="t-1", sort="trunk", label="up")
    assert list(KIND.sketch(state)) == [
        badge,
        Leg(box="port-p-id", bar="n-1", key="port-a-id", note="vlan 101"),
    ]
    assert list(KIND.sketch(_state(status="DEGRADED"))) == [
        msgspec.structs.replace(badge, status="DEGRADED")
    ]
    assert KIND.declaration is not None
    declared = {Address("port", "a"): PortSpec(network="blue")}
    assert list(KIND.declaration.sketch(_UP, _SPEC, declared)) == [
        Badge(on="port.p", key="trunk.up", sort="trunk", label="up"),
        Leg(box="port.p", bar="network.blue", key="port.a", note="vlan 101"),
    ]
