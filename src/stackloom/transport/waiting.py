# SPDX-License-Identifier: Apache-2.0
"""How a coroutine waits on asyncio's event loop, without importing asyncio before it has to.

Importing asyncio and starting a loop costs 20 ms, a quarter of a whole ``network list``; a program
that asks one thing after the other does not need it (see ``blocking.py``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

Sleep = Callable[[float], Awaitable[None]]
Turns = Callable[[int], AbstractAsyncContextManager[None]]
"""``turns(n)``: lets at most *n* in at the same time."""


async def loop_sleep(seconds: float) -> None:
    """Pause this coroutine, not the others."""
    import asyncio  # noqa: PLC0415 - see above

    await asyncio.sleep(seconds)


class LoopTurns:
    """A semaphore of asyncio, made when it is first needed."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._semaphore: asyncio.Semaphore | None = None

    async def __aenter__(self) -> None:
        if self._semaphore is None:
            import asyncio  # noqa: PLC0415 - see above

            self._semaphore = asyncio.Semaphore(self._number)
        await self._semaphore.acquire()

    async def __aexit__(self, *_: object) -> None:
        assert self._semaphore is not None, "whoever leaves has entered"
        self._semaphore.release()
