# SPDX-License-Identifier: Apache-2.0
"""What a run tells while it goes: one stream for terminal, record, job log and page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from stackloom.cloud.mark import Address
from stackloom.errors import CloudError, StackloomError
from stackloom.scenario.plan import Action, Step


class Result(Enum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one step.

    Attributes:
        id: the cloud's id of what the step made or kept; empty otherwise.
        error: why it failed.
        blamed: the failed step that it waited for, where it was skipped.
        seconds: how long it took, waiting for the resource to be usable included.
    """

    step: Step
    result: Result
    id: str = ""
    error: StackloomError | None = None
    blamed: Address | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """The first request of a step is about to go out."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInDoubt:
    """An answer was lost; the cloud is being looked at before anything is sent again."""

    address: Address
    action: Action
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAccepted:
    """The cloud has made it, and it is not usable yet."""

    address: Address
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """A step is over."""

    outcome: Outcome


Event = StepStarted | StepInDoubt | StepAccepted | StepEnded
Tell = Callable[[Event], None]


def event_document(event: Event) -> dict[str, Any]:
    """Return an event as plain values: ``{"event": "step_ended", "address": ..., ...}``."""
    if isinstance(event, StepStarted):
        step = event.step
        return {"event": "step_started", "address": str(step.address), "action": step.action.value}
    if isinstance(event, StepInDoubt):
        return {
            "event": "step_in_doubt",
            "address": str(event.address),
            "action": event.action.value,
            "reason": event.reason,
        }
    if isinstance(event, StepAccepted):
        return {"event": "step_accepted", "address": str(event.address), "id": event.id}
    outcome = event.outcome
    document = {
        "event": "step_ended",
        "address": str(outcome.step.address),
        "action": outcome.step.action.value,
        "result": outcome.result.value,
        "seconds": round(outcome.seconds, 3),
    }
    if outcome.id:
        document["id"] = outcome.id
    if outcome.error:
        document |= _error_document(outcome.error)
    if outcome.blamed:
        document["blamed"] = str(outcome.blamed)
    return document


def _error_document(error: StackloomError) -> dict[str, Any]:
    """Return why a step failed: ``{"error": ..., "hint": ..., "code": "conflict", ...}``."""
    document: dict[str, Any] = {"error": str(error), "hint": error.hint, "code": error.slug}
    if isinstance(error, CloudError):
        document |= {
            "status": error.status,
            "service": error.service,
            "method": error.method,
            "request_id": error.request_id,
        }
    return document


def tell_nobody(_event: Event) -> None:
    """Listen to nothing."""
