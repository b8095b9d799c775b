# SPDX-License-Identifier: Apache-2.0
"""What a plan will meet, told before anything is made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from tests.fakes.toy_kinds import TOY_KINDS, BedSpec, BedState

from stackloom.cloud.kind import Fault, Ids, Kind, Requirement
from stackloom.cloud.mark import Address
from stackloom.scenario.model import Scenario
from stackloom.scenario.plan import Action, Plan, Step
from stackloom.scenario.planner import KnownIds
from stackloom.scenario.preflight import Conditions, Finding, Room, findings

NORTH = Address("bed", "north")
SOUTH = Address("bed", "south")


def _check(spec: BedSpec, ids: Ids) -> list[Fault]:
    tool = ids.state("tool", "spade")
    return [] if tool else [Fault(place=("soil",), message=f"no spade for {spec.soil}")]


def _kinds() -> dict[str, Kind[Any]]:
    bed = TOY_KINDS["bed"]
    assert bed.declaration is not None
    declaration = msgspec.structs.replace(
        bed.declaration,
        requires=lambda spec: (
            [
                Requirement(place=("size",), extension="large-beds"),
                Requirement(place=("soil",), admin=True),
            ]
            if spec.size > 1
            else []
        ),
        consumes=lambda spec, _ids: {"garden.beds": 1, "garden.area": spec.size},
        check=_check,
    )
    return {**TOY_KINDS, "bed": msgspec.structs.replace(bed, declaration=declaration)}


SCENARIO = Scenario(name="g", specs={NORTH: BedSpec(size=3), SOUTH: BedSpec()})
CREATE_BOTH = Plan(
    scenario="g",
    steps=tuple(
        Step(address=address, action=Action.CREATE, spec=spec)
        for address, spec in SCENARIO.specs.items()
    ),
)


def _findings(plan: Plan, conditions: Conditions, ids: KnownIds) -> list[Finding]:
    return list(findings(_kinds(), SCENARIO, plan, conditions, ids))


WITH_SPADE = KnownIds({}, {}, {Address("tool", "spade"): BedState(id="tool-1")})


def test_what_the_cloud_lacks_is_certain_and_what_policies_say_is_not() -> None:
    """An extension is there or not; an operator may have changed who may do what."""
    conditions = Conditions(extensions={"router"}, roles=("member",))
    assert _findings(CREATE_BOTH, conditions, WITH_SPADE) == [
        Finding(
            address=NORTH,
            fault=Fault(
                place=("size",),
                message='this cloud\'s Neutron lacks the extension "large-beds" for it',
                hint="leave it out, or ask the operator; "
                "stackloom extension list shows what is there",
            ),
            is_certain=True,
        ),
        Finding(
            address=NORTH,
            fault=Fault(
                place=("soil",),
                message='by default only an administrator may say "soil"; your roles here: member',
            ),
            is_certain=False,
        ),
    ]


def test_an_administrator_on_a_cloud_that_has_everything_meets_nothing() -> None:
    """Where nobody asked for the extensions, nothing is said of them."""
    for extensions in ({"large-beds"}, None):
        conditions = Conditions(extensions=extensions, roles=("admin",))
        assert _findings(CREATE_BOTH, conditions, WITH_SPADE) == []


def test_a_kind_checks_what_its_names_mean_in_the_cloud() -> None:
    """Only of what is made or changed: what is kept is there already."""
    conditions = Conditions(roles=("admin",))
    nothing = KnownIds({}, {})
    assert [each.fault.message for each in _findings(CREATE_BOTH, conditions, nothing)] == [
        "no spade for loam",
        "no spade for loam",
    ]
    kept = Plan(
        scenario="g",
        steps=tuple(replace(step, action=Action.KEEP) for step in CREATE_BOTH.steps),
    )
    assert _findings(kept, conditions, nothing) == []


def test_a_quota_is_compared_with_what_the_whole_plan_takes() -> None:
    """What is replaced takes no more than it did; -1 is no limit; what is not told, is not."""
    room = {"garden.beds": Room(limit=4, used=3), "garden.area": Room(limit=7, used=3)}
    conditions = Conditions(roles=("admin",), room=room)
    (finding,) = _findings(CREATE_BOTH, conditions, WITH_SPADE)
    assert finding == Finding(
        address=None,
        fault=Fault(place=(), message="garden quota: 2 more beds wanted, 3 of 4 in use"),
        is_certain=False,
    )
    replacing = Plan(
        scenario="g", steps=tuple(replace(step, replaces=True) for step in CREATE_BOTH.steps)
    )
    assert _findings(replacing, conditions, WITH_SPADE) == []
    unlimited = Conditions(roles=("admin",), room={"garden.beds": Room(limit=-1, used=99)})
    assert _findings(CREATE_BOTH, unlimited, WITH_SPADE) == []
