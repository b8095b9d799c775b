# SPDX-License-Identifier: Apache-2.0
"""Walk a plan: everything that waits for nothing goes at once, every branch keeps moving.

It decides nothing: what to do stands in the plan, how to do it in the actions. A step that fails
skips only the steps behind it. It knows neither clouds nor kinds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from stackloom.cloud.mark import Address
from stackloom.errors import Occupied, StackloomError
from stackloom.scenario.events import Outcome, Result, StepEnded, StepStarted, Tell, tell_nobody
from stackloom.scenario.plan import Action, Plan, Step, StepKey

IdByAddress = Mapping[Address, str]


class Actions(Protocol):
    """What carries steps out; errors are ``StackloomError``."""

    async def create(
        self, steps: Sequence[Step], ids: IdByAddress
    ) -> Mapping[Address, str | StackloomError]:
        """Make all of *steps*, of one kind, in as few requests as possible: id or error of each."""

    async def update(self, step: Step, ids: IdByAddress) -> None:
        """Bring about the differences of *step*."""

    async def delete(self, step: Step) -> None:
        """Take away what *step* names, and wait until it is gone."""

    async def settle(self, step: Step, id: str) -> None:
        """Wait until what *step* made or kept is usable."""


class Executor:
    """One walk through one plan.

    Args:
        bulk_kinds: kinds of which the actions can make many in one request.
        bulk_size: how many of those to make at once; what waits for the first need not wait for
            the last.
        now: a clock in seconds that never goes back.
    """

    def __init__(
        self,
        plan: Plan,
        actions: Actions,
        *,
        bulk_kinds: Collection[str] = (),
        bulk_size: Callable[[], int] = lambda: sys.maxsize,
        tell: Tell = tell_nobody,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._actions = actions
        self._bulk_kinds = frozenset(bulk_kinds)
        self._bulk_size = bulk_size
        self._tell = tell
        self._now = now
        self._steps = {step.key: step for step in plan.steps}
        self._ids: dict[Address, str] = {
            step.address: step.state.id
            for step in plan.steps
            if step.action in {Action.KEEP, Action.UPDATE}
        }
        self._deletes_left = Counter(
            step.address.kind for step in plan.steps if step.action is Action.DELETE
        )
        self._after_deletes: dict[str, list[StepKey]] = {}
        self._waiting: dict[StepKey, int] = {}
        self._needed_by: dict[StepKey, list[StepKey]] = {}
        for step in plan.steps:
            self._queue(step)
        self._ready: list[StepKey] = []
        self._some_ended = asyncio.Event()
        self._outcomes: dict[StepKey, Outcome] = {}
        self._stopping = False

    def _queue(self, step: Step) -> None:
        """Note what *step* waits for; all deletes of its kind count as one thing."""
        self._waiting[step.key] = len(step.needs)
        for need in step.needs:
            self._needed_by.setdefault(need, []).append(step.key)
        if step.after_deletes and self._deletes_left[step.address.kind]:
            self._waiting[step.key] += 1
            self._after_deletes.setdefault(step.address.kind, []).append(step.key)

    def stop(self) -> None:
        """Begin nothing more; what is under way ends."""
        self._stopping = True

    async def run(self) -> tuple[Outcome, ...]:
        """Carry the plan out and return the outcome of every step, in the order of the plan."""
        self._ready += [key for key, count in self._waiting.items() if count == 0]
        # Only this loop makes tasks: it is the first to know when the group is being cancelled.
        async with asyncio.TaskGroup() as group:
            while len(self._outcomes) < len(self._steps):
                for steps in self._take_ready():
                    group.create_task(self._carry_out(steps))
                await self._some_ended.wait()
                self._some_ended.clear()
        return tuple(self._outcomes[key] for key in self._steps)

    def _take_ready(self) -> list[list[Step]]:
        """Return what can begin now, creates of a bulk kind together; nothing when stopping.

        What became ready in one turn of the loop is taken at once: the networks of one answer
        settle one after the other, and their subnets still go together.
        """
        steps = [self._steps[key] for key in self._ready]
        self._ready.clear()
        begun: list[list[Step]] = []
        bulks: dict[str, list[Step]] = {}
        for step in steps:
            if step.leaves_with:  # it waited for that one, so it is gone
                self._end(Outcome(step=step, result=Result.DONE))
            elif self._stopping:
                self._end(Outcome(step=step, result=Result.STOPPED))
            elif step.action is Action.CREATE and step.address.kind in self._bulk_kinds:
                bulk = bulks.get(step.address.kind, [])
                if not bulk or len(bulk) >= self._bulk_size():
                    bulk = bulks[step.address.kind] = []
                    begun.append(bulk)
                bulk.append(step)
            else:
                begun.append([step])
        return begun

    async def _carry_out(self, steps: list[Step]) -> None:
        started = self._now()
        for step in steps:
            if step.action is not Action.KEEP:
                self._tell(StepStarted(step=step))
        if steps[0].action is Action.CREATE:
            made = await self._create(steps)
        else:
            made = {steps[0].address: await self._change(steps[0])}
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(self._settle(step, made[step.address], started))

    async def _create(self, steps: list[Step]) -> Mapping[Address, str | StackloomError]:
        try:
            return await self._actions.create(steps, self._ids)
        except StackloomError as error:
            return {step.address: error for step in steps}

    async def _change(self, step: Step) -> str | StackloomError:
        if step.blocked_by:
            return Occupied(step.blocked_by)
        try:
            if step.action is Action.UPDATE:
                await self._actions.update(step, self._ids)
            elif step.action is Action.DELETE:
                await self._actions.delete(step)
        except StackloomError as error:
            return error
        return "" if step.action is Action.DELETE else str(step.state.id)

    async def _settle(self, step: Step, made: str | StackloomError, started: float) -> None:
        error = made if isinstance(made, StackloomError) else None
        id = made if isinstance(made, str) else ""
        if id:
            self._ids[step.address] = id
            try:
                await self._actions.settle(step, id)
            except StackloomError as failure:
                error = failure
        result = Result.FAILED if error else Result.DONE
        seconds = self._now() - started
        self._end(Outcome(step=step, result=result, id=id, error=error, seconds=seconds))

    def _end(self, outcome: Outcome) -> None:
        """Note how a step ended; what waited for it is ready now, or skipped."""
        ended = [outcome]
        for each in ended:  # grows by what is skipped
            key = each.step.key
            self._outcomes[key] = each
            self._tell(StepEnded(outcome=each))
            for behind in self._behind(each):
                if behind in self._outcomes:
                    continue
                self._waiting[behind] -= 1
                if each.result is not Result.DONE:
                    follower = self._follower(self._steps[behind], each)
                    self._outcomes[behind] = follower
                    ended.append(follower)
                elif self._waiting[behind] == 0:
                    self._ready.append(behind)
        self._some_ended.set()

    def _behind(self, outcome: Outcome) -> list[StepKey]:
        """Return the steps that wait for one thing less now, or in vain."""
        step = outcome.step
        behind = list(self._needed_by.get(step.key, ()))
        if step.action is Action.DELETE:
            self._deletes_left[step.address.kind] -= 1
            last_or_failed = (
                outcome.result is not Result.DONE or not (self._deletes_left[step.address.kind])
            )
            if last_or_failed:
                behind += self._after_deletes.pop(step.address.kind, [])
        return behind

    @staticmethod
    def _follower(step: Step, of: Outcome) -> Outcome:
        """Return the outcome of a step that cannot begin because of another's."""
        if of.result is Result.STOPPED:
            return Outcome(step=step, result=Result.STOPPED)
        return Outcome(step=step, result=Result.SKIPPED, blamed=of.blamed or of.step.address)
