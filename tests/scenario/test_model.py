# SPDX-License-Identifier: Apache-2.0
"""A scenario, and what its resources wait for."""

from __future__ import annotations

from tests.fakes.toy_kinds import TOY_KINDS, BedSpec, GardenerSpec, PlantSpec

from stackloom.cloud.kind import Spec, State
from stackloom.cloud.mark import Address, Mark
from stackloom.scenario.model import Scenario, bonds, lookups, needs, references

BED = Address("bed", "north")
OTHER = Address("bed", "south")
BEAN = Address("plant", "bean")
PEA = Address("plant", "pea")
ANNA = Address("gardener", "anna")
BEN = Address("gardener", "ben")


def test_a_scenario_marks_its_resources_with_its_name() -> None:
    """A mark is the scenario's name and the address."""
    assert Scenario(name="garden", specs={}).mark(BED) == Mark("garden", BED)


def test_a_resource_needs_what_it_names_and_the_parts_of_what_it_needs_whole() -> None:
    """A gardener waits for the bed and everything planted in it, a plant for its bed alone."""
    specs: dict[Address, Spec] = {
        ANNA: GardenerSpec(beds=("north",)),
        BED: BedSpec(),
        BEAN: PlantSpec(bed="north"),
        PEA: PlantSpec(bed="south", tied_to="bean"),
        OTHER: BedSpec(),
    }
    assert needs(TOY_KINDS, Scenario(name="garden", specs=specs)) == {
        ANNA: {BED, BEAN},
        BED: set(),
        BEAN: {BED},
        PEA: {OTHER, BEAN},
        OTHER: set(),
    }


def test_what_the_scenario_does_not_have_is_not_waited_for() -> None:
    """A name that is found in the cloud is there already; oneself is never waited for."""
    specs: dict[Address, Spec] = {ANNA: GardenerSpec(beds=("old",), tools=("spade",))}
    assert needs(TOY_KINDS, Scenario(name="garden", specs=specs)) == {ANNA: set()}


def test_what_has_to_be_looked_up_is_told_once_and_by_what() -> None:
    """Names are looked for as they are, what is said to exist by what is said of it."""
    scenario = Scenario(
        name="garden",
        specs={
            ANNA: GardenerSpec(beds=("north",), tools=("spade", "rake")),
            BEN: GardenerSpec(tools=("rake",)),
            BED: BedSpec(),
        },
        existing={OTHER: {"id": "bed-9"}},
    )
    assert lookups(TOY_KINDS, scenario) == {
        ("bed", "south"): {"id": "bed-9"},
        ("tool", "spade"): {},
        ("tool", "rake"): {},
    }


def test_what_cannot_be_outlived_is_told_apart_from_what_is_waited_for() -> None:
    """A plant goes with its bed; a gardener would only get other beds, but cannot say so."""
    specs: dict[Address, Spec] = {BEAN: PlantSpec(bed="north", tied_to="pea"), BED: BedSpec()}
    assert bonds(TOY_KINDS, specs) == {BEAN: {BED}, BED: set()}


def test_a_kind_without_a_declaration_names_nothing() -> None:
    """It cannot stand in a file, so it has no references."""
    assert references(TOY_KINDS, Address("tool", "rake"), Spec()) == []
    assert TOY_KINDS["tool"].state is State
