# SPDX-License-Identifier: Apache-2.0
"""What many want is fetched once, kept for a moment, and never an older answer for a newer one."""

from __future__ import annotations

import asyncio

import pytest
from tests.fakes.clock import FakeClock

from stackloom.errors import Forbidden
from stackloom.service.lists.collapse import Collapse, Result


class _Bench:
    """A collapse with a clock, and a cloud that counts."""

    def __init__(self, fresh_seconds: float = 2.0, most_bytes: int = 100_000) -> None:
        self.clock = FakeClock()
        self.counted: list[Result] = []
        self.asked = 0
        self.collapse: Collapse[str] = Collapse(
            fresh_seconds=fresh_seconds,
            most_bytes=most_bytes,
            is_shared=lambda error: not isinstance(error, Forbidden),
            now=self.clock.now,
            count=self.counted.append,
        )

    async def ask(self) -> bytes:
        self.asked += 1
        number = self.asked
        await asyncio.sleep(0)
        return f"answer {number}".encode()

    async def body(self, key: str = "a", *, anew: bool = False) -> bytes:
        return (await self.collapse.answer(key, self.ask, anew=anew)).body


def test_five_hundred_at_once_cost_one_request() -> None:
    """And all get the same bytes."""

    async def run() -> None:
        bench = _Bench()
        bodies = await asyncio.gather(*(bench.body() for _ in range(500)))
        assert set(bodies) == {b"answer 1"}
        assert bench.asked == 1
        assert bench.counted.count("miss") == 1
        assert bench.counted.count("shared") == 499

    asyncio.run(run())


def test_an_answer_is_kept_for_its_time_and_no_longer() -> None:
    """2 s here."""

    async def run() -> None:
        bench = _Bench()
        assert await bench.body() == b"answer 1"
        bench.clock.seconds = 0.9
        assert await bench.body() == b"answer 1"
        assert await bench.body("b") == b"answer 2"
        bench.clock.seconds = 2.0
        assert await bench.body() == b"answer 3"
        assert bench.counted == ["miss", "hit", "miss", "miss"]

    asyncio.run(run())


def test_it_is_fetched_anew_before_its_time_is_over() -> None:
    """After half of it, once for all: everybody goes on getting what is kept, and nobody waits."""

    async def run() -> None:
        bench = _Bench()
        await bench.body()
        bench.clock.seconds = 1.0
        assert [await bench.body() for _ in range(3)] == [b"answer 1"] * 3
        await _settle()
        assert bench.asked == 2
        assert await bench.body() == b"answer 2"
        bench.clock.seconds = 1.9
        assert await bench.body() == b"answer 2"
        assert bench.counted == ["miss", "hit", "hit", "hit", "miss", "hit", "hit"]
        await bench.collapse.close()

    asyncio.run(run())


def test_who_asks_when_its_time_is_over_waits_for_what_is_under_way() -> None:
    """A cloud that takes longer is not asked twice."""

    async def run() -> None:
        bench = _Bench()
        await bench.body()
        bench.clock.seconds = 1.0
        may_answer = asyncio.Event()

        async def slowly() -> bytes:
            await may_answer.wait()
            return b"newer"

        assert (await bench.collapse.answer("a", slowly)).body == b"answer 1"
        await _settle()
        bench.clock.seconds = 2.0
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(bench.body())
            await _settle()
            may_answer.set()
        assert waiting.result() == b"newer"
        assert bench.asked == 1

    asyncio.run(run())


def test_what_goes_wrong_then_is_told_once_nothing_is_fresh() -> None:
    """A cloud that hiccups fails nobody who can still be answered."""

    async def run() -> None:
        bench = _Bench()
        await bench.body()

        async def fail() -> bytes:
            raise Forbidden("not now")

        bench.clock.seconds = 1.0
        assert (await bench.collapse.answer("a", fail)).body == b"answer 1"
        await _settle()
        assert await bench.body() == b"answer 1"
        bench.clock.seconds = 2.0
        with pytest.raises(Forbidden):
            await bench.collapse.answer("a", fail)

    asyncio.run(run())


def test_what_is_under_way_for_nobody_is_left_at_the_end() -> None:
    """A service that goes down does not wait for a cloud."""

    async def run() -> None:
        bench = _Bench()
        await bench.body()
        bench.clock.seconds = 1.0

        async def never() -> bytes:
            await asyncio.Event().wait()
            return b""

        await bench.collapse.answer("a", never)
        await _settle()
        await bench.collapse.close()
        bench.clock.seconds = 2.0
        assert await bench.body() == b"answer 2"

    asyncio.run(run())


async def _settle() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_without_a_time_only_those_who_ask_at_once_share() -> None:
    """Nothing is kept then."""

    async def run() -> None:
        bench = _Bench(fresh_seconds=0.0)
        first, second = await asyncio.gather(bench.body(), bench.body())
        assert first == second == b"answer 1"
        assert await bench.body() == b"answer 2"

    asyncio.run(run())


def test_who_wants_it_anew_gets_it_anew_and_so_do_the_next() -> None:
    """What was asked for earlier will not do, not even if it is still under way."""

    async def run() -> None:
        bench = _Bench()
        kept, anew = await asyncio.gather(bench.body(), bench.body(anew=True))
        assert (kept, anew) == (b"answer 1", b"answer 2")
        assert await bench.body() == b"answer 2"

    asyncio.run(run())


def test_an_older_answer_that_comes_late_does_not_replace_a_newer() -> None:
    """A slow first request and a quick second one."""

    async def run() -> None:
        bench = _Bench()
        may_answer = asyncio.Event()

        async def slowly() -> bytes:
            await may_answer.wait()
            return b"old"

        async with asyncio.TaskGroup() as group:
            old = group.create_task(bench.collapse.answer("a", slowly))
            await asyncio.sleep(0)
            bench.clock.seconds = 1.0
            assert await bench.body(anew=True) == b"answer 1"
            may_answer.set()
        assert old.result().body == b"old"
        assert await bench.body() == b"answer 1"

    asyncio.run(run())


def test_an_answer_tells_its_age_and_what_it_is() -> None:
    """The age counts from the moment at which the cloud was asked; the ETag is that of the body."""

    async def run() -> None:
        bench = _Bench()
        first = await bench.collapse.answer("a", bench.ask)
        bench.clock.seconds = 1.5
        assert bench.collapse.age_seconds(first) == 1.5
        second = await bench.collapse.answer("b", bench.ask)
        assert first.etag != second.etag
        assert len(first.etag) == 24

    asyncio.run(run())


def test_a_refusal_is_of_one_alone_and_is_not_kept() -> None:
    """Each of those who waited asks for itself."""

    async def run() -> None:
        bench = _Bench()

        async def refuse() -> bytes:
            await asyncio.sleep(0)
            raise Forbidden("not you")

        first, second = await asyncio.gather(
            bench.collapse.answer("a", refuse), bench.body(), return_exceptions=True
        )
        assert isinstance(first, Forbidden)
        assert second == b"answer 1"

    asyncio.run(run())


def test_memory_has_a_limit() -> None:
    """What was not asked for the longest leaves; an answer weighs its bytes and 1 KiB more."""

    async def run() -> None:
        bench = _Bench(most_bytes=3 * 1_100)
        for key in "abcd":
            await bench.body(key)
        assert await bench.body("d") == b"answer 4"
        assert await bench.body("a") == b"answer 5"

    asyncio.run(run())


@pytest.mark.parametrize("times", [1, 2])
def test_what_failed_is_asked_for_again(times: int) -> None:
    """A cloud that is back is not hidden by what it said before."""

    async def run() -> None:
        bench = _Bench()

        async def fail() -> bytes:
            raise ValueError("away")

        for _ in range(times):
            with pytest.raises(ValueError, match="away"):
                await bench.collapse.answer("a", fail)
        assert await bench.body() == b"answer 1"

    asyncio.run(run())
