# SPDX-License-Identifier: Apache-2.0
"""What a service says of plans and runs reads as what the engine says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from stackloom.cli.plan_text import outcome_line, plan_lines
from stackloom.cli.remote_plan import Told, nothing_planned, planned_of
from stackloom.client.watching import OtherEvent
from stackloom.cloud.mark import Address
from stackloom.errors import Conflict
from stackloom.scenario import events as engine
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.plan import Action, Step, StepKey
from stackloom.scenario.saved_plan import plan_document
from stackloom.wire import event as wire
from stackloom.wire.plan import Counts, FieldDifference, Plan, PlanStep

AT = datetime(2026, 1, 1, tzinfo=UTC)
ID = UUID(int=1)
STEPS = (
    PlanStep(
        address="port.a.b",
        action="delete",
        replaces=True,
        because="network.blue",
        id="id-1",
        needs=("server.x",),
        leaves_with="router.hub",
        blocked_by=("port.other",),
    ),
    PlanStep(address="server.x", action="delete", id="id-2", after_deletes=True),
    PlanStep(
        address="port.a.b",
        action="create",
        replaces=True,
        because="network.blue",
        needs=("network.blue",),
    ),
    PlanStep(
        address="network.blue",
        action="update",
        id="id-3",
        differences=(FieldDifference(field="mtu", have=1500, want=1400, in_place=True),),
    ),
)
PLAN = Plan(
    id=ID,
    scenario_id=None,
    scenario_name="s",
    revision=None,
    operation="apply",
    state="ready",
    counts=Counts(update=1, replace=1, delete=1),
    steps=STEPS,
    warnings=(),
    error=None,
    created_at=AT,
    created_by="u",
    ready_at=AT,
    expires_at=AT,
    run_id=None,
)


def _steps() -> list[dict[str, Any]]:
    planned = planned_of(PLAN)
    steps: list[dict[str, Any]] = plan_document(planned.shown)["steps"]
    return steps


def test_a_plan_says_the_same_as_the_engine_s() -> None:
    """Read back, it is the document that the service has sent."""
    assert [PlanStep(**{**each, **_tuples(each)}) for each in _steps()] == list(STEPS)
    assert planned_of(PLAN).plan.counts == {
        "create": 0,
        "update": 1,
        "replace": 1,
        "delete": 1,
        "keep": 0,
    }


def _tuples(step: dict[str, Any]) -> dict[str, Any]:
    return {
        "needs": tuple(step["needs"]),
        "blocked_by": tuple(step["blocked_by"]),
        "differences": tuple(FieldDifference(**each) for each in step["differences"]),
    }


def test_a_plan_is_told_in_the_same_lines() -> None:
    """By the function that tells all plans."""
    assert plan_lines(planned_of(PLAN).shown) == [
        "  - server.x  delete",
        "  ± port.a.b  replace because network.blue is replaced",
        "  ~ network.blue  update",
        "      mtu: 1500 -> 1400",
    ]


def _wire(kind: type, **fields: Any) -> Any:
    head = {"seq": 1, "position": 1, "at": AT, "job_id": ID, "scenario_id": None, "message": "m"}
    return kind(**head, **fields)


DELETE = Step(address=Address("server", "x"), action=Action.DELETE)


def test_events_are_those_of_the_engine() -> None:
    """With the steps of the plan, where it has them."""
    told = Told(planned=planned_of(PLAN))
    started = told.event(_wire(wire.StepStarted, address="server.x", action="delete"))
    step = told.planned.plan.steps[1]
    assert started == engine.StepStarted(step=step)
    assert step.key == StepKey(Address("server", "x"), deletes=True)
    assert told.event(
        _wire(wire.StepInDoubt, address="server.x", action="delete", reason="lost")
    ) == engine.StepInDoubt(address=step.address, action=Action.DELETE, reason="lost")
    assert told.event(
        _wire(wire.StepAccepted, address="network.blue", cloud_id="id")
    ) == engine.StepAccepted(address=Address("network", "blue"), id="id")
    ended = told.event(
        _wire(wire.StepEnded, address="server.x", action="delete", result="done", seconds=1.5)
    )
    outcome = Outcome(step=step, result=Result.DONE, seconds=1.5)
    assert ended == engine.StepEnded(outcome=outcome)
    assert told.outcomes == [outcome]


@pytest.mark.parametrize(
    "event",
    [
        _wire(wire.JobState, state="applying"),
        OtherEvent(type="new", seq=1, position=1, at=AT, job_id=ID, scenario_id=None, message="m"),
    ],
)
def test_what_only_a_service_tells_is_no_step(event: wire.Event | OtherEvent) -> None:
    """States of the job, and what later versions tell."""
    assert Told(planned=nothing_planned("s")).event(event) is None


def test_a_run_that_is_taken_over_is_counted_anew() -> None:
    """Whoever takes over plans anew, and tells of every step."""
    told = Told(planned=nothing_planned("s"))
    ended = _wire(wire.StepEnded, address="server.x", action="delete", result="done", seconds=1.0)
    told.event(ended)
    assert told.event(_wire(wire.TakenOver, attempt=2)) is None
    told.event(ended)
    assert told.outcomes == [Outcome(step=DELETE, result=Result.DONE, seconds=1.0)]


def test_an_error_of_a_step_reads_as_it_did() -> None:
    """Status and request id stand once in its line."""
    told = Told(planned=nothing_planned("s"))
    told.event(
        _wire(
            wire.StepEnded,
            address="server.x",
            action="delete",
            result="failed",
            seconds=1.0,
            error=wire.StepError(
                code="engine.conflict",
                detail="Nova answered no (HTTP 409, req-1)",
                hint="wait",
                status=409,
                service="compute",
                method="DELETE",
                request_id="req-1",
            ),
        )
    )
    (outcome,) = told.outcomes
    error = outcome.error
    assert isinstance(error, Conflict)
    assert (error.status, error.service, error.method) == (409, "compute", "DELETE")
    line = "  ✗ server.x  Nova answered no (HTTP 409, req-1)\n    hint: wait"
    assert outcome_line(outcome) == line
    assert outcome_line(replace(outcome, result=Result.STOPPED)) == "    server.x  not begun"
