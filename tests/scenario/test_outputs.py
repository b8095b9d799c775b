# SPDX-License-Identifier: Apache-2.0
"""What a scenario tells, and the values in it that only the cloud knows."""

from __future__ import annotations

import pytest
from tests.fakes.toy_kinds import TOY_KINDS, BedSpec, BedState

from stackloom.cloud.kind import UNKNOWN
from stackloom.cloud.mark import Address
from stackloom.errors import BadScenario
from stackloom.scenario.attributes import filled, late_values_in
from stackloom.scenario.loader import load_text
from stackloom.scenario.model import Scenario
from stackloom.scenario.outputs import kinds_told, output_values
from stackloom.scenario.plan import Found
from stackloom.scenario.planner import KnownIds, Observed, make_plan

NORTH, SOUTH = Address("bed", "north"), Address("bed", "south")
TEXT = """\
scenario: garden
existing: {beds: {old: bed-9}}
beds:
  north: {size: 2}
  south: {soil: "like ${bed.north.id}, $${not} this"}
outputs:
  size: ${bed.north.size}
  both: {value: ["${bed.north.id}", "${bed.old.soil}"], description: of two beds}
  text: size ${bed.north.size} of ${bed.south.id}
"""


def _loaded() -> Scenario:
    return load_text(TEXT, "garden.yaml", TOY_KINDS).scenario


def test_outputs_are_filled_from_what_is_there() -> None:
    """A whole value keeps its type; what is not there is nothing."""
    scenario = _loaded()
    assert kinds_told(scenario) == {"bed"}
    found = {("bed", "old"): Found(id="bed-9", name="old", state=BedState(id="bed-9"))}
    assert output_values(TOY_KINDS, scenario, {NORTH: BedState(id="bed-1", size=2)}, found) == {
        "size": 2,
        "both": ["bed-1", "loam"],
        "text": "size 2 of null",
    }


def test_a_spec_waits_for_what_it_wants_to_know_and_is_filled_when_it_is_known() -> None:
    """Until then the plan says that it is not known; a plain ``${`` stays one."""
    scenario = _loaded()
    plan = make_plan(TOY_KINDS, scenario, Observed())
    assert [str(step.address) for step in plan.steps] == ["bed.north", "bed.south"]
    assert {key.address for key in plan.steps[1].needs} == {NORTH}
    spec = scenario.specs[SOUTH]
    nothing = KnownIds({}, {})
    assert filled(spec, TOY_KINDS, nothing) == BedSpec(soil=f"like {UNKNOWN}, ${{not}} this")
    known = KnownIds({}, {}, {NORTH: BedState(id="bed-1")})
    assert filled(spec, TOY_KINDS, known) == BedSpec(soil="like bed-1, ${not} this")
    assert [str(late) for late in late_values_in({"a": ["${bed.x.id}", 1]})] == ["${bed.x.id}"]


def test_what_cannot_be_told_is_said_before_anything_is_asked() -> None:
    """Names and attributes that there are not, with their places."""
    text = TEXT.replace("bed.north.size", "bed.nort.size").replace("bed.old.soil", "bed.old.colour")
    with pytest.raises(BadScenario) as caught:
        load_text(text, "garden.yaml", TOY_KINDS)
    assert str(caught.value).splitlines() == [
        (
            'garden.yaml:7:9: ${bed.nort.size}: there is no bed "nort" in this scenario'
            ' ("north" is meant?)'
        ),
        (
            'garden.yaml:8:37: ${bed.old.colour}: a bed has no "colour"'
            " (known are: description, id, name, size, soil)"
        ),
        (
            'garden.yaml:9:9: ${bed.nort.size}: there is no bed "nort" in this scenario'
            ' ("north" is meant?)'
        ),
    ]
