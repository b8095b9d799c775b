# SPDX-License-Identifier: Apache-2.0
"""What the engine knows as structs of the wire: what there is before a plan, and after it."""

from __future__ import annotations

from typing import Any

import pytest

from stackloom.cloud.kind import Difference, Spec
from stackloom.cloud.mark import Address
from stackloom.errors import Conflict
from stackloom.operations import Planned
from stackloom.resources.network.network import NetworkSpec, NetworkState
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.model import Scenario
from stackloom.scenario.plan import Action, Plan, Step, StepKey
from stackloom.service.database.endings import SeenResource
from stackloom.service.worker.documents import outputs_of, resources_found, resources_left
from stackloom.wire.plan import FieldDifference
from stackloom.wire.resource import Output

_MTU = Difference(field="mtu", have=1500, want=1400)


def _step(name: str, action: Action, **more: Any) -> Step:
    spec: Spec | None = None if action is Action.DELETE else NetworkSpec()
    return Step(address=Address("network", name), action=action, spec=spec, **more)


def _state(name: str) -> NetworkState:
    return NetworkState(id=f"id-{name}", name=name)


def _planned(*steps: Step) -> Planned:
    scenario = Scenario(name="s", specs={}, secrets=("hunter2",))
    return Planned(scenario=scenario, plan=Plan(scenario="s", steps=steps))


KEPT = _step("kept", Action.KEEP, state=_state("kept"))
CHANGED = _step("changed", Action.UPDATE, state=_state("changed"), differences=(_MTU,))
MISSING = _step("missing", Action.CREATE, needs=frozenset({StepKey(Address("subnet", "x"))}))
EXTRA = _step("extra", Action.DELETE, state=_state("extra"))
OLD = _step("moved", Action.DELETE, state=_state("moved"), replaces=True)
NEW = _step("moved", Action.CREATE, replaces=True, differences=(_MTU,))
ALL = (KEPT, CHANGED, MISSING, EXTRA, OLD, NEW)


def _conditions(resources: tuple[SeenResource, ...]) -> dict[str, tuple[str, str | None]]:
    return {
        each.address.removeprefix("network."): (each.condition, each.cloud_id) for each in resources
    }


def test_what_a_plan_has_found() -> None:
    """Each address once, in order, with the fields that differ and what it stands on."""
    resources = resources_found(_planned(*ALL))
    assert _conditions(resources) == {
        "changed": ("changed", "id-changed"),
        "extra": ("unmanaged", "id-extra"),
        "kept": ("in_sync", "id-kept"),
        "missing": ("missing", None),
        "moved": ("changed", "id-moved"),
    }
    assert resources[0] == SeenResource(
        address="network.changed",
        kind="network",
        cloud_id="id-changed",
        name="changed",
        condition="changed",
        differences=(FieldDifference(field="mtu", have=1500, want=1400, in_place=True),),
    )
    assert resources[3].needs == ("subnet.x",)


def test_what_only_goes_with_another_is_as_it_should_be() -> None:
    """It is replaced because of that one, and has not drifted."""
    because = Address("network", "other")
    old = _step("a", Action.DELETE, state=_state("a"), replaces=True, because=because)
    new = _step("a", Action.CREATE, replaces=True, because=because)
    assert _conditions(resources_found(_planned(old, new))) == {"a": ("in_sync", "id-a")}


def test_a_double_does_not_hide_the_one_that_stays() -> None:
    """The row of an address tells of what is to be there."""
    double = _step("a", Action.DELETE, state=NetworkState(id="other", name="a"))
    stays = _step("a", Action.KEEP, state=_state("a"))
    for steps in ((double, stays), (stays, double)):
        assert _conditions(resources_found(_planned(*steps))) == {"a": ("in_sync", "id-a")}


def test_what_is_left_when_everything_went_well() -> None:
    """What was deleted is gone, everything else is as it should be."""
    outcomes = [
        Outcome(step=step, result=Result.DONE, id="" if step is EXTRA else f"new-{number}")
        for number, step in enumerate(ALL)
    ]
    assert _conditions(resources_left(_planned(*ALL), outcomes)) == {
        "kept": ("in_sync", "new-0"),
        "changed": ("in_sync", "new-1"),
        "missing": ("in_sync", "new-2"),
        "moved": ("in_sync", "new-5"),
    }


@pytest.mark.parametrize("result", [Result.FAILED, Result.SKIPPED, Result.STOPPED])
def test_what_no_step_has_done_is_as_it_was(result: Result) -> None:
    """Whether it failed or was never begun."""
    outcomes = [Outcome(step=step, result=result, error=Conflict("no")) for step in ALL]
    planned = _planned(*ALL)
    assert resources_left(planned, outcomes) == resources_found(planned)
    assert resources_left(planned, []) == resources_found(planned)


def test_what_was_made_and_is_not_usable_is_there() -> None:
    """A server in ERROR; and of a replacement whose second half failed nothing is there."""
    outcomes = [
        Outcome(step=MISSING, result=Result.FAILED, id="broken", error=Conflict("no")),
        Outcome(step=OLD, result=Result.DONE),
        Outcome(step=NEW, result=Result.FAILED, error=Conflict("no")),
    ]
    assert _conditions(resources_left(_planned(MISSING, OLD, NEW), outcomes)) == {
        "missing": ("changed", "broken"),
        "moved": ("missing", None),
    }


def test_outputs_are_told_without_secrets() -> None:
    """By name; one that has something unknown inside is not known yet, a secret one is stars."""
    values = {"b": {"x": ["hunter2!", 1]}, "a": None, "c": [None, "x"], "d": {"key": "made"}}
    hide = _planned().scenario.hide
    assert outputs_of(values, hide, secret={"d"}) == (
        Output(name="a", value=None, is_known=False),
        Output(name="b", value={"x": ["***!", 1]}, is_known=True),
        Output(name="c", value=[None, "x"], is_known=False),
        Output(name="d", value="***", is_known=True),
    )
