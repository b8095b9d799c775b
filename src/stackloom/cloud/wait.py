# SPDX-License-Identifier: Apache-2.0
"""Wait for resources: one poll of the list for all that are awaited, however many they are.

The only place with a loop that sleeps. A look costs Nova 50-160 ms of CPU, so there is none before
anything can have happened, and the longer nothing moves the rarer they are: by a fifth of the time
waited so far, which is also the most by which the end of a wait is noticed late.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Kind, Progress, State
from stackloom.cloud.verbs import list_states
from stackloom.errors import TimedOut, WentToError
from stackloom.transport.waiting import LoopTurns, Sleep, Turns, loop_sleep

if TYPE_CHECKING:
    from stackloom.transport.meter import Meter

StateT = TypeVar("StateT", bound=State)

# Nothing is built or gone sooner, and the further away a cloud is the less a look too early is
# worth.
FIRST_READY_SECONDS = 1.0
SOONEST_READY_SECONDS = 0.5
WAYS_BEFORE_LOOK = 2.0
SHORTEST_PAUSE_SECONDS = 0.3
LONGEST_PAUSE_SECONDS = 10.0
SHARE_OF_WAIT = 0.2
# A service that is busy answers late, and looking at it all the time would keep it busy: it rests
# longer than a look took, but what it is busy with may be what is waited for, so not for long.
LOOKS_TO_REST = 2.5
LONGEST_REST_SECONDS = 1.0


class Watch(Generic[StateT]):
    """Watches the list of one kind for as long as somebody waits.

    Callers share the polls: whoever finds none under way makes the next one, and its answer serves
    all.

    Args:
        look: gives the states in place of the list of the kind; for kinds that have none.
    """

    def __init__(
        self,
        cloud: Cloud,
        kind: Kind[StateT],
        *,
        sleep: Sleep = loop_sleep,
        turns: Turns = LoopTurns,
        now: Callable[[], float] = time.monotonic,
        look: Callable[[], Awaitable[Iterable[StateT]]] | None = None,
    ) -> None:
        self._cloud = cloud
        self._kind = kind
        self._sleep = sleep
        self._now = now
        self._look = look or self._list
        self._turn = turns(1)
        self._round = 0
        self._states: dict[str, StateT] = {}
        # When the one who came last began to wait, and when it wants the first look.
        self._began = 0.0
        self._first = 0.0
        self._look_seconds = 0.0

    async def until_ready(self, id: str, *, within_seconds: float) -> StateT:
        """Wait until it is usable, and return it as it is then.

        Raises:
            WentToError: the cloud gave up on it; the message has the cloud's reason.
            TimedOut: the time was up; carries the last state seen.
        """
        started = self._begin(first_look_seconds(self._cloud.meter))
        while True:
            state = await self._next(id)
            progress = self._kind.progress(state) if state else Progress.WAITING
            if state and progress is Progress.READY:
                return state
            if state and progress is Progress.FAILED:
                reason = self._kind.failure(state) or "the cloud gives no reason"
                raise WentToError(f"it went to ERROR: {reason}", last=state)
            self._give_up_after(started, within_seconds, state, "it is not ready")

    async def until_gone(self, id: str, *, within_seconds: float) -> None:
        """Wait until the cloud no longer lists it.

        Raises:
            TimedOut: it is still there; carries the last state seen.
        """
        started = self._begin(first_look_seconds(self._cloud.meter))
        while (state := await self._next(id)) is not None:
            self._give_up_after(started, within_seconds, state, "it is still there")

    def _begin(self, first_seconds: float) -> float:
        self._began = self._now()
        self._first = first_seconds
        return self._began

    async def _next(self, id: str) -> StateT | None:
        """Return its state in the next list to arrive, asking for it if nobody has yet."""
        seen = self._round
        async with self._turn:
            if self._round == seen:
                await self._pause()
                begun = self._now()
                states = {state.id: state for state in await self._look()}
                self._look_seconds = self._now() - begun
                self._states = states
                self._round += 1
        return self._states.get(id)

    async def _pause(self) -> None:
        """Pause before a look; once longer for those who came meanwhile, so that it is theirs too.

        Servers are asked for in waves: a look between two of them would see one of both.
        """
        newest, waited = self._began, self._now() - self._began
        await self._sleep(pause_before_look(waited, self._first, self._look_seconds))
        still = self._first - (self._now() - self._began)
        if self._began > newest and still > 0:
            await self._sleep(still)

    async def _list(self) -> Iterable[StateT]:
        return [state async for state in list_states(self._cloud, self._kind)]

    def _give_up_after(
        self, started: float, within_seconds: float, state: StateT | None, what: str
    ) -> None:
        if self._now() - started > within_seconds:
            raise TimedOut(
                f"{what} after {within_seconds:.0f} s",
                last=state,
                hint="it may still get there; run the command again to go on",
            )


def first_look_seconds(meter: Meter | None) -> float:
    """Return when something may be ready or gone at the soonest, by how far the cloud is away."""
    way = meter.quickest_seconds if meter else math.inf
    return min(FIRST_READY_SECONDS, SOONEST_READY_SECONDS + WAYS_BEFORE_LOOK * way)


def pause_before_look(waited: float, first: float, look: float) -> float:
    """Return how long to pause before the next look at the list; all in seconds.

    Args:
        waited: so far, by the one who began last.
        first: when that one wants the first look.
        look: how long the last one took.
    """
    rest = min(LOOKS_TO_REST * look, LONGEST_REST_SECONDS)
    pause = max(SHORTEST_PAUSE_SECONDS, SHARE_OF_WAIT * waited, rest)
    return max(first - waited, min(pause, LONGEST_PAUSE_SECONDS))
