# SPDX-License-Identifier: Apache-2.0
"""How far a run is, in a few words: what is done, what waits for what, time and requests."""

from __future__ import annotations

import time
from collections.abc import Callable

from stackloom.scenario.events import Event, StepEnded, StepStarted
from stackloom.scenario.plan import Action, Plan, StepKey


class Course:
    """Follows the events of one run.

    Args:
        requests: how many have been sent by now; None where they are somebody else's.
    """

    def __init__(
        self,
        plan: Plan,
        requests: Callable[[], int] | None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._left = {step.key: step for step in plan.steps if step.action is not Action.KEEP}
        self._total = len(self._left)
        self._begun: set[StepKey] = set()
        self._requests = requests
        self._requests_before = requests() if requests else 0
        self._now = now
        self._started = now()

    def note(self, event: Event) -> None:
        """Take an event in."""
        if isinstance(event, StepStarted):
            self._begun.add(event.step.key)
        elif isinstance(event, StepEnded):
            self._left.pop(event.outcome.step.key, None)

    def summary(self) -> str:
        """Say how far it is: ``3/9 done, 4 s, 12 requests, 2 wait (server.a for subnet.lan)``."""
        seconds = self._now() - self._started
        parts = [f"{self._total - len(self._left)}/{self._total} done", f"{seconds:.0f} s"]
        if self._requests:
            parts.append(f"{self._requests() - self._requests_before} requests")
        waiting = [step for key, step in list(self._left.items()) if key not in self._begun]
        if waiting:
            for_what = sorted(key for key in waiting[0].needs if key in self._left)
            example = f" ({waiting[0].address} for {for_what[0].address})" if for_what else ""
            parts.append(f"{len(waiting)} wait{example}")
        return ", ".join(parts)
