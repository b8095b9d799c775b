# SPDX-License-Identifier: Apache-2.0
"""A plan in a file: what it holds, and when it no longer fits."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest
from tests.fakes.toy_kinds import BedSpec, BedState

from stackloom.cloud.kind import Difference
from stackloom.cloud.mark import Address
from stackloom.errors import UsageError
from stackloom.scenario.plan import Action, Plan, Step, StepKey
from stackloom.scenario.saved_plan import (
    FORMAT,
    SavedPlan,
    is_saved_plan,
    moved,
    plan_document,
    read_saved_plan,
)

NORTH = Step(
    address=Address("bed", "north"),
    action=Action.UPDATE,
    spec=BedSpec(size=2),
    state=BedState(id="bed-1"),
    differences=(Difference(field="size", have=1, want=2),),
)
SOUTH = Step(address=Address("bed", "south"), action=Action.CREATE, spec=BedSpec())
PLAN = Plan(scenario="garden", steps=(NORTH, SOUTH))
SAVED = SavedPlan(
    stackloom_plan=FORMAT,
    cloud="http://cloud/v3 project-1",
    file="garden.yaml",
    folder="/home/anna",
    files={"garden.yaml": "scenario: garden\n"},
    variables={"size": 2},
    plan=plan_document(PLAN),
)


def test_what_is_saved_is_read_again() -> None:
    """Whole, and told apart from a scenario, which may be JSON as well."""
    text = json.dumps(msgspec.to_builtins(SAVED))
    assert is_saved_plan(text)
    assert read_saved_plan(text, "p.json") == SAVED
    assert not is_saved_plan('{"scenario": "garden"}')
    assert not is_saved_plan("scenario: garden\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "p.json is no saved plan: Input data was truncated"),
        ('{"stackloom_plan": 1}', "p.json is no saved plan: Object missing required field `cloud`"),
        (
            json.dumps({**msgspec.to_builtins(SAVED), "stackloom_plan": 9}),
            "p.json was saved in format 9, and this reads 1",
        ),
    ],
)
def test_what_is_no_saved_plan_is_told(text: str, message: str) -> None:
    """With what to do about it."""
    with pytest.raises(UsageError) as caught:
        read_saved_plan(text, "p.json")
    assert (str(caught.value), caught.value.hint) == (
        message,
        "make a new one: stackloom plan FILE -o PLAN",
    )


def test_a_plan_has_moved_where_something_else_would_be_done() -> None:
    """Another value, another object, one step more or less; the order alone does not count."""
    saved = plan_document(PLAN)

    def moved_to(*steps: Step) -> list[str]:
        return moved(saved, plan_document(Plan(scenario="garden", steps=steps)))

    assert moved_to(SOUTH, NORTH) == []
    assert moved_to(NORTH) == ["bed.south"]
    assert moved_to(replace(NORTH, state=BedState(id="bed-9")), SOUTH) == ["bed.north"]
    other = (Difference(field="size", have=5, want=2),)
    assert moved_to(replace(NORTH, differences=other), SOUTH) == ["bed.north"]
    deleted = Step(address=SOUTH.address, action=Action.DELETE, state=BedState(id="bed-2"))
    assert moved_to(NORTH, SOUTH, deleted) == ["bed.south"]


def test_a_step_tells_everything_as_plain_values() -> None:
    """So that it can be written down as JSON, and what has been said before is not lost."""
    leaving = Step(
        address=Address("plant", "pea"),
        action=Action.DELETE,
        state=BedState(id="plant-1"),
        needs=frozenset({StepKey(NORTH.address, deletes=True)}),
        leaves_with=StepKey(NORTH.address, deletes=True),
        blocked_by=('plant "weed" (plant-9)',),
    )
    document = plan_document(Plan(scenario="garden", steps=(leaving,)))
    assert document["steps"] == [
        {
            "address": "plant.pea",
            "action": "delete",
            "replaces": False,
            "because": None,
            "id": "plant-1",
            "differences": [],
            "needs": ["bed.north"],
            "after_deletes": False,
            "leaves_with": "bed.north",
            "blocked_by": ['plant "weed" (plant-9)'],
        }
    ]
