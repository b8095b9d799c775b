# SPDX-License-Identifier: Apache-2.0
"""Events over a line that is made anew when it breaks, for programs with an event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from stackloom.client.asking import Asking
from stackloom.client.watching import Number, OtherEvent, Watch
from stackloom.errors import RateLimited, ServerFault, Unreachable
from stackloom.wire.event import Event

BREAKS = (Unreachable, ServerFault, RateLimited)
"""What ends a line and not the watching."""


async def following(
    asking: Asking, path: str, *, number: Number, after: int, patience: float
) -> AsyncGenerator[Event | OtherEvent, None]:
    """Return events as they come, until there is an end to them.

    Args:
        number, after: where to begin; see ``Watch``.
        patience: how many seconds the service may be away.
    """
    watch = Watch(number, after)
    last_seen = time.monotonic()
    while True:
        try:
            async with _line(asking, path, watch) as pieces:
                async for piece in pieces:
                    last_seen = time.monotonic()
                    for event in watch.take(piece):
                        yield event
            if watch.is_over:
                return
        except BREAKS:
            if time.monotonic() - last_seen > patience:
                raise
        await asyncio.sleep(watch.retry_seconds)


class _Pieces:
    """Where the pieces of one line are put; None says that it has ended."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    def begin(self) -> None:
        self._watch.begin()

    def write(self, piece: bytes) -> None:
        self.queue.put_nowait(piece)


@asynccontextmanager
async def _line(asking: Asking, path: str, watch: Watch) -> AsyncIterator[AsyncIterator[bytes]]:
    """Open a line for an ``async with``; what ends it is raised where its pieces are waited for."""
    pieces = _Pieces(watch)
    headers = {"Last-Event-ID": str(watch.after)} if watch.after else {}
    # Not in a task group: whoever watches may leave the generator at any time, from any task.
    carrying = asyncio.ensure_future(asking.stream(path, pieces, headers))
    carrying.add_done_callback(lambda _: pieces.queue.put_nowait(None))

    async def arriving() -> AsyncIterator[bytes]:
        while (piece := await pieces.queue.get()) is not None:
            yield piece
        await carrying

    try:
        yield arriving()
    finally:
        carrying.cancel()
        await asyncio.wait([carrying])
