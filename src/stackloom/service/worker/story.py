# SPDX-License-Identifier: Apache-2.0
"""What happens to a job as events of the wire, without anything secret. Pure but for the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from stackloom.errors import Problem
from stackloom.scenario.events import Event as EngineEvent
from stackloom.scenario.events import StepAccepted, StepInDoubt, StepStarted
from stackloom.service.database.endings import SeenResource
from stackloom.service.jobs.job import Job
from stackloom.service.worker.failure import step_error
from stackloom.service.worker.words import counts_words, drift_words, step_words
from stackloom.wire import event as wire
from stackloom.wire.plan import Counts
from stackloom.wire.resource import Output

# They are numbered where they are written.
_LATER = 0


class Story:
    """Makes the events of one job.

    Attributes:
        hide: puts stars in the place of secrets in a text: those that came with the job, and all
            there are once the scenario is read.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self.hide: Callable[[str], str] = str

    def step(self, event: EngineEvent) -> wire.Event:
        """Return what the engine tells."""
        head = self._head(step_words(event))
        if isinstance(event, StepStarted):
            step = event.step
            return wire.StepStarted(**head, address=str(step.address), action=step.action.value)
        if isinstance(event, StepInDoubt):
            return wire.StepInDoubt(
                **head,
                address=str(event.address),
                action=event.action.value,
                reason=self.hide(event.reason),
            )
        if isinstance(event, StepAccepted):
            return wire.StepAccepted(**head, address=str(event.address), cloud_id=event.id)
        outcome = event.outcome
        return wire.StepEnded(
            **head,
            address=str(outcome.step.address),
            action=outcome.step.action.value,
            result=outcome.result.value,
            seconds=round(outcome.seconds, 3),
            cloud_id=outcome.id or None,
            error=step_error(outcome.error, self.hide) if outcome.error else None,
            blamed=str(outcome.blamed) if outcome.blamed else None,
        )

    def planned(self, counts: Counts, warnings: Iterable[Problem]) -> list[wire.Event]:
        """Return that it is known what would be done, and what may go wrong with it."""
        ready = wire.PlanReady(**self._head(counts_words(counts)), counts=counts)
        warned = [wire.Warned(**self._head(f"warning: {each}"), problem=each) for each in warnings]
        return [ready, *warned]

    def drift(self, resources: Sequence[SeenResource]) -> list[wire.Event]:
        """Return what is not as it should be."""
        return [
            wire.Drift(
                **self._head(drift_words(each.address, each.condition)),
                address=each.address,
                condition=each.condition,
                differences=each.differences,
            )
            for each in resources
            if each.condition != "in_sync"
        ]

    def outputs(self, outputs: Iterable[Output]) -> list[wire.Event]:
        """Return what the scenario tells."""
        return [
            wire.OutputKnown(
                **self._head(f"{each.name} is known"), name=each.name, value=each.value
            )
            for each in outputs
            if each.is_known
        ]

    def _head(self, message: str) -> dict[str, Any]:
        """Return what all events have; keyword arguments of whichever struct follows."""
        return {
            "seq": _LATER,
            "position": _LATER,
            "at": datetime.now(UTC),
            "job_id": self._job.id,
            "scenario_id": self._job.scenario_id,
            "message": self.hide(message),
        }
