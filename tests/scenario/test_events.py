# SPDX-License-Identifier: Apache-2.0
"""What a run tells while it goes."""

from __future__ import annotations

import pytest

from stackloom.cloud.mark import Address
from stackloom.errors import Conflict, StackloomError, WentToError
from stackloom.scenario.events import Outcome, Result, StepEnded, event_document, tell_nobody
from stackloom.scenario.plan import Action, Step


def test_an_outcome_knows_no_more_than_it_was_told() -> None:
    """Without an id, an error or somebody to blame these are empty."""
    step = Step(address=Address("bed", "north"), action=Action.KEEP)
    outcome = Outcome(step=step, result=Result.DONE)
    assert (outcome.id, outcome.error, outcome.blamed, outcome.seconds) == ("", None, None, 0.0)


def test_nobody_listens_in_silence() -> None:
    """The default listener takes every event."""
    step = Step(address=Address("bed", "north"), action=Action.KEEP)
    tell_nobody(StepEnded(outcome=Outcome(step=step, result=Result.DONE)))


_REFUSED = Conflict(
    "IP in use",
    method="POST",
    url="http://cloud.test/v2.0/ports",
    status=409,
    request_id="req-1",
    service="network",
    hint="pick another",
)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            _REFUSED,
            {
                "error": "IP in use (HTTP 409, req-1)",
                "hint": "pick another",
                "code": "conflict",
                "status": 409,
                "service": "network",
                "method": "POST",
                "request_id": "req-1",
            },
        ),
        (
            WentToError("it went to ERROR"),
            {"error": "it went to ERROR", "hint": "", "code": "went-to-error"},
        ),
    ],
)
def test_a_failure_is_told_with_what_finds_it_in_the_logs_of_the_cloud(
    error: StackloomError, told: dict[str, object]
) -> None:
    """Which service refused what, and under which id it has logged that."""
    step = Step(address=Address("bed", "north"), action=Action.CREATE)
    outcome = Outcome(step=step, result=Result.FAILED, error=error, seconds=1.23456)
    assert event_document(StepEnded(outcome=outcome)) == {
        "event": "step_ended",
        "address": "bed.north",
        "action": "create",
        "result": "failed",
        "seconds": 1.235,
        **told,
    }
