# SPDX-License-Identifier: Apache-2.0
"""What happens, in words: the ``message`` of each event of a run. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from stackloom.scenario.events import (
    Event,
    Outcome,
    Result,
    StepAccepted,
    StepInDoubt,
    StepStarted,
)
from stackloom.scenario.plan import Action
from stackloom.wire.plan import Counts
from stackloom.wire.resource import ResourceCondition

_BEGUN: Mapping[Action, str] = {
    Action.CREATE: "creating",
    Action.UPDATE: "changing",
    Action.DELETE: "deleting",
    Action.KEEP: "looking at",
}
_DONE: Mapping[Action, str] = {
    Action.CREATE: "created",
    Action.UPDATE: "changed",
    Action.DELETE: "deleted",
    Action.KEEP: "as it should be",
}
_DRIFT: Mapping[ResourceCondition, str] = {
    "in_sync": "is as it should be",
    "missing": "is not in the cloud",
    "changed": "has been changed",
    "unmanaged": "carries the scenario's mark and is not in its text",
}


def step_words(event: Event) -> str:
    """Return what the engine tells, in one sentence."""
    if isinstance(event, StepStarted):
        return f"{_BEGUN[event.step.action]} {event.step.address}"
    if isinstance(event, StepInDoubt):
        return f"{event.address}: {event.reason}; looking at the cloud"
    if isinstance(event, StepAccepted):
        return f"{event.address} is there, and not usable yet"
    return _ended(event.outcome)


def _ended(outcome: Outcome) -> str:
    step = outcome.step
    if outcome.result is Result.FAILED:
        return f"{step.address} failed: {outcome.error}"
    if outcome.result is Result.SKIPPED:
        return f"{step.address} was not begun, because {outcome.blamed} failed"
    if outcome.result is Result.STOPPED:
        return f"{step.address} was not begun"
    return f"{step.address} {_DONE[step.action]} in {outcome.seconds:.1f} s"


def counts_words(counts: Counts) -> str:
    """Return what a plan comes to: ``9 to create, 1 to delete``."""
    told = [
        f"{number} to {name}"
        for name in ("create", "update", "replace", "delete")
        if (number := getattr(counts, name))
    ]
    return ", ".join(told) or f"nothing to do: {counts.keep} as they should be"


def drift_words(address: str, condition: ResourceCondition) -> str:
    """Return in which way something is not as it should be."""
    return f"{address} {_DRIFT[condition]}"
