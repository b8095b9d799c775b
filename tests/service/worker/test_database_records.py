# SPDX-License-Identifier: Apache-2.0
"""What another worker was about to make is waited for, whatever the time is where."""

from __future__ import annotations

import time

import pytest
from tests.service.database.filled import (
    NO_PATIENCE,
    OTHER_WORKER,
    a_run,
    a_scenario,
    at_database,
    lease_over,
    taken,
)

from stackloom.cloud.mark import Address
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.pool import Pool
from stackloom.service.database.store import Store
from stackloom.service.jobs.lease import Lease
from stackloom.service.worker.database_records import DatabaseRecords
from stackloom.service.worker.telling import Telling

IN_2001 = 1_000_000_000.0


async def write_nothing(*_told: object) -> None:
    """Nothing is told here."""


def test_what_was_begun_a_moment_ago_is_so_by_the_workers_own_clock(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock is years behind the database's, and the engine asks its clock."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        run = await a_run(store, await a_scenario(store))
        killed = await taken(jobs, run.id)
        await jobs.intend(killed, ["network.blue"], until=NO_PATIENCE)
        await lease_over(pool, run.id)
        job = await taken(jobs, run.id, worker_id=OTHER_WORKER)
        lease = Lease(job, seconds=8, valid_until=NO_PATIENCE, now=lambda: 0.0)
        monkeypatch.setattr(time, "time", lambda: IN_2001)
        records = await DatabaseRecords.read(job, lease, jobs, Telling(write_nothing))
        assert set(records.unfinished) == {Address("network", "blue")}
        (begun_at,) = records.unfinished.values()
        assert IN_2001 - 60 < begun_at <= IN_2001

    at_database(database_url, live)
