# SPDX-License-Identifier: Apache-2.0
"""Where the cloud is not what a scenario says."""

from __future__ import annotations

from tests.fakes.toy_garden import ToyGarden
from tests.fakes.toy_kinds import TOY_KINDS, BedSpec, BedState, PlantSpec, PlantState

from stackloom.cloud.kind import Difference
from stackloom.cloud.mark import Address
from stackloom.scenario.drift import Drifted, drift_document, drift_of
from stackloom.scenario.model import Scenario
from stackloom.scenario.planner import Observed, make_plan

NORTH, SOUTH, BEAN = Address("bed", "north"), Address("bed", "south"), Address("plant", "bean")


def test_what_is_missing_changed_or_too_much_is_told() -> None:
    """What only goes with something that is replaced is as it should be."""
    scenario = Scenario(
        name="garden", specs={NORTH: BedSpec(soil="clay"), BEAN: PlantSpec(bed="north")}
    )
    states = {
        NORTH: BedState(id="bed-1", soil="loam"),
        BEAN: PlantState(id="plant-1", bed_id="bed-1"),
        SOUTH: BedState(id="bed-2"),
    }
    drift = drift_of(make_plan(TOY_KINDS, scenario, Observed(states=states)))
    soil = Difference(field="soil", have="loam", want="clay", in_place=False)
    assert sorted(drift, key=lambda each: each.address) == [
        Drifted(address=NORTH, how="changed", differences=(soil,)),
        Drifted(address=SOUTH, how="extra", id="bed-2"),
    ]
    assert drift_document(drift)[-1] in (
        {
            "address": "bed.north",
            "how": "changed",
            "id": None,
            "differences": [{"field": "soil", "have": "loam", "want": "clay"}],
        },
        {"address": "bed.south", "how": "extra", "id": "bed-2", "differences": []},
    )


def test_what_was_just_made_has_not_drifted() -> None:
    """And all of it is missing before."""
    scenario = Scenario(name="garden", specs={NORTH: BedSpec(), BEAN: PlantSpec(bed="north")})
    garden = ToyGarden()
    plan = make_plan(TOY_KINDS, scenario, garden.observed())
    assert [(each.address, each.how) for each in drift_of(plan)] == [
        (NORTH, "missing"),
        (BEAN, "missing"),
    ]
    garden.carry_out(plan)
    assert drift_of(make_plan(TOY_KINDS, scenario, garden.observed())) == []
