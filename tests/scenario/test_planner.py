# SPDX-License-Identifier: Apache-2.0
"""What to do, decided from what is asked for and what is there."""

from __future__ import annotations

import random
from collections.abc import Mapping

import msgspec
import pytest
from tests.fakes.toy_garden import TOOLS, ToyGarden
from tests.fakes.toy_kinds import (
    TOY_KINDS,
    BedSpec,
    BedState,
    GardenerSpec,
    GardenerState,
    PlantSpec,
    PlantState,
)

from stackloom.cloud.kind import UNKNOWN, Difference, Spec, State
from stackloom.cloud.mark import Address
from stackloom.errors import Cycle
from stackloom.scenario.model import Scenario
from stackloom.scenario.plan import Action, Found, Plan, Step, StepKey
from stackloom.scenario.planner import KnownIds, Observed, make_plan

NORTH = Address("bed", "north")
SOUTH = Address("bed", "south")
BEAN = Address("plant", "bean")
ANNA = Address("gardener", "anna")


def _plan(specs: Mapping[Address, Spec], observed: Observed | None = None) -> Plan:
    scenario = Scenario(name="garden", specs=specs)
    return make_plan(TOY_KINDS, scenario, observed or Observed())


def _there(**more: object) -> Observed:
    states: dict[Address, State] = {
        NORTH: BedState(id="bed-1"),
        BEAN: PlantState(id="plant-1", bed_id="bed-1"),
        ANNA: GardenerState(id="gardener-1", bed_ids=("bed-1",)),
    }
    return Observed(states=states, **more)  # type: ignore[arg-type]  # only doubles and found


GARDEN: dict[Address, Spec] = {
    ANNA: GardenerSpec(beds=("north",)),
    BEAN: PlantSpec(bed="north"),
    NORTH: BedSpec(),
}


def test_what_is_not_there_is_created_after_what_it_needs() -> None:
    """The order of the file does not count, needs do."""
    assert _plan(GARDEN) == Plan(
        scenario="garden",
        steps=(
            Step(address=NORTH, action=Action.CREATE, spec=BedSpec(), after_deletes=True),
            Step(
                address=BEAN,
                action=Action.CREATE,
                spec=PlantSpec(bed="north"),
                needs=frozenset({StepKey(NORTH)}),
                after_deletes=True,
            ),
            Step(
                address=ANNA,
                action=Action.CREATE,
                spec=GardenerSpec(beds=("north",)),
                needs=frozenset({StepKey(NORTH), StepKey(BEAN)}),
                after_deletes=True,
            ),
        ),
    )


def test_what_is_as_it_should_be_is_kept() -> None:
    """A step that changes nothing still stands in the plan, for others to need."""
    plan = _plan(GARDEN, _there())
    assert [(step.address, step.action) for step in plan.steps] == [
        (NORTH, Action.KEEP),
        (BEAN, Action.KEEP),
        (ANNA, Action.KEEP),
    ]
    assert plan.changes == ()


def test_a_field_that_the_api_can_change_is_updated_in_place() -> None:
    """The difference is told with both values; what needs it stays."""
    plan = _plan({**GARDEN, NORTH: BedSpec(size=5)}, _there())
    assert plan.changes == (
        Step(
            address=NORTH,
            action=Action.UPDATE,
            spec=BedSpec(size=5),
            state=BedState(id="bed-1"),
            differences=(Difference(field="size", have=1, want=5),),
        ),
    )


def test_a_field_that_cannot_change_replaces_everything_behind() -> None:
    """Deletes go from the last to the first, creates the other way round, and each says why."""
    plan = _plan({**GARDEN, NORTH: BedSpec(size=5, soil="sand")}, _there())
    assert plan.steps == (
        Step(
            address=ANNA,
            action=Action.DELETE,
            state=GardenerState(id="gardener-1", bed_ids=("bed-1",)),
            replaces=True,
        ),
        Step(
            address=BEAN,
            action=Action.DELETE,
            state=PlantState(id="plant-1", bed_id="bed-1"),
            replaces=True,
        ),
        Step(
            address=NORTH,
            action=Action.DELETE,
            state=BedState(id="bed-1"),
            needs=frozenset({StepKey(BEAN, deletes=True), StepKey(ANNA, deletes=True)}),
            replaces=True,
        ),
        Step(
            address=NORTH,
            action=Action.CREATE,
            spec=BedSpec(size=5, soil="sand"),
            differences=(Difference(field="soil", have="loam", want="sand", in_place=False),),
            after_deletes=True,
            replaces=True,
        ),
        Step(
            address=BEAN,
            action=Action.CREATE,
            spec=PlantSpec(bed="north"),
            needs=frozenset({StepKey(NORTH)}),
            after_deletes=True,
            replaces=True,
            because=NORTH,
        ),
        Step(
            address=ANNA,
            action=Action.CREATE,
            spec=GardenerSpec(beds=("north",)),
            needs=frozenset({StepKey(NORTH), StepKey(BEAN)}),
            after_deletes=True,
            replaces=True,
            because=NORTH,
        ),
    )
    assert plan.counts == {"create": 0, "update": 0, "replace": 3, "delete": 0, "keep": 0}


def test_what_is_behind_a_replacement_and_not_there_is_only_created() -> None:
    """There is nothing to take away."""
    observed = Observed(states={NORTH: BedState(id="bed-1")})
    plan = _plan({NORTH: BedSpec(soil="sand"), BEAN: PlantSpec(bed="north")}, observed)
    assert [(step.address, step.action, step.replaces) for step in plan.steps] == [
        (NORTH, Action.DELETE, True),
        (NORTH, Action.CREATE, True),
        (BEAN, Action.CREATE, False),
    ]


def test_what_is_forced_through_something_that_is_missing_names_no_cause() -> None:
    """The bed is replaced, the plant is gone, the gardener hangs on the plant alone."""
    specs: dict[Address, Spec] = {
        NORTH: BedSpec(soil="sand"),
        ANNA: GardenerSpec(follows=("ben",)),
        Address("gardener", "ben"): GardenerSpec(beds=("north",)),
    }
    states: dict[Address, State] = {
        NORTH: BedState(id="bed-1"),
        ANNA: GardenerState(id="gardener-1"),
    }
    plan = _plan(specs, Observed(states=states))
    assert [(s.address, s.because) for s in plan.steps if s.action is Action.CREATE] == [
        (NORTH, None),
        (Address("gardener", "ben"), None),
        (ANNA, None),
    ]


def test_everything_is_deleted_in_the_order_that_the_cloud_s_states_tell() -> None:
    """No file is needed to destroy: what holds on to what is seen from the ids."""
    plan = _plan({}, _there())
    assert [(step.address, step.action, step.needs) for step in plan.steps] == [
        (BEAN, Action.DELETE, frozenset()),
        (ANNA, Action.DELETE, frozenset()),
        (NORTH, Action.DELETE, {StepKey(BEAN, deletes=True), StepKey(ANNA, deletes=True)}),
    ]
    assert plan.counts == {"create": 0, "update": 0, "replace": 0, "delete": 3, "keep": 0}


def test_what_the_file_no_longer_has_is_deleted() -> None:
    """The rest stays as it is."""
    plan = _plan({NORTH: BedSpec()}, _there())
    assert [(step.address, step.action) for step in plan.steps] == [
        (BEAN, Action.DELETE),
        (ANNA, Action.DELETE),
        (NORTH, Action.KEEP),
    ]


def test_doubles_are_deleted_and_go_by_their_ids() -> None:
    """A mark that is there twice is one resource too many; what stands on it goes first."""
    observed = _there(doubles={NORTH: [BedState(id="bed-7"), BedState(id="bed-8")]})
    plan = _plan(GARDEN, observed)
    assert [(str(step.address), step.action) for step in plan.steps] == [
        ("bed.north@bed-7", Action.DELETE),
        ("bed.north@bed-8", Action.DELETE),
        ("bed.north", Action.KEEP),
        ("plant.bean", Action.KEEP),
        ("gardener.anna", Action.KEEP),
    ]


def test_a_create_waits_for_all_deletes_of_its_kind() -> None:
    """Names and addresses become free before they are taken again; other kinds do not wait."""
    plan = _plan({SOUTH: BedSpec()}, Observed(states={NORTH: BedState(id="bed-1")}))
    deleting, creating = plan.steps
    assert (deleting.address, deleting.after_deletes) == (NORTH, False)
    assert (creating.address, creating.needs, creating.after_deletes) == (SOUTH, frozenset(), True)


def test_a_delete_waits_for_the_update_that_lets_go() -> None:
    """The gardener leaves the north bed before it is dug up; nobody has to be replaced."""
    plan = _plan(
        {ANNA: GardenerSpec(beds=("south",)), SOUTH: BedSpec()},
        Observed(
            states={
                NORTH: BedState(id="bed-1"),
                SOUTH: BedState(id="bed-2"),
                ANNA: GardenerState(id="gardener-1", bed_ids=("bed-1",)),
            }
        ),
    )
    assert [(step.address, step.action, step.needs) for step in plan.steps] == [
        (SOUTH, Action.KEEP, frozenset()),
        (ANNA, Action.UPDATE, {StepKey(SOUTH)}),
        (NORTH, Action.DELETE, {StepKey(ANNA)}),
    ]


def test_an_update_waits_for_the_deletes_of_what_stands_on_it() -> None:
    """The plant is out before its bed grows: a volume is detached before it is extended."""
    plan = _plan(
        {NORTH: BedSpec(size=2)},
        Observed(
            states={NORTH: BedState(id="bed-1"), BEAN: PlantState(id="plant-1", bed_id="bed-1")}
        ),
    )
    assert [(step.address, step.action, step.needs) for step in plan.steps] == [
        (BEAN, Action.DELETE, frozenset()),
        (NORTH, Action.UPDATE, {StepKey(BEAN, deletes=True)}),
    ]


def test_an_update_that_lets_go_does_not_wait_for_what_stands_on_it() -> None:
    """The north bed goes once Anna has moved, so the south bed waits for no delete."""
    bea = Address("gardener", "bea")
    plan = _plan(
        {ANNA: GardenerSpec(beds=("south",)), SOUTH: BedSpec(size=2)},
        Observed(
            states={
                NORTH: BedState(id="bed-1"),
                SOUTH: BedState(id="bed-2"),
                ANNA: GardenerState(id="gardener-1", bed_ids=("bed-1",)),
                bea: GardenerState(id="gardener-2", bed_ids=("bed-2",)),
            }
        ),
    )
    by_address = {step.address: step for step in plan.steps}
    assert by_address[SOUTH].needs == frozenset()
    assert by_address[ANNA].needs == {StepKey(SOUTH)}
    assert by_address[NORTH].needs == {StepKey(ANNA)}


def test_what_an_update_needs_before_it_lets_go_does_not_wait_for_the_delete() -> None:
    """The new bed is made before the old one goes; otherwise each would wait for the other."""
    plan = _plan(
        {ANNA: GardenerSpec(beds=("south",)), SOUTH: BedSpec()},
        Observed(
            states={
                NORTH: BedState(id="bed-1"),
                ANNA: GardenerState(id="gardener-1", bed_ids=("bed-1",)),
            }
        ),
    )
    assert [(step.address, step.action, step.after_deletes) for step in plan.steps] == [
        (SOUTH, Action.CREATE, False),
        (ANNA, Action.UPDATE, False),
        (NORTH, Action.DELETE, False),
    ]


@pytest.mark.slow
def test_ten_thousand_creates_and_deletes_of_a_kind_make_no_edges() -> None:
    """Their waiting for each other is said once a step, not once a pair."""
    specs: dict[Address, Spec] = {Address("bed", f"new{n}"): BedSpec() for n in range(10_000)}
    states = {Address("bed", f"old{n}"): BedState(id=f"bed-{n}") for n in range(10_000)}
    plan = _plan(specs, Observed(states=states))
    assert plan.counts == {
        "create": 10_000,
        "update": 0,
        "replace": 0,
        "delete": 10_000,
        "keep": 0,
    }
    assert sum(len(step.needs) for step in plan.steps) == 0


def test_a_circle_of_specs_is_refused() -> None:
    """The loader tells it with its place; a scenario made by a program comes here."""
    ben = Address("gardener", "ben")
    with pytest.raises(Cycle) as caught:
        _plan({ANNA: GardenerSpec(follows=("ben",)), ben: GardenerSpec(follows=("anna",))})
    assert str(caught.value) == (
        "these resources need each other in a circle:"
        " gardener.anna -> gardener.ben -> gardener.anna"
    )


def test_a_circle_of_states_is_refused() -> None:
    """A cloud whose resources hold on to each other cannot be taken apart by deletes."""
    states: dict[Address, State] = {
        BEAN: PlantState(id="plant-1", bed_id="gardener-1"),
        ANNA: GardenerState(id="gardener-1", bed_ids=("plant-1",)),
    }
    with pytest.raises(Cycle) as caught:
        _plan({}, Observed(states=states))
    assert str(caught.value) == (
        "these resources need each other in a circle: plant.bean -> gardener.anna -> plant.bean"
    )


def test_what_holds_on_to_itself_can_be_deleted() -> None:
    """Its own id among its needs is no reason to wait."""
    states = {BEAN: PlantState(id="plant-1", bed_id="plant-1")}
    assert [step.needs for step in _plan({}, Observed(states=states)).steps] == [frozenset()]


def test_a_plan_carries_what_was_found_in_the_cloud() -> None:
    """The actions need it again when they build requests."""
    assert _plan({}, Observed(found=TOOLS)).found == TOOLS


def test_ids_come_from_the_scenario_first_and_are_unknown_before_they_exist() -> None:
    """A name found in the cloud is the second choice; its own name there is told too."""
    known = KnownIds(
        {NORTH: "bed-1"},
        {
            ("bed", "north"): Found(id="bed-9", name="n"),
            ("tool", "t1"): Found(id="t1", name="rake"),
        },
    )
    assert [known("bed", "north"), known("tool", "t1"), known("bed", "new")] == [
        "bed-1",
        "t1",
        UNKNOWN,
    ]
    assert [known.cloud_name("tool", "t1"), known.cloud_name("bed", "new")] == ["rake", "new"]


# --- many random gardens --------------------------------------------------------------------------


def _garden(chance: random.Random) -> dict[Address, Spec]:
    """Return some beds, plants and gardeners in any order, without circles."""
    beds = [f"b{n}" for n in range(8) if chance.random() < 0.7]
    specs: dict[Address, Spec] = {}
    for name in beds:
        soil = chance.choice(["loam", "sand"])
        specs[Address("bed", name)] = BedSpec(size=chance.randrange(1, 3), soil=soil)
    for number in range(10):
        if beds and chance.random() < 0.7:
            spec = PlantSpec(bed=chance.choice(beds), sort=chance.choice(["bean", "pea"]))
            specs[Address("plant", f"p{number}")] = spec
    gardeners: list[str] = []
    for number in range(6):
        if chance.random() < 0.7:
            specs[Address("gardener", f"g{number}")] = GardenerSpec(
                beds=tuple(chance.sample(beds, min(len(beds), chance.randrange(3)))),
                follows=tuple(chance.sample(gardeners, min(len(gardeners), chance.randrange(3)))),
                tools=("spade",),
            )
            gardeners.append(f"g{number}")
    return dict(sorted(specs.items(), key=lambda _item: chance.random()))


def _assert_in_order(plan: Plan) -> None:
    place_of = {step.key: place for place, step in enumerate(plan.steps)}
    assert len(place_of) == len(plan.steps)
    for place, step in enumerate(plan.steps):
        assert all(place_of[need] < place for need in step.needs)
        if step.after_deletes:
            deletes = [s for s in plan.steps[place:] if s.action is Action.DELETE]
            assert not [s for s in deletes if s.address.kind == step.address.kind]


@pytest.mark.slow
def test_any_garden_becomes_any_other_and_is_then_as_it_should_be() -> None:
    """In 100 random changes every step comes after its needs, and a second plan is empty."""
    for seed in range(100):
        chance = random.Random(seed)
        garden = ToyGarden()
        for _round in range(3):
            scenario = Scenario(name="garden", specs=_garden(chance))
            plan = make_plan(TOY_KINDS, scenario, garden.observed())
            _assert_in_order(plan)
            garden.carry_out(plan)
            assert set(garden.states) == set(scenario.specs)
            assert make_plan(TOY_KINDS, scenario, garden.observed()).changes == ()
        plan = make_plan(TOY_KINDS, Scenario(name="garden", specs={}), garden.observed())
        _assert_in_order(plan)
        garden.carry_out(plan)
        assert garden.states == {}


def test_what_leaves_with_something_that_goes_is_made_again_where_it_is_wanted() -> None:
    """As a port that is the leg of a router: the leg is not asked for any more, the port is."""
    declaration = TOY_KINDS["plant"].declaration
    assert declaration is not None
    leaving = msgspec.structs.replace(declaration, leaves_with=lambda _state: "gardener-1")
    kinds = {
        **TOY_KINDS,
        "plant": msgspec.structs.replace(TOY_KINDS["plant"], declaration=leaving),
    }
    wanted = Scenario(name="garden", specs={BEAN: GARDEN[BEAN], NORTH: GARDEN[NORTH]})
    plan = make_plan(kinds, wanted, _there())
    told = [(step.action, step.address, step.replaces, step.because) for step in plan.changes]
    assert told == [
        (Action.DELETE, ANNA, False, None),
        (Action.DELETE, BEAN, True, None),
        (Action.CREATE, BEAN, True, ANNA),
    ]
    assert make_plan(kinds, Scenario(name="garden", specs=GARDEN), _there()).changes == ()


def test_who_stands_on_a_part_that_goes_is_replaced_with_it() -> None:
    """Its fields name the whole alone, so nothing that can be changed would let go of the part."""
    scenario = {NORTH: BedSpec(), ANNA: GardenerSpec(beds=("north",))}
    states = {
        NORTH: BedState(id="bed-1"),
        BEAN: PlantState(id="plant-1", bed_id="bed-1"),
        ANNA: GardenerState(id="gardener-1", bed_ids=("bed-1", "plant-1")),
    }
    plan = _plan(scenario, Observed(states=states, found=TOOLS))
    assert [
        (step.action, step.address, step.because) for step in plan.changes if step.replaces
    ] == [(Action.DELETE, ANNA, None), (Action.CREATE, ANNA, BEAN)]
