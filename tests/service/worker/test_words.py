# SPDX-License-Identifier: Apache-2.0
"""What happens, in words."""

from __future__ import annotations

import pytest

from stackloom.cloud.mark import Address
from stackloom.errors import Conflict
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
from stackloom.service.worker.words import counts_words, drift_words, step_words
from stackloom.wire.plan import Counts

_BOB = Address("server", "bob")
_CREATE = Step(address=_BOB, action=Action.CREATE)
_DELETE = Step(address=_BOB, action=Action.DELETE)


def _ended(step: Step, result: Result, **more: object) -> StepEnded:
    return StepEnded(outcome=Outcome(step=step, result=result, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (StepStarted(step=_CREATE), "creating server.bob"),
        (StepStarted(step=_DELETE), "deleting server.bob"),
        (
            StepInDoubt(address=_BOB, action=Action.CREATE, reason="the answer was lost"),
            "server.bob: the answer was lost; looking at the cloud",
        ),
        (StepAccepted(address=_BOB, id="1"), "server.bob is there, and not usable yet"),
        (_ended(_CREATE, Result.DONE, seconds=4.26), "server.bob created in 4.3 s"),
        (
            _ended(_CREATE, Result.FAILED, error=Conflict("no", status=409, request_id="req-1")),
            "server.bob failed: no (HTTP 409, req-1)",
        ),
        (
            _ended(_CREATE, Result.SKIPPED, blamed=Address("network", "blue")),
            "server.bob was not begun, because network.blue failed",
        ),
        (_ended(_CREATE, Result.STOPPED), "server.bob was not begun"),
    ],
)
def test_each_event_is_one_sentence(event: Event, words: str) -> None:
    """For a terminal, a log and a reader of events who does not know the type."""
    assert step_words(event) == words


def test_a_plan_is_counted() -> None:
    """What changes, and where nothing does, how much is as it should be."""
    assert counts_words(Counts(create=9, delete=1, keep=3)) == "9 to create, 1 to delete"
    assert counts_words(Counts(keep=3)) == "nothing to do: 3 as they should be"


def test_drift_is_told_by_what_is_wrong() -> None:
    """Missing, changed, or not in the text."""
    assert [drift_words("server.bob", how) for how in ("missing", "changed", "unmanaged")] == [
        "server.bob is not in the cloud",
        "server.bob has been changed",
        "server.bob carries the scenario's mark and is not in its text",
    ]
