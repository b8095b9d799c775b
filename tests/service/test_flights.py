# SPDX-License-Identifier: Apache-2.0
"""Who wants the same at the same time gets it from one of them."""

from __future__ import annotations

import asyncio

import pytest

from stackloom.service.flights import Flights


class _Cloud:
    """Answers when it is let go, and counts who asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None

    async def ask(self) -> int:
        self.asked += 1
        number = self.asked
        await self.may_answer.wait()
        if self.error and number == 1:
            raise self.error
        return number


async def _settle() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_many_at_once_cost_one_request() -> None:
    """All get the same answer; who comes later asks anew."""

    async def run() -> None:
        flights: Flights[str, int] = Flights()
        cloud = _Cloud()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(flights.join("a", cloud.ask)) for _ in range(500)]
            await _settle()
            cloud.may_answer.set()
        assert [task.result() for task in tasks] == [1] * 500
        assert await flights.join("a", cloud.ask) == 2

    asyncio.run(run())


def test_what_is_not_the_same_does_not_wait() -> None:
    """Each key has a flight of its own."""

    async def run() -> None:
        flights: Flights[str, int] = Flights()
        cloud = _Cloud()
        cloud.may_answer.set()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(flights.join(key, cloud.ask)) for key in "abc"]
        assert sorted(task.result() for task in tasks) == [1, 2, 3]

    asyncio.run(run())


def test_an_error_is_that_of_all_who_wait() -> None:
    """A cloud that is down is asked once for all of them."""

    async def run() -> None:
        flights: Flights[str, int] = Flights()
        cloud = _Cloud()
        cloud.error = ValueError("down")
        tasks = [asyncio.ensure_future(flights.join("a", cloud.ask)) for _ in range(3)]
        await _settle()
        cloud.may_answer.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results == [cloud.error] * 3
        assert cloud.asked == 1

    asyncio.run(run())


def test_an_error_that_is_of_one_alone_lets_the_others_ask() -> None:
    """A refused token says nothing of the others' tokens."""

    async def run() -> None:
        flights: Flights[str, int] = Flights(is_shared=lambda error: False)
        cloud = _Cloud()
        cloud.error = ValueError("refused")
        tasks = [asyncio.ensure_future(flights.join("a", cloud.ask)) for _ in range(3)]
        await _settle()
        cloud.may_answer.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results == [cloud.error, 2, 3]

    asyncio.run(run())


def test_when_the_one_who_asks_leaves_another_asks() -> None:
    """A browser that is closed does not fail those who wait for the same."""

    async def run() -> None:
        flights: Flights[str, int] = Flights()
        cloud = _Cloud()
        first, *others = [asyncio.ensure_future(flights.join("a", cloud.ask)) for _ in range(3)]
        await _settle()
        first.cancel()
        await _settle()
        cloud.may_answer.set()
        assert await asyncio.gather(*others) == [2, 2]
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(run())


def test_who_stops_waiting_stops_nobody_else() -> None:
    """The request goes on for whoever asked it."""

    async def run() -> None:
        flights: Flights[str, int] = Flights()
        cloud = _Cloud()
        first, second = [asyncio.ensure_future(flights.join("a", cloud.ask)) for _ in range(2)]
        await _settle()
        second.cancel()
        await _settle()
        cloud.may_answer.set()
        assert await first == 1
        with pytest.raises(asyncio.CancelledError):
            await second

    asyncio.run(run())
