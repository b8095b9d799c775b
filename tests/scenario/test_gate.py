# SPDX-License-Identifier: Apache-2.0
"""A gate whose width changes while people stand before it."""

from __future__ import annotations

import asyncio

import pytest

from stackloom.scenario.gate import Gate


class _Guest:
    """Passes a gate, and stays inside until told to go."""

    def __init__(self, gate: Gate, width: list[int]) -> None:
        self._gate = gate
        self._width = width
        self._leave = asyncio.Event()
        self.inside = False
        self.task = asyncio.ensure_future(self._visit())

    async def _visit(self) -> None:
        async with self._gate.passed(lambda: self._width[0]):
            self.inside = True
            await self._leave.wait()
        self.inside = False

    async def leave(self) -> None:
        self._leave.set()
        await self.task
        await _quiet()


async def _quiet() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def _guests(gate: Gate, width: list[int], number: int) -> list[_Guest]:
    guests = [_Guest(gate, width) for _ in range(number)]
    await _quiet()
    return guests


def _inside(guests: list[_Guest]) -> list[bool]:
    return [guest.inside for guest in guests]


def test_as_many_as_it_is_wide_come_in_and_the_first_is_first() -> None:
    """Who leaves makes room for the one who has waited longest."""

    async def run() -> None:
        first, second, third = guests = await _guests(Gate(), [1], 3)
        assert _inside(guests) == [True, False, False]
        await first.leave()
        assert _inside(guests) == [False, True, False]
        await second.leave()
        await third.leave()

    asyncio.run(run())


def test_it_is_as_wide_as_it_is_said_to_be_when_somebody_leaves() -> None:
    """A gate that has become wider lets several in at once; a narrower one nobody for a while."""

    async def run() -> None:
        width = [2]
        guests = await _guests(Gate(), width, 6)
        assert _inside(guests) == [True, True, False, False, False, False]
        width[0] = 4
        await guests[0].leave()
        assert _inside(guests) == [False, True, True, True, True, False]
        width[0] = 2
        await guests[1].leave()
        await guests[2].leave()
        assert _inside(guests) == [False, False, False, True, True, False]
        await guests[3].leave()
        assert _inside(guests) == [False, False, False, False, True, True]
        await guests[4].leave()
        await guests[5].leave()

    asyncio.run(run())


def test_who_gives_up_waiting_takes_nobody_s_place() -> None:
    """Also one that gives up in the moment in which it is let in."""

    async def run() -> None:
        first, second, third, fourth = await _guests(Gate(), [1], 4)
        second.task.cancel()
        await _quiet()
        first._leave.set()
        await first.task  # lets the third in, which has not noticed yet
        third.task.cancel()
        await _quiet()
        assert fourth.inside
        await fourth.leave()
        for guest in (second, third):
            with pytest.raises(asyncio.CancelledError):
                await guest.task

    asyncio.run(run())
