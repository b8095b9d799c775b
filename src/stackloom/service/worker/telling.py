# SPDX-License-Identifier: Apache-2.0
"""What a job tells becomes rows: in its order, in batches, as soon as possible.

Whoever tells never waits for the database, except before something is made (``flush``): what was
told before is then written before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from stackloom.wire.event import Event
from stackloom.wire.run import Progress

Write = Callable[[Sequence[Event], Progress | None], Awaitable[object]]
"""Writes events in one transaction, with how far the run is after the last of them."""

MOST_IN_A_BATCH = 100


class Telling:
    """The events of one job that are not written yet.

    Args:
        write: raises where nothing can be written any more, which ends ``run``.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[tuple[Event, Progress | None]] = []
        self._told = 0
        self._written = 0
        self._something = asyncio.Event()
        self._some_written = asyncio.Condition()

    def tell(self, event: Event, progress: Progress | None = None) -> None:
        """Tell of something that has happened, and how far the run is with it."""
        self._waiting.append((event, progress))
        self._told += 1
        self._something.set()

    async def flush(self) -> None:
        """Wait until everything is written that has been told so far."""
        wanted = self._told
        async with self._some_written:
            await self._some_written.wait_for(lambda: self._written >= wanted)

    async def run(self) -> None:
        """Write what is told, until cancelled."""
        while True:
            await self._something.wait()
            self._something.clear()
            while batch := self._waiting[:MOST_IN_A_BATCH]:
                del self._waiting[: len(batch)]
                steps = [progress for _, progress in batch if progress is not None]
                await self._write([event for event, _ in batch], steps[-1] if steps else None)
                async with self._some_written:
                    self._written += len(batch)
                    self._some_written.notify_all()
