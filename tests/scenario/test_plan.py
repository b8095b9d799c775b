# SPDX-License-Identifier: Apache-2.0
"""A plan as data."""

from __future__ import annotations

from stackloom.cloud.mark import Address
from stackloom.scenario.plan import Action, Plan, Step, StepKey

NORTH = Address("bed", "north")


def _plan() -> Plan:
    return Plan(
        scenario="garden",
        steps=(
            Step(address=NORTH, action=Action.DELETE, replaces=True),
            Step(address=Address("bed", "old"), action=Action.DELETE),
            Step(address=NORTH, action=Action.CREATE, replaces=True),
            Step(address=Address("bed", "new"), action=Action.CREATE),
            Step(address=Address("bed", "south"), action=Action.UPDATE),
            Step(address=Address("bed", "east"), action=Action.KEEP),
        ),
    )


def test_a_replaced_resource_has_two_keys() -> None:
    """Its delete and its create are told apart."""
    deleting, *_, creating = [step.key for step in _plan().steps if step.address == NORTH]
    assert (deleting, creating) == (StepKey(NORTH, deletes=True), StepKey(NORTH))


def test_changes_are_all_steps_but_those_that_keep() -> None:
    """In the order of the plan."""
    plan = _plan()
    assert plan.changes == plan.steps[:5]


def test_a_replacement_counts_once() -> None:
    """Neither its delete nor its create is counted as one."""
    assert _plan().counts == {"create": 1, "update": 1, "replace": 1, "delete": 1, "keep": 1}


def test_an_empty_plan_changes_nothing() -> None:
    """All counts are there, and nought."""
    plan = Plan(scenario="garden", steps=())
    assert plan.changes == ()
    assert plan.counts == {"create": 0, "update": 0, "replace": 0, "delete": 0, "keep": 0}
