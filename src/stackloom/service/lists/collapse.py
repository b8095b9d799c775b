# SPDX-License-Identifier: Apache-2.0
"""Answers that many want: fetched by one of them, and kept for a moment.

Knows neither callers nor clouds; who may see an answer is said by its key.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, Literal, TypeVar

from stackloom.errors import StackloomError
from stackloom.log import Log
from stackloom.service.flights import Flights
from stackloom.service.recently_used import RecentlyUsed

log = Log(__name__)
KeyT = TypeVar("KeyT", bound=Hashable)
Result = Literal["hit", "shared", "miss"]

_MOST_ANSWERS = 10_000
# What an answer weighs beside its body: its key, its ETag, its place in the memory.
_OVERHEAD_BYTES = 1_024
_ETAG_BYTES = 12
# After this share of its time an answer is fetched anew. Without, all would wait whenever it is
# over: of a list that takes 40 ms and is kept for 2 s, every fiftieth caller. So nobody waits for a
# cloud that answers within a second.
_RENEW_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer.

    Attributes:
        etag: of its body, without quotes.
        at: when it was asked for, by the clock of the ``Collapse``.
    """

    body: bytes
    etag: str
    at: float


class Collapse(Generic[KeyT]):
    """Answers by key.

    Args:
        fresh_seconds: how long one is given again; 0 only collapses those who ask at once.
        most_bytes: of all that are kept; least recently used ones leave.
        is_shared: whether an error of one is that of all who wait; else each asks for itself.
        now: a monotonic clock, in seconds.
        count: told for each that is asked for whether it was kept, came from another who asked for
            it, or was asked for.
    """

    def __init__(
        self,
        *,
        fresh_seconds: float,
        most_bytes: int,
        is_shared: Callable[[Exception], bool],
        now: Callable[[], float],
        count: Callable[[Result], None] = lambda _result: None,
    ) -> None:
        self._fresh_seconds = fresh_seconds
        self._now = now
        self._count = count
        self._kept: RecentlyUsed[KeyT, Kept] = RecentlyUsed(
            most=_MOST_ANSWERS, most_bytes=most_bytes
        )
        # Tasks of nobody's request: they are kept here, each until its end, and left by close().
        self._renewals: dict[KeyT, asyncio.Task[None]] = {}
        self._flights: Flights[KeyT, Kept] = Flights(is_shared=is_shared, count=count)

    async def answer(
        self, key: KeyT, fetch: Callable[[], Awaitable[bytes]], *, anew: bool = False
    ) -> Kept:
        """Return what is kept for *key*, or what *fetch* returns for all who wait for it.

        Args:
            anew: ask in any case, by oneself: an answer that was asked for earlier will not do.
        """
        if anew:
            self._count("miss")
            return await self._fetched(key, fetch)
        kept = self._kept.get(key)
        age = self._now() - kept.at if kept is not None else math.inf
        if kept is None or age >= self._fresh_seconds:
            return await self._flights.join(key, lambda: self._fetched(key, fetch))
        if age >= _RENEW_SHARE * self._fresh_seconds and key not in self._renewals:
            renewal = asyncio.get_running_loop().create_task(self._renew(key, fetch))
            self._renewals[key] = renewal
            renewal.add_done_callback(lambda _ended: self._renewals.pop(key))
        self._count("hit")
        return kept

    async def close(self) -> None:
        """Leave what is being fetched for nobody in particular."""
        renewals = list(self._renewals.values())
        for each in renewals:
            each.cancel()
        await asyncio.gather(*renewals, return_exceptions=True)

    async def _renew(self, key: KeyT, fetch: Callable[[], Awaitable[bytes]]) -> None:
        """Fetch again what will soon be too old, while everybody gets what is kept.

        What goes wrong is told to whoever asks once nothing is left that is fresh.
        """
        try:
            await self._flights.join(key, lambda: self._fetched(key, fetch))
        except StackloomError as error:
            log.info("list_not_renewed %s", error)

    def age_seconds(self, kept: Kept) -> float:
        """Return how long ago an answer was asked for."""
        return self._now() - kept.at

    async def _fetched(self, key: KeyT, fetch: Callable[[], Awaitable[bytes]]) -> Kept:
        asked_at = self._now()
        body = await fetch()
        kept = Kept(body=body, etag=_etag(body), at=asked_at)
        newest = self._kept.get(key)
        # One that was asked for earlier may come later.
        if self._fresh_seconds and (newest is None or newest.at <= asked_at):
            self._kept.put(key, kept, size_bytes=len(body) + _OVERHEAD_BYTES)
        return kept


def _etag(body: bytes) -> str:
    return blake2b(body, digest_size=_ETAG_BYTES).hexdigest()
