# SPDX-License-Identifier: Apache-2.0
"""A kind's defaults: one PUT, one DELETE, no lane; and what a declaration may say instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import (
    Call,
    Declaration,
    Difference,
    Kind,
    Progress,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark

_ADDRESS = Address("bed", "east")
_MARK = Mark("garden", _ADDRESS)
_STATE = State(id="b-1", name="east", description=str(_MARK))
_CHANGE = Difference(field="size", have=1, want=2)
_PUT = Call(method="PUT", path="/special")


def _create(address: Address, _spec: Spec, mark: Mark, _ids: object) -> Call:
    return Call(method="POST", path="/beds", body={"name": address.name, "mark": str(mark)})


def _made(answer: Mapping[str, Any], call: Call) -> State:
    return State(id=f"{call.path}/{answer['number']}")


_PLAIN = Kind(
    name="bed",
    plural="beds",
    service="garden",
    path="/beds",
    state=State,
    declaration=Declaration(spec=Spec, create=_create, compare=lambda *_: ()),
)
_SPECIAL = Kind(
    name="bed",
    plural="beds",
    service="garden",
    path="/beds",
    list_path="/beds/detail",
    state=State,
    declaration=Declaration(
        spec=Spec,
        create=_create,
        compare=lambda *_: (),
        made=_made,
        update=lambda _state, _changes: [_PUT],
        delete=lambda _state: _PUT,
        lane=lambda _spec: "by spec",
        delete_lane=lambda state: f"by {state.id}",
    ),
)


def test_by_default_a_change_is_one_put() -> None:
    """All fields that differ go out together."""
    changes = [_CHANGE, Difference(field="soil", have="clay", want=None)]
    assert _PLAIN.update_calls(_STATE, changes) == [
        Call(method="PUT", path="/beds/b-1", body={"bed": {"size": 2, "soil": None}})
    ]
    assert _SPECIAL.update_calls(_STATE, changes) == [_PUT]


def test_by_default_it_is_deleted_by_its_id() -> None:
    """One DELETE takes it away."""
    assert _PLAIN.delete_calls(_STATE) == [Call(method="DELETE", path="/beds/b-1")]
    assert _SPECIAL.delete_calls(_STATE) == [_PUT]


def test_by_default_the_state_stands_under_the_kinds_name() -> None:
    """The answer to a create is read as the API usually words it."""
    call = _PLAIN.create_call(_ADDRESS, Spec(), _MARK, FakeIds())
    assert call == Call(
        method="POST", path="/beds", body={"name": "east", "mark": "stackloom://garden/bed.east"}
    )
    assert _PLAIN.made({"bed": {"id": "b-2", "more": 1}}, call) == State(id="b-2")
    assert _SPECIAL.made({"number": 7}, call) == State(id="/beds/7")


def test_a_lane_is_told_by_spec_or_state() -> None:
    """What is made has the lane of its spec, what is taken away that of its state."""
    assert _PLAIN.lane(Spec(), None) == ""
    assert _PLAIN.lane(None, _STATE) == ""
    assert _SPECIAL.lane(Spec(), _STATE) == "by spec"
    assert _SPECIAL.lane(None, _STATE) == "by b-1"
    assert _SPECIAL.lane(None, None) == ""


def test_a_list_may_lie_elsewhere() -> None:
    """Whole states are listed at ``list_path`` where there is one."""
    assert (_PLAIN.listed_at, _SPECIAL.listed_at) == ("/beds", "/beds/detail")


@pytest.mark.parametrize(
    ("id", "path"),
    [("b-1", "/beds/b-1"), ("a b/c?d", "/beds/a%20b%2Fc%3Fd"), ("ä", "/beds/%C3%A4")],
)
def test_a_name_in_a_path_stays_one_word(id: str, path: str) -> None:
    """What a person typed cannot lead to another path."""
    assert _PLAIN.member_path(id) == path


def test_by_default_a_kind_is_ready_and_marked_in_its_description() -> None:
    """Most kinds are usable at once, tell no failure, and stand in no picture."""
    assert _PLAIN.progress(_STATE) is Progress.READY
    assert _PLAIN.failure(_STATE) == ""
    assert _PLAIN.mark(_STATE, {}) == _MARK
    assert _PLAIN.mark(State(id="b-2", description=None), {}) is None
    assert tuple(_PLAIN.sketch(_STATE)) == ()


def test_by_default_a_spec_names_nothing() -> None:
    """A declaration without further words references, brings, needs and draws nothing."""
    declaration = _PLAIN.declaration
    assert declaration is not None
    assert tuple(declaration.references(Spec())) == ()
    assert tuple(declaration.faults(Spec())) == ()
    assert tuple(declaration.expand(_ADDRESS, Spec(), {})) == ()
    assert tuple(declaration.needs(_STATE)) == ()
    assert tuple(declaration.sketch(_ADDRESS, Spec(), {})) == ()


def test_a_kind_that_is_only_looked_up_cannot_be_made() -> None:
    """Asking for it is a mistake of ours."""
    kind = Kind(name="tool", plural="tools", service="garden", path="/tools", state=State)
    with pytest.raises(AssertionError, match="tool cannot stand in a scenario"):
        kind.delete_calls(_STATE)


def test_a_reference_has_the_address_of_what_it_names() -> None:
    """Inside the scenario a reference leads to an address."""
    assert Reference(kind="bed", name="east").address == _ADDRESS


def test_what_was_not_asked_for_is_no_difference() -> None:
    """Equal values and those left to the cloud are passed over; None is a value."""
    found = differences(
        [
            ("same", 1, 1, True),
            ("left", 1, msgspec.UNSET, True),
            ("changed", 1, 2, True),
            ("fixed", 1, None, False),
        ]
    )
    assert list(found) == [
        Difference(field="changed", have=1, want=2, in_place=True),
        Difference(field="fixed", have=1, want=None, in_place=False),
    ]


def test_specs_refuse_what_they_do_not_know_and_states_pass_it_over() -> None:
    """A mistyped key is told; a cloud that tells more than before is not."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"nmae": "x"}, Spec)
    assert msgspec.convert({"id": "1", "newer": True}, State) == State(id="1")
