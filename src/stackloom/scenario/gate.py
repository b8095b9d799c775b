# SPDX-License-Identifier: Apache-2.0
"""Let so many in at once, where how many that is may change with everyone who leaves.

First come, first served. What decides the number is asked each time; this only keeps the order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Gate:
    """A semaphore whose width is a question."""

    def __init__(self) -> None:
        self._inside = 0
        self._waiting: deque[tuple[asyncio.Future[None], Callable[[], int]]] = deque()

    @asynccontextmanager
    async def passed(self, width: Callable[[], int]) -> AsyncIterator[None]:
        """Wait until fewer than *width* are inside, and be inside for an ``async with``."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, width))
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
            turn, width = self._waiting[0]
            if not turn.done() and self._inside >= width():
                return
            self._waiting.popleft()
            if not turn.done():
                self._inside += 1
                turn.set_result(None)
