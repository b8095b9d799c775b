# SPDX-License-Identifier: Apache-2.0
"""Plans and outcomes in words."""

from __future__ import annotations

from tests.fakes.toy_kinds import BedState

from stackloom.cli.plan_text import (
    counts_line,
    outcome_line,
    plan_lines,
    summary_line,
)
from stackloom.cloud.kind import UNKNOWN, Difference
from stackloom.cloud.mark import Address
from stackloom.errors import Conflict
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.plan import Action, Plan, Step, StepKey
from stackloom.scenario.saved_plan import plan_document

NORTH, SOUTH = Address("bed", "north"), Address("bed", "south")
BEAN = Address("plant", "bean")
PLAN = Plan(
    scenario="garden",
    steps=(
        Step(address=BEAN, action=Action.DELETE, state=BedState(id="plant-1"), replaces=True),
        Step(address=Address("bed", "old"), action=Action.DELETE, state=BedState(id="bed-9")),
        Step(address=SOUTH, action=Action.CREATE, after_deletes=True),
        Step(
            address=NORTH,
            action=Action.UPDATE,
            state=BedState(id="bed-1"),
            differences=(
                Difference(field="size", have=1, want=2),
                Difference(field="note", have=None, want="a\nb"),
                Difference(field="beside", have="bed-2", want=UNKNOWN),
                Difference(field="rules", have=None, want={"dogs": False}),
                Difference(field="rules", have={"cats": True}, want=None),
            ),
        ),
        Step(
            address=BEAN,
            action=Action.CREATE,
            differences=(Difference(field="sort", have="pea", want="bean", in_place=False),),
            needs=frozenset({StepKey(NORTH), StepKey(SOUTH)}),
            after_deletes=True,
            replaces=True,
            because=NORTH,
        ),
        Step(address=Address("bed", "east"), action=Action.KEEP, state=BedState(id="bed-2")),
    ),
)


def test_a_plan_is_a_line_a_resource_with_what_differs_below() -> None:
    """A replacement is one line; what is kept is none."""
    assert plan_lines(PLAN) == [
        "  - bed.old  delete",
        "  + bed.south  create",
        "  ~ bed.north  update",
        "      size: 1 -> 2",
        '      note: null -> "a\\nb"',
        '      beside: "east" -> (known after apply)',
        '      + rules: {"dogs": false}',
        '      - rules: {"cats": true}',
        "  ± plant.bean  replace because bed.north is replaced",
        '      sort: "pea" -> "bean"  (forces replacement)',
    ]


def test_counts_are_told_in_one_line() -> None:
    """What is nought is left out."""
    kept = Plan(scenario="s", steps=PLAN.steps[-1:])
    told = [counts_line(plan) for plan in (PLAN, kept, Plan(scenario="s", steps=()))]
    assert told == [
        "1 to create, 1 to update, 1 to replace, 1 to delete, 1 to keep",
        "nothing to do: all 1 as they should be",
        "nothing to do",
    ]


def test_a_plan_for_programs_says_everything() -> None:
    """Whole steps, in order, as plain values."""
    document = plan_document(PLAN)
    steps = document["steps"]
    assert isinstance(steps, list)
    assert (document["scenario"], document["counts"], len(steps)) == ("garden", PLAN.counts, 6)
    assert steps[4] == {
        "address": "plant.bean",
        "action": "create",
        "replaces": True,
        "because": "bed.north",
        "id": None,
        "differences": [{"field": "sort", "have": "pea", "want": "bean", "in_place": False}],
        "needs": ["bed.north", "bed.south"],
        "after_deletes": True,
        "leaves_with": None,
        "blocked_by": [],
    }


def test_each_outcome_is_one_line_and_its_hint_another() -> None:
    """What was kept is nobody's business."""
    refused = Conflict("it is taken", status=409, request_id="req-1", hint="pick another")
    bare = Conflict("it is taken")
    create, keep = PLAN.steps[2], PLAN.steps[-1]
    told = [
        outcome_line(outcome)
        for outcome in (
            Outcome(step=create, result=Result.DONE, seconds=1.25),
            Outcome(step=PLAN.steps[3], result=Result.DONE),
            Outcome(step=PLAN.steps[1], result=Result.DONE),
            Outcome(step=keep, result=Result.DONE),
            Outcome(step=create, result=Result.FAILED, error=refused),
            Outcome(step=create, result=Result.FAILED, error=bare),
            Outcome(step=create, result=Result.SKIPPED, blamed=NORTH),
            Outcome(step=create, result=Result.STOPPED),
        )
    ]
    assert told == [
        "  + bed.south  created  1.2 s",
        "  ~ bed.north  updated  0.0 s",
        "  - bed.old  deleted  0.0 s",
        "",
        "  ✗ bed.south  it is taken (HTTP 409, req-1)\n    hint: pick another",
        "  ✗ bed.south  it is taken",
        "    bed.south  not begun, because bed.north failed",
        "    bed.south  not begun",
    ]


def test_a_run_is_summed_up() -> None:
    """Only what was done counts."""
    done = [Outcome(step=step, result=Result.DONE) for step in PLAN.steps]
    failed = [Outcome(step=PLAN.steps[2], result=Result.FAILED)]
    assert [summary_line(each, seconds=5.06, requests=24) for each in (done, failed)] == [
        "2 deleted, 2 created, 1 updated in 5.1 s with 24 requests",
        "nothing changed in 5.1 s with 24 requests",
    ]
