# SPDX-License-Identifier: Apache-2.0
"""Many write events at once, connections break, and whoever watches sees each once and in order."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator

import psycopg
import pytest
from tests.service.database.filled import (
    NO_PATIENCE,
    OTHER_WORKER,
    SUCCEEDED,
    a_run,
    a_scenario,
    at_database,
    executed,
    lease_over,
    said,
    taken,
)

from stackloom.errors import LostLease
from stackloom.service.database.events import Place
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.listener import Listener
from stackloom.service.database.pool import Pool
from stackloom.service.database.store import Store
from stackloom.service.events import Events
from stackloom.service.jobs.job import Job
from stackloom.service.refusal import Refused
from stackloom.wire.event import Event, JobState, TakenOver
from stackloom.wire.run import Progress

WRITERS = 8
BATCHES = 12
PATIENCE_SECONDS = 30.0


def test_eight_writers_broken_connections_and_everybody_sees_1_to_n(database_url: str) -> None:
    """Every connection is broken again and again; nothing is lost, doubled or out of order."""

    async def write(pool: Pool, job: Job) -> None:
        jobs = JobTable(pool)
        for batch in range(BATCHES):
            events = [said(job, f"{batch}.{n}") for n in range(1 + batch % 3)]
            await jobs.tell(job, events, until=time.monotonic() + PATIENCE_SECONDS)
        await jobs.end(job, SUCCEEDED, until=time.monotonic() + PATIENCE_SECONDS)

    async def break_connections(writing: set[asyncio.Task[None]]) -> None:
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as own:
            while any(not each.done() for each in writing):
                await own.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
                await asyncio.wait(writing, timeout=0.3)

    async def follow(events: Events, job: Job, seen: list[Event]) -> None:
        while not (seen and isinstance(seen[-1], JobState) and seen[-1].state == "succeeded"):
            after = seen[-1].seq if seen else 0
            with contextlib.suppress(Refused):  # it comes back with its last number
                async for event in events.follow(job.project_id, Place(job_id=job.id), after):
                    seen.append(event)  # noqa: PERF401 - what came before a break was seen

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        jobs = JobTable(pool)
        runs = [await a_run(store, await a_scenario(store, f"s{n}")) for n in range(WRITERS)]
        taken_jobs = [await taken(jobs, run.id) for run in runs]
        seen: list[list[Event]] = [[] for _ in runs]
        async with (
            Listener(database_url) as listener,
            Events(pool, listener) as events,
            asyncio.timeout(100),
            asyncio.TaskGroup() as group,
        ):
            for job, list_ in zip(taken_jobs, seen, strict=True):
                group.create_task(follow(events, job, list_))
            writing = {group.create_task(write(pool, job)) for job in taken_jobs}
            group.create_task(break_connections(writing))
        messages = [f"{batch}.{n}" for batch in range(BATCHES) for n in range(1 + batch % 3)]
        for list_ in seen:
            assert [each.seq for each in list_] == list(range(1, len(list_) + 1))
            assert [each.message for each in list_] == [
                "queued",
                "planning",
                *messages,
                "succeeded",
            ]
        everything = await store.events.after(Place(), 0, 10_000)
        assert [each.position for each in everything] == list(range(1, len(everything) + 1))
        assert len(everything) == sum(map(len, seen))
        for earlier, later in itertools.pairwise(everything):
            assert earlier.job_id != later.job_id or later.seq == earlier.seq + 1

    at_database(database_url, live)


def test_whoever_lost_the_job_writes_nothing(database_url: str) -> None:
    """The attempt that was taken over is refused in all that it tries to write."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        run = await a_run(store, await a_scenario(store))
        old = await taken(jobs, run.id)
        await jobs.begin_applying(old, until=NO_PATIENCE)
        await jobs.intend(old, ["network.blue", "network.red"], until=NO_PATIENCE)
        await jobs.intent_ended(old, ["network.red"], until=NO_PATIENCE)
        await lease_over(pool, run.id)
        new = await taken(jobs, run.id, worker_id=OTHER_WORKER)
        writes = [
            jobs.tell(old, [said(old, "late")], until=NO_PATIENCE),
            jobs.intend(old, ["network.late"], until=NO_PATIENCE),
            jobs.intent_ended(old, ["network.blue"], until=NO_PATIENCE),
            jobs.forget(old, until=NO_PATIENCE),
            jobs.begin_applying(old, until=NO_PATIENCE),
            jobs.hold(old, until=NO_PATIENCE),
            jobs.release(old, until=NO_PATIENCE),
            jobs.end(old, SUCCEEDED, until=NO_PATIENCE),
        ]
        for write in writes:
            with pytest.raises(LostLease):
                await write
        left = await jobs.unfinished(new)
        assert set(left.seconds_by_address) == {"network.blue"}
        assert not left.is_new
        events = await store.events.after(Place(job_id=run.id), 0, 100)
        assert [each.message for each in events] == [
            "queued",
            "planning",
            "applying",
            "another worker goes on with it",
            "planning",
        ]
        assert isinstance(events[3], TakenOver)
        assert events[3].attempt == new.attempt == 2

    at_database(database_url, live)


def test_the_same_batch_twice_is_written_once(database_url: str) -> None:
    """An answer that was lost on the way makes no event a second time."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        run = await a_run(store, await a_scenario(store))
        job = await taken(jobs, run.id)
        sql = 'select stackloom.tell(%s, 1, %s, array[\'{"type": "x"}\']::json[], null)'
        batch = "11111111-1111-1111-1111-111111111111"
        first = await executed(pool, sql, run.id, batch)
        assert await executed(pool, sql, run.id, batch) == first == [(3,)]
        progress = Progress(done=1, total=2)
        position = await jobs.tell(job, [said(job, "x")], until=NO_PATIENCE, progress=progress)
        assert position == 4
        assert (await store.runs.get(run.id)).progress == progress

    at_database(database_url, live)


def test_texts_of_a_cloud_may_hold_nul(database_url: str) -> None:
    """PostgreSQL has no room for NUL; what is told keeps everything else."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        run = await a_run(store, await a_scenario(store))
        job = await taken(jobs, run.id)
        await jobs.tell(job, [said(job, "a\0b \\u0000 \\\0 ü")], until=NO_PATIENCE)
        (event,) = await store.events.after(Place(job_id=run.id), 2, 10)
        assert event.message == "a\N{REPLACEMENT CHARACTER}b \\u0000 \\\N{REPLACEMENT CHARACTER} ü"

    at_database(database_url, live)


def test_a_follower_of_a_scenario_or_project_counts_by_position(database_url: str) -> None:
    """It goes on after the number it came with, and gets what comes while it watches."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        one, two = await a_scenario(store, "one"), await a_scenario(store, "two")
        first, second = await a_run(store, one), await a_run(store, two)
        async with Listener(database_url) as listener, Events(pool, listener) as events:
            whole = events.follow("blue", Place(), 1)
            part = events.follow("blue", Place(scenario_id=one.id), 0)
            assert (await anext(whole)).job_id == second.id
            assert (await anext(part)).job_id == first.id
            job = await taken(jobs, first.id)
            async with asyncio.timeout(10):
                assert (await anext(whole)).message == "planning"
                event = await anext(part)
            assert (event.position, event.seq, event.job_id) == (3, 2, job.id)
            await whole.aclose()  # type: ignore[attr-defined]
            await part.aclose()  # type: ignore[attr-defined]

    at_database(database_url, live)


def test_whoever_reads_too_slowly_is_let_go_and_comes_back(database_url: str) -> None:
    """Nothing is missed in the middle, and nobody's slowness fills the memory."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        run = await a_run(store, await a_scenario(store))
        job = await taken(jobs, run.id)
        place = Place(job_id=run.id)
        async with Listener(database_url) as listener, Events(pool, listener) as events:
            slow, quick = events.follow("blue", place, 2), events.follow("blue", place, 2)
            first_of_slow = asyncio.ensure_future(anext(slow))
            seen: list[Event] = []
            async with asyncio.timeout(60):
                for number in range(15):
                    batch = [said(job, f"{number}.{n}") for n in range(100)]
                    await jobs.tell(job, batch, until=NO_PATIENCE)
                    seen += [await anext(quick) for _ in batch]
                told = [await first_of_slow]
                with pytest.raises(Refused, match="1000 events behind"):
                    await _rest_of(slow, told)
            assert told == seen[: len(told)]
            # More than its buffer, if its first look into the table took some of them as well.
            assert len(told) >= 1_000
            async with asyncio.timeout(60):
                back = events.follow("blue", place, told[-1].seq)
                told += [await anext(back) for _ in seen[len(told) :]]
            assert told == seen

    at_database(database_url, live)


def test_what_cannot_be_read_in_one_project_ends_nobody_elses_watching(database_url: str) -> None:
    """Such as an event of a newer version, which another process of the service has written."""

    async def live(pool: Pool) -> None:
        blue, red = Store(pool, "blue"), Store(pool, "red")
        scenario = await a_scenario(blue, "one")
        own, other = await a_run(blue, scenario), await a_run(blue, await a_scenario(blue, "two"))
        elsewhere = await a_run(red, await a_scenario(red))
        async with (
            Listener(database_url) as listener,
            Events(pool, listener) as events,
            asyncio.timeout(20),
        ):
            beside = events.follow("blue", Place(scenario_id=scenario.id), 0)
            apart = events.follow("red", Place(), 0)
            assert (await anext(beside)).job_id == own.id
            assert (await anext(apart)).job_id == elsewhere.id
            waiting = asyncio.ensure_future(anext(beside))
            unknown = 'select stackloom.append_events(%s, array[\'{"type": "x"}\'::json])'
            await executed(pool, unknown, other.id)
            job = await taken(JobTable(pool), elsewhere.id)
            assert (await anext(apart)).message == "planning"
            await JobTable(pool).end(job, SUCCEEDED, until=NO_PATIENCE)
            assert (await anext(apart)).message == "succeeded"
            assert not waiting.done()
            waiting.cancel()

    at_database(database_url, live)


async def _rest_of(events: AsyncIterator[Event], told: list[Event]) -> None:
    async for event in events:
        told.append(event)  # noqa: PERF401 - what came before the end was told
