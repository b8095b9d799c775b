# SPDX-License-Identifier: Apache-2.0
"""Why something failed, in the words of the record; and what may go well another time."""

from __future__ import annotations

import pytest

from stackloom.cloud.mark import Address
from stackloom.errors import (
    AuthFailed,
    BadScenario,
    CloudError,
    Conflict,
    Forbidden,
    InDoubt,
    NotFound,
    OverQuota,
    Problem,
    RateLimited,
    ServerFault,
    StackloomError,
    TimedOut,
    Unreachable,
)
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.plan import Action, Step
from stackloom.service.database.pool import DatabaseAway
from stackloom.service.refusal import Refused
from stackloom.service.worker.failure import (
    as_job_error,
    error_item,
    failed_steps,
    passes,
    step_error,
)
from stackloom.wire.event import StepError
from stackloom.wire.problem import ErrorItem, Source

_TOKENS = "http://cloud.test/v3/auth/tokens"
_CONFLICT = Conflict(
    "IP hunter2 in use",
    method="POST",
    url="http://cloud.test/v2.0/ports",
    status=409,
    request_id="req-1",
    service="network",
    hint="pick another",
)


def _hide(text: str) -> str:
    return text.replace("hunter2", "***")


def _outcome(name: str, result: Result, error: StackloomError | None = None) -> Outcome:
    step = Step(address=Address("port", name), action=Action.CREATE)
    return Outcome(step=step, result=result, error=error)


@pytest.mark.parametrize(
    "error",
    [Unreachable("x"), ServerFault("x"), InDoubt("x"), RateLimited("x"), DatabaseAway("x")],
)
def test_what_passes_is_tried_again(error: StackloomError) -> None:
    """The cloud or the database was away, or asked to come back."""
    assert passes(error)


@pytest.mark.parametrize(
    "error", [Conflict("x"), OverQuota("x"), Forbidden("x"), AuthFailed("x"), TimedOut("x")]
)
def test_what_stays_is_not(error: StackloomError) -> None:
    """A quota does not grow by asking again."""
    assert not passes(error)


@pytest.mark.parametrize("leaf", [AuthFailed, Forbidden, NotFound])
def test_a_log_in_that_is_refused_means_that_the_grant_is_gone(leaf: type[CloudError]) -> None:
    """Whatever Keystone says about it; the same of another request means what it says."""
    told = as_job_error(leaf("no", url=_TOKENS, status=401))
    assert isinstance(told, Refused)
    assert told.code == "grant.revoked"
    elsewhere = leaf("no", url="http://cloud.test/v2.0/networks")
    assert as_job_error(elsewhere) is elsewhere


def test_an_error_of_the_engine_becomes_an_item() -> None:
    """With the engine's code, status and first sentence."""
    assert error_item(_CONFLICT, str) == ErrorItem(
        code="stackloom.engine.conflict",
        status=409,
        title="It clashes with what is there (409, 412)",
        detail="IP hunter2 in use (HTTP 409, req-1)",
        hint="pick another",
    )


def test_problems_of_a_scenario_become_one_item_with_the_first_place() -> None:
    """All of them are in its text."""
    problems = [
        Problem(file="s.yaml", line=7, column=3, message="b"),
        Problem(file="s.yaml", line=2, column=5, message="a", hint="do c"),
    ]
    assert error_item(BadScenario(problems), str) == ErrorItem(
        code="stackloom.scenario.invalid",
        status=400,
        title="The scenario has problems",
        detail="s.yaml:2:5: a (do c)\ns.yaml:7:3: b",
        hint="do c",
        source=Source(file="s.yaml", line=2, column=5),
    )


def test_a_refusal_of_the_service_keeps_its_code() -> None:
    """``plan.stale`` and the like."""
    item = error_item(Refused("plan.stale", "it moved", hint="plan again"), str)
    assert (item.code, item.status) == ("stackloom.plan.stale", 409)
    assert (item.detail, item.hint) == ("it moved", "plan again")


def test_a_run_fails_with_the_error_of_its_first_failed_step() -> None:
    """It is said how many more there are, and how many waited."""
    outcomes = [
        _outcome("a", Result.DONE),
        _outcome("b", Result.FAILED, _CONFLICT),
        _outcome("c", Result.SKIPPED),
        _outcome("d", Result.FAILED, ServerFault("oh")),
    ]
    item = failed_steps(outcomes, _hide)
    assert item.code == "stackloom.engine.conflict"
    assert item.detail == (
        "port.b: IP *** in use (HTTP 409, req-1) (and 1 more failed); 1 behind it did not begin"
    )
    alone = failed_steps([_outcome("b", Result.FAILED, ServerFault("oh"))], _hide)
    assert alone.detail == "port.b: oh"
    assert alone.hint == (
        "what was made stays and is known; after mending the cause, retry the run"
    )


def test_a_failed_step_says_what_finds_it_in_the_logs_of_the_cloud() -> None:
    """Of what no request has failed of, only what happened."""
    assert step_error(_CONFLICT, _hide) == StepError(
        code="engine.conflict",
        detail="IP *** in use (HTTP 409, req-1)",
        hint="pick another",
        status=409,
        service="network",
        method="POST",
        request_id="req-1",
    )
    assert step_error(TimedOut("too long"), _hide) == StepError(
        code="engine.timed-out", detail="too long"
    )
