# SPDX-License-Identifier: Apache-2.0
"""Let so many in at once, where how many that is may change with everyone who leaves.

Who is furthest goes first, among equals who came first. What decides the number is asked each time;
this only keeps the order.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple


class _Waiting(NamedTuple):
    """Somebody before the gate; the least goes first."""

    behind: int
    number: int
    turn: asyncio.Future[None]
    width: Callable[[], int]


class Gate:
    """A semaphore whose width is a question."""

    def __init__(self) -> None:
        self._inside = 0
        self._waiting: list[_Waiting] = []
        self._numbers = itertools.count()

    @property
    def is_crowded(self) -> bool:
        """Somebody stands before it."""
        return bool(self._waiting)

    @asynccontextmanager
    async def passed(self, width: Callable[[], int], *, level: int = 0) -> AsyncIterator[None]:
        """Wait until fewer than *width* are inside, and be inside for an ``async with``.

        Args:
            level: who has a greater one is let in before all who have come earlier.
        """
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, _Waiting(-level, next(self._numbers), turn, width))
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():  # never let in; its place in the queue is skipped
                self._let_in()
            else:
                self._leave()
            raise
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        self._inside -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting:
            first = self._waiting[0]
            if not first.turn.done() and self._inside >= first.width():
                return
            heapq.heappop(self._waiting)
            if not first.turn.done():
                self._inside += 1
                first.turn.set_result(None)
