# SPDX-License-Identifier: Apache-2.0
"""Plans as people read them."""

from __future__ import annotations

from tests.fakes.toy_kinds import BedState

from stackloom.cloud.kind import UNKNOWN, Difference
from stackloom.cloud.mark import Address
from stackloom.scenario.plan import Action, Found, Plan, Step
from stackloom.scenario.wording import in_words


def _worded(difference: Difference) -> Difference:
    north = Step(
        address=Address("bed", "north"),
        action=Action.UPDATE,
        state=BedState(id="bed-1"),
        differences=(difference,),
    )
    south = Step(address=Address("bed", "south"), action=Action.KEEP, state=BedState(id="bed-2"))
    found = {
        ("tool", "spade"): Found(id="tool-1", name="spade"),
        ("tool", "tool-2"): Found(id="tool-2", name="rake"),
    }
    plan = in_words(Plan(scenario="garden", steps=(north, south), found=found))
    return plan.steps[0].differences[0]


def test_ids_are_told_by_their_names_wherever_they_stand() -> None:
    """What the scenario has by its name there, everything else by that in the cloud."""
    difference = Difference(
        field="beds", have=["bed-1", "bed-9"], want=[{"id": "bed-2", "tools": ("tool-1", "tool-2")}]
    )
    assert _worded(difference) == Difference(
        field="beds", have=["north", "bed-9"], want=[{"id": "south", "tools": ["spade", "rake"]}]
    )
    rule = Difference(field="rules", have={"id": "rule-7", "bed": "bed-1"}, want=None)
    assert _worded(rule) == Difference(field="rules", have={"bed": "north"}, want=None)
    new = Difference(field="bed_id", have="bed-1", want=UNKNOWN, in_place=False)
    assert _worded(new) == Difference(field="bed_id", have="north", want=UNKNOWN, in_place=False)


def test_descriptions_are_told_without_their_marks() -> None:
    """Unless the mark is all that differs."""
    mark = "stackloom://garden/bed.north"
    changed = Difference(field="description", have=f"a {mark}", want=f"b {mark}")
    assert _worded(changed) == Difference(field="description", have="a", want="b")
    unmarked = Difference(field="description", have="a", want=f"a {mark}")
    assert _worded(unmarked) == unmarked
