# SPDX-License-Identifier: Apache-2.0
"""Many who want the same at the same time, and one who fetches it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class _Landed(Generic[ValueT]):
    """How a flight ended.

    Attributes:
        values: the one that was fetched; none where there was an error, or whoever fetched it has
            left.
    """

    values: tuple[ValueT, ...] = ()
    error: Exception | None = None


class Flights(Generic[KeyT, ValueT]):
    """What is being fetched, by its key.

    Args:
        is_shared: whether an error of one is that of all who wait; else each fetches for itself.
        count: told for each who joins whether it got what another fetched, or fetched it.
    """

    def __init__(
        self,
        *,
        is_shared: Callable[[Exception], bool] = lambda _error: True,
        count: Callable[[Literal["shared", "miss"]], None] = lambda _result: None,
    ) -> None:
        self._is_shared = is_shared
        self._count = count
        self._under_way: dict[KeyT, asyncio.Future[_Landed[ValueT]]] = {}

    async def join(self, key: KeyT, fetch: Callable[[], Awaitable[ValueT]]) -> ValueT:
        """Return what *fetch* returns, of this call or of one that is under way for the same key.

        When whoever fetches is cancelled, one of those who wait fetches in their place.
        """
        while (flight := self._under_way.get(key)) is not None:
            # Who stops waiting does not stop the flight.
            landed = await asyncio.shield(flight)
            if landed.values:
                self._count("shared")
                return landed.values[0]
            if landed.error is None:
                continue
            if self._is_shared(landed.error):
                self._count("shared")
                raise landed.error.with_traceback(None)
            self._count("miss")
            return await fetch()
        self._count("miss")
        return await self._lead(key, fetch)

    async def _lead(self, key: KeyT, fetch: Callable[[], Awaitable[ValueT]]) -> ValueT:
        flight = asyncio.get_running_loop().create_future()
        self._under_way[key] = flight
        landed: _Landed[ValueT] = _Landed()
        try:
            value = await fetch()
            landed = _Landed(values=(value,))
            return value
        except Exception as error:
            landed = _Landed(error=error)
            raise
        finally:
            del self._under_way[key]
            flight.set_result(landed)
