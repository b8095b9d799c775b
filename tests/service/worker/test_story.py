# SPDX-License-Identifier: Apache-2.0
"""What happens to a job, as events without anything secret."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from stackloom.cloud.mark import Address
from stackloom.errors import Conflict, Problem
from stackloom.scenario.events import (
    Event,
    Outcome,
    Result,
    StepAccepted,
    StepEnded,
    StepInDoubt,
    StepStarted,
)
from stackloom.scenario.plan import Action, Step
from stackloom.service.database.endings import SeenResource
from stackloom.service.jobs.job import Job
from stackloom.service.worker.story import Story
from stackloom.wire.plan import Counts
from stackloom.wire.resource import Output

_JOB = Job(
    id=UUID(int=1),
    project_id="blue",
    scenario_id=UUID(int=2),
    kind="run",
    attempt=1,
    tries=0,
    cancels=0,
    worker_id=UUID(int=3),
    grant_id=None,
    secrets=None,
    global_request_id="",
    queued_at=datetime(2026, 6, 1, tzinfo=UTC),
)
_BOB = Address("server", "bob")
_STEP = Step(address=_BOB, action=Action.CREATE)
_HEAD = {"seq": 0, "position": 0, "job_id": str(UUID(int=1)), "scenario_id": str(UUID(int=2))}


@pytest.fixture
def story() -> Story:
    """A story that knows one secret."""
    made = Story(_JOB)
    made.hide = lambda text: text.replace("hunter2", "***")
    return made


def _plain(event: object) -> dict[str, Any]:
    """Return an event as JSON has it, without the time."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(event))
    assert document.pop("at").endswith("Z")
    assert {name: document.pop(name) for name in _HEAD} == _HEAD
    return document


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            StepStarted(step=_STEP),
            {
                "type": "step_started",
                "address": "server.bob",
                "action": "create",
                "message": "creating server.bob",
            },
        ),
        (
            StepInDoubt(address=_BOB, action=Action.CREATE, reason="hunter2 was lost"),
            {
                "type": "step_in_doubt",
                "address": "server.bob",
                "action": "create",
                "reason": "*** was lost",
                "message": "server.bob: *** was lost; looking at the cloud",
            },
        ),
        (
            StepAccepted(address=_BOB, id="s-1"),
            {
                "type": "step_accepted",
                "address": "server.bob",
                "cloud_id": "s-1",
                "message": "server.bob is there, and not usable yet",
            },
        ),
        (
            StepEnded(
                outcome=Outcome(
                    step=_STEP,
                    result=Result.FAILED,
                    error=Conflict("hunter2 is taken", status=409, service="compute"),
                    seconds=1.23456,
                )
            ),
            {
                "type": "step_ended",
                "address": "server.bob",
                "action": "create",
                "result": "failed",
                "seconds": 1.235,
                "cloud_id": None,
                "error": {
                    "code": "engine.conflict",
                    "detail": "*** is taken (HTTP 409)",
                    "hint": "",
                    "status": 409,
                    "service": "compute",
                    "method": "",
                    "request_id": "",
                },
                "blamed": None,
                "message": "server.bob failed: *** is taken (HTTP 409)",
            },
        ),
    ],
)
def test_what_the_engine_tells_becomes_an_event(
    story: Story, event: Event, told: dict[str, object]
) -> None:
    """With everything that it says, and stars for secrets."""
    assert _plain(story.step(event)) == told


def test_a_plan_is_told_with_its_warnings(story: Story) -> None:
    """First what would be done, then what may go wrong."""
    problem = Problem(file="s.yaml", line=2, column=1, message="the quota is short")
    ready, warning = story.planned(Counts(create=2), [problem])
    assert (_plain(ready)["type"], _plain(ready)["message"]) == ("plan_ready", "2 to create")
    assert _plain(warning)["type"] == "warning"
    assert _plain(warning)["message"] == "warning: s.yaml:2:1: the quota is short"


def test_only_drift_is_told_as_drift(story: Story) -> None:
    """What is as it should be needs no event; nor does an output that is not known."""
    resources = [
        SeenResource(address=f"server.{how}", kind="server", cloud_id=None, name=how, condition=how)
        for how in ("in_sync", "missing", "changed")
    ]
    assert [_plain(each)["address"] for each in story.drift(resources)] == [
        "server.missing",
        "server.changed",
    ]
    outputs = [
        Output(name="a", value=1, is_known=True),
        Output(name="b", value=None, is_known=False),
    ]
    assert [(_plain(each)["name"], _plain(each)["value"]) for each in story.outputs(outputs)] == [
        ("a", 1)
    ]
