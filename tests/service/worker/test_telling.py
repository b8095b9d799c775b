# SPDX-License-Identifier: Apache-2.0
"""What is told becomes rows in its order, and what is to be made waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from stackloom.errors import LostLease
from stackloom.service.worker.telling import MOST_IN_A_BATCH, Telling
from stackloom.wire.event import Event, JobState
from stackloom.wire.run import Progress

_JOB = UUID(int=1)


def _event(message: str) -> Event:
    return JobState(
        seq=0,
        position=0,
        at=datetime(2026, 6, 1, tzinfo=UTC),
        job_id=_JOB,
        scenario_id=None,
        message=message,
        state="planning",
    )


class _Rows:
    """Where events are written; each batch takes a turn of the loop."""

    def __init__(self) -> None:
        self.batches: list[tuple[list[str], Progress | None]] = []
        self.failing: Exception | None = None

    async def write(self, events: Sequence[Event], progress: Progress | None) -> None:
        await asyncio.sleep(0)
        if self.failing:
            raise self.failing
        self.batches.append(([event.message for event in events], progress))


async def _writing(rows: _Rows, tell: Telling) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(tell.run())
        await tell.flush()
        task.cancel()


def test_what_is_told_at_once_is_written_at_once_and_in_order() -> None:
    """As many as a batch takes; the progress is that after the last of them."""

    async def run() -> None:
        rows = _Rows()
        telling = Telling(rows.write)
        for number in range(MOST_IN_A_BATCH + 2):
            telling.tell(_event(str(number)), Progress(done=number))
        telling.tell(_event("last"))
        await _writing(rows, telling)
        numbers = [str(number) for number in range(MOST_IN_A_BATCH + 2)]
        assert rows.batches == [
            (numbers[:MOST_IN_A_BATCH], Progress(done=MOST_IN_A_BATCH - 1)),
            ([*numbers[MOST_IN_A_BATCH:], "last"], Progress(done=MOST_IN_A_BATCH + 1)),
        ]

    asyncio.run(run())


def test_flushing_waits_for_what_was_told_before() -> None:
    """And not for what is told later."""

    async def run() -> None:
        rows = _Rows()
        telling = Telling(rows.write)
        await telling.flush()
        telling.tell(_event("a"))
        async with asyncio.TaskGroup() as group:
            task = group.create_task(telling.run())
            await telling.flush()
            assert [messages for messages, _ in rows.batches] == [["a"]]
            telling.tell(_event("b"))
            assert len(rows.batches) == 1
            await telling.flush()
            assert [messages for messages, _ in rows.batches] == [["a"], ["b"]]
            task.cancel()

    asyncio.run(run())


def test_what_cannot_be_written_ends_whatever_waits_for_it() -> None:
    """So nothing is made that nobody would know of."""

    async def run() -> None:
        rows = _Rows()
        rows.failing = LostLease("another worker has it")
        telling = Telling(rows.write)
        telling.tell(_event("a"))
        with pytest.raises(ExceptionGroup) as caught:
            await _writing(rows, telling)
        assert caught.value.exceptions == (rows.failing,)

    asyncio.run(run())
