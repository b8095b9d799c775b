# SPDX-License-Identifier: Apache-2.0
"""Several things at once, and one error of them."""

from __future__ import annotations

import asyncio

import pytest

from stackloom.cloud.together import together
from stackloom.errors import Conflict


async def _soon(value: int) -> int:
    for _ in range(10 - value):
        await asyncio.sleep(0)
    return value


async def _fail(error: Exception) -> int:
    await asyncio.sleep(0)
    raise error


def test_results_come_in_order() -> None:
    """Whatever ends first, results stand where their coroutines stood."""
    assert asyncio.run(together(_soon(number) for number in (1, 9, 5))) == [1, 9, 5]


def test_nothing_is_done_together_too() -> None:
    """No coroutines have no results."""
    assert asyncio.run(together([])) == []


def test_they_run_at_the_same_time() -> None:
    """Each can wait for another."""

    async def run() -> list[int]:
        event = asyncio.Event()

        async def wait() -> int:
            await event.wait()
            return 1

        async def wake() -> int:
            event.set()
            return 2

        return await together([wait(), wake()])

    assert asyncio.run(run()) == [1, 2]


def test_the_first_failure_is_raised_as_it_is() -> None:
    """Who asks for several things gets the error of one, with its cause, not a group of errors."""
    cause = KeyError("x")
    error = Conflict("in use")
    error.__cause__ = cause
    with pytest.raises(Conflict) as caught:
        asyncio.run(together([_soon(1), _fail(error), _fail(Conflict("later"))]))
    assert caught.value is error
    assert caught.value.__cause__ is cause


def test_a_failure_cancels_the_others() -> None:
    """What is not needed any more is not waited for."""
    ended: list[str] = []

    async def for_ever() -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        return 0

    with pytest.raises(Conflict):
        asyncio.run(together([for_ever(), _fail(Conflict("in use"))]))
    assert ended == ["cancelled"]


def test_inside_each_other_there_is_still_one_error() -> None:
    """Groups inside of groups end in the first error."""

    async def inner() -> int:
        raise ExceptionGroup("several", [Conflict("inside"), KeyError("x")])

    with pytest.raises(Conflict, match="inside"):
        asyncio.run(together([inner()]))


def test_cancelling_all_is_no_failure() -> None:
    """Ctrl-C ends it as it ends everything."""

    async def run() -> None:
        task = asyncio.ensure_future(together([_soon(1), _soon(2)]))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
