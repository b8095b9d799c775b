# SPDX-License-Identifier: Apache-2.0
"""A lease is renewed beside a busy loop, and is over here before it is over for others."""

from __future__ import annotations

import asyncio
import time

import psycopg
import pytest
from tests.service.database.filled import (
    OTHER_WORKER,
    a_run,
    a_scenario,
    at_database,
    executed,
    lease_over,
    taken,
)

from stackloom.errors import LostLease
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.pool import Pool
from stackloom.service.database.store import Store
from stackloom.service.jobs.job import Job
from stackloom.service.jobs.lease import Lease, holding, since_boot

SECONDS = 1.0


async def a_taken_job(pool: Pool) -> Job:
    store = Store(pool, "blue")
    run = await a_run(store, await a_scenario(store))
    return await taken(JobTable(pool), run.id, seconds=SECONDS)


def lease_of(job: Job, *, valid_until: float, now: float) -> Lease:
    return Lease(job, seconds=8.0, valid_until=valid_until, now=lambda: now)


def test_nothing_is_sent_in_the_last_quarter_of_a_lease(database_url: str) -> None:
    """A request that is on its way arrives before somebody else takes over."""

    async def live(pool: Pool) -> None:
        job = await a_taken_job(pool)
        lease_of(job, valid_until=100.0, now=98.0).check()
        with pytest.raises(LostLease, match="has not been able to renew its lease"):
            lease_of(job, valid_until=100.0, now=98.1).check()

    at_database(database_url, live)


def test_it_is_renewed_while_the_loop_is_busy(database_url: str) -> None:
    """Planning keeps the event loop busy for longer than a lease."""

    async def live(pool: Pool) -> None:
        taken_at = since_boot()
        job = await a_taken_job(pool)
        async with holding(database_url, job, seconds=SECONDS, taken_at=taken_at) as lease:
            busy_until = time.monotonic() + 2.5 * SECONDS
            while time.monotonic() < busy_until:
                pass
            lease.check()
            assert not lease.lost.is_set()
            others = await JobTable(pool).take(
                job.id, worker_id=OTHER_WORKER, lease_seconds=SECONDS, per_project=9
            )
            assert others is None

    at_database(database_url, live)


def test_broken_connections_are_made_anew(database_url: str) -> None:
    """A restart of PostgreSQL that is shorter than a lease goes by unnoticed."""

    async def live(pool: Pool) -> None:
        taken_at = since_boot()
        job = await a_taken_job(pool)
        async with holding(database_url, job, seconds=SECONDS, taken_at=taken_at) as lease:
            with psycopg.connect(database_url, autocommit=True) as own:
                while lease.valid_until < taken_at + 4 * SECONDS:
                    own.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where "
                        "datname = current_database() and application_name = 'stackloom lease'"
                    )
                    await asyncio.sleep(0.3)
            assert not lease.lost.is_set()

    at_database(database_url, live)


def test_one_that_was_taken_over_is_lost(database_url: str) -> None:
    """Its worker stood still for too long."""

    async def live(pool: Pool) -> None:
        taken_at = since_boot()
        job = await a_taken_job(pool)
        async with holding(database_url, job, seconds=SECONDS, taken_at=taken_at) as lease:
            await lease_over(pool, job.id)
            async with asyncio.timeout(10):
                await lease.lost.wait()
            with pytest.raises(LostLease):
                lease.check()

    at_database(database_url, live)


def test_cancelling_is_heard_with_the_next_renewal(database_url: str) -> None:
    """Once, and again from whoever cannot wait."""

    async def live(pool: Pool) -> None:
        taken_at = since_boot()
        job = await a_taken_job(pool)
        runs = Store(pool, "blue").runs
        async with (
            holding(database_url, job, seconds=SECONDS, taken_at=taken_at) as lease,
            asyncio.timeout(10),
        ):
            await runs.cancel(job.id)
            await lease.cancelled.wait()
            assert not lease.cancelled_again.is_set()
            await runs.cancel(job.id)
            await lease.cancelled_again.wait()
        assert (await runs.get(job.id)).state == "planning"

    at_database(database_url, live)


def test_nothing_renews_it_after_the_block(database_url: str) -> None:
    """Else a job whose worker has given up would stay its worker's."""

    async def live(pool: Pool) -> None:
        taken_at = since_boot()
        job = await a_taken_job(pool)
        async with holding(database_url, job, seconds=SECONDS, taken_at=taken_at):
            pass
        sql = "select 1 from stackloom.jobs where lease_until < clock_timestamp()"
        async with asyncio.timeout(10):
            while not await executed(pool, sql):
                await executed(pool, "select pg_sleep(0.05)")

    at_database(database_url, live)
