# SPDX-License-Identifier: Apache-2.0
"""Parts are started again when they end, and ended in order, whatever state they are in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from stackloom.errors import Interrupted, NotServed
from stackloom.service.machine.supervisor import Supervisor


class _Part:
    """A part that ends when it is told to; notes what is done to it in a list of all parts.

    Attributes:
        refusals: how many of the next starts fail.
    """

    def __init__(self, name: str, history: list[str]) -> None:
        self.name = name
        self.refusals = 0
        self.started = asyncio.Event()
        self._history = history
        self._end: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        if self.refusals:
            self.refusals -= 1
            self._history.append(f"{self.name} refused")
            raise NotServed(f"{self.name} does not start")
        self._history.append(f"{self.name} started")
        self._end = asyncio.get_running_loop().create_future()
        self.started.set()

    async def ended(self) -> int:
        return await asyncio.shield(self._end)

    async def stop(self) -> None:
        self._history.append(f"{self.name} stopped")
        self.end(0)

    def kill(self) -> None:
        self._history.append(f"{self.name} killed")
        self.end(-9)

    def end(self, code: int) -> None:
        """End, as if by itself."""
        self.started.clear()
        if not self._end.done():
            self._end.set_result(code)


class _Watched:
    """Two parts under a supervisor, what was done to them, and what ends it."""

    def __init__(self) -> None:
        self.history: list[str] = []
        self.first = _Part("first", self.history)
        self.second = _Part("second", self.history)
        self.stop = asyncio.Event()
        self.supervisor = Supervisor([self.first, self.second])


def _run(steps: Callable[[_Watched], Coroutine[None, None, None]]) -> list[str]:
    """Keep two parts up while *steps* are done, then end them; return what was done to them."""

    async def run() -> list[str]:
        watched = _Watched()
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(watched.supervisor.keep(watched.stop))
            await asyncio.sleep(0)
            await steps(watched)
            watched.stop.set()
        return watched.history

    return asyncio.run(run())


def test_the_end_is_in_the_order_given() -> None:
    """One after the other."""

    async def steps(_watched: _Watched) -> None:
        return

    assert _run(steps) == ["first stopped", "second stopped"]


def test_a_part_that_ends_is_started_again_until_it_is_up() -> None:
    """The other one is left alone."""

    async def steps(watched: _Watched) -> None:
        watched.second.refusals = 2
        watched.second.end(-9)
        await watched.second.started.wait()

    assert _run(steps) == [
        *("second refused", "second refused", "second started"),
        *("first stopped", "second stopped"),
    ]


def test_the_end_comes_while_a_part_is_started_again() -> None:
    """It is not started any more."""

    async def steps(watched: _Watched) -> None:
        watched.first.end(1)
        await asyncio.sleep(0)

    assert _run(steps) == ["first stopped", "second stopped"]


def test_parts_are_kept_up_until_it_is_their_turn() -> None:
    """What the first needs for its end is there: the second falls meanwhile, and comes back."""

    async def run() -> list[str]:
        watched = _Watched()

        async def slow_stop() -> None:
            watched.second.end(-9)
            await watched.second.started.wait()
            watched.history.append("first stopped")

        watched.first.stop = slow_stop  # type: ignore[method-assign] # of this test only
        watched.stop.set()
        async with asyncio.timeout(30):
            await watched.supervisor.keep(watched.stop)
        return watched.history

    assert asyncio.run(run()) == ["second started", "first stopped", "second stopped"]


def test_at_once() -> None:
    """Everything is killed, and whoever waits is told."""

    async def run() -> list[str]:
        watched = _Watched()

        async def hang() -> None:
            watched.supervisor.kill()
            await watched.first.ended()

        watched.first.stop = hang  # type: ignore[method-assign] # of this test only
        watched.stop.set()
        with pytest.raises(Interrupted):
            await watched.supervisor.keep(watched.stop)
        return watched.history

    assert asyncio.run(run()) == ["first killed", "second killed", "second stopped"]
