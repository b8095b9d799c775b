# SPDX-License-Identifier: Apache-2.0
"""What is too old goes with all that hangs on it; what is needed stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.service.database.filled import (
    NO_PATIENCE,
    a_plan,
    a_ready_plan,
    a_run,
    a_scenario,
    at_database,
    carried_out,
    executed,
    taken,
)

from stackloom.service.database.grants import idle_grants
from stackloom.service.database.housekeeping import Keeping, keep_house
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.pool import Pool
from stackloom.service.database.store import Store
from stackloom.service.grant.grant import Grant
from stackloom.service.refusal import Refused

DAY = 86_400.0
KEEPING = Keeping(history_seconds=30 * DAY, plan_seconds=DAY)
NOTHING = {
    "plans expired": 0,
    "runs never approved": 0,
    "keys": 0,
    "webhooks": 0,
    "jobs": 0,
    "scenarios": 0,
    "grants": 0,
}


async def months_pass(pool: Pool) -> None:
    """Let everything have happened two months ago."""
    for table, columns in {
        "jobs": ("queued_at", "ended_at"),
        "scenarios": ("deleted_at",),
        "grants": ("created_at", "ended_at"),
        "idempotency_keys": ("created_at",),
    }.items():
        sets = ", ".join(f"{each} = {each} - interval '60 days'" for each in columns)
        await executed(pool, f"update stackloom.{table} set {sets}")


async def a_grant(store: Store) -> UUID:
    grant = Grant(
        id=uuid4(),
        project_id=store.project_id,
        user_id="ada-id",
        kind="trust",
        reference="t1",
        sealed=b"s",
        roles=("member",),
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    await store.grants.keep(grant)
    assert await store.grants.get(grant.id) == grant
    return grant.id


def test_old_runs_go_with_their_events_and_the_last_one_stays(database_url: str) -> None:
    """A scenario that is still there keeps what was run last; one that was deleted goes."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        scenario, gone = await a_scenario(store, "one"), await a_scenario(store, "gone")
        plan = await a_ready_plan(pool, store, scenario)
        first = await a_run(store, scenario, plan_id=plan.id)
        await carried_out(pool, first)
        last = await a_run(store, scenario)
        await carried_out(pool, last)
        await store.runs.cancel((await a_run(store, gone)).id)
        await store.scenarios.delete(gone.id, revision=1)
        ended = await a_grant(store)
        await store.grants.ended(ended)
        await store.idempotency.begin("ada-id", "k", b"h")
        assert await keep_house(pool, KEEPING) == NOTHING
        await months_pass(pool)
        assert await keep_house(pool, KEEPING) == NOTHING | {
            "keys": 1,
            "jobs": 3,
            "scenarios": 1,
            "grants": 1,
        }
        assert [run.id for run in await store.runs.page(limit=10)] == [last.id]
        assert await store.plans.page(limit=10) == []
        jobs = await executed(pool, "select distinct job_id from stackloom.events")
        assert jobs == [(last.id,)]
        assert [each.id for each in await store.scenarios.page(limit=10)] == [scenario.id]
        assert await executed(pool, "select count(*) from stackloom.scenarios") == [(1,)]

    at_database(database_url, live)


def test_a_plan_expires_and_goes_a_day_later(database_url: str) -> None:
    """One that was run stays as long as its run."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        scenario = await a_scenario(store)
        await a_ready_plan(pool, store, scenario, hours=-1)
        assert await keep_house(pool, KEEPING) == NOTHING | {"plans expired": 1}
        used = await a_ready_plan(pool, store, scenario)
        await a_run(store, scenario, plan_id=used.id)
        await a_ready_plan(pool, store, scenario, hours=-25)
        assert await keep_house(pool, KEEPING) == NOTHING | {"plans expired": 1, "jobs": 1}
        assert len(await store.plans.page(limit=10)) == 2

    at_database(database_url, live)


def test_a_run_that_nobody_approves_fails_after_a_day(database_url: str) -> None:
    """What it would do is not to be believed any more."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        run = await a_run(store, await a_scenario(store))
        await jobs.hold(await taken(jobs, run.id), until=NO_PATIENCE)
        assert await keep_house(pool, KEEPING) == NOTHING
        at_once = Keeping(history_seconds=DAY, plan_seconds=0)
        assert await keep_house(pool, at_once) == NOTHING | {"runs never approved": 1}
        found = await store.runs.get(run.id)
        assert (found.state, found.error and found.error.code) == (
            "failed",
            "stackloom.plan.stale",
        )

    at_database(database_url, live)


def test_one_keeps_house_at_a_time(database_url: str) -> None:
    """Whoever comes second leaves it to the first."""

    async def live(pool: Pool) -> None:
        lock = "select pg_advisory_lock(hashtext('stackloom housekeeping'))"
        async with pool.connection() as connection:
            await connection.execute(lock.encode())
            assert await keep_house(pool, KEEPING) is None
            unlock = "select pg_advisory_unlock(hashtext('stackloom housekeeping'))"
            await connection.execute(unlock.encode())
        assert await keep_house(pool, KEEPING) == NOTHING

    at_database(database_url, live)


def test_a_grant_is_idle_once_no_job_and_no_check_needs_it(database_url: str) -> None:
    """So it can be taken back, even if whoever made it was killed."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        scenario = await a_scenario(store)
        for_job, for_check, left = [await a_grant(store) for _ in range(3)]
        plan = await a_plan(store, scenario)
        sets = "update stackloom.{} set {} = %s"
        await executed(pool, sets.format("jobs", "grant_id"), for_job)
        await executed(pool, sets.format("scenarios", "check_grant_id"), for_check)
        assert [g.id for g in await idle_grants(pool, age_seconds=0, limit=9)] == [left]
        assert await idle_grants(pool, age_seconds=60, limit=9) == []
        await store.plans.cancel(plan.id)
        await store.scenarios.delete(scenario.id, revision=1)
        idle = await idle_grants(pool, age_seconds=0, limit=9)
        assert [g.id for g in idle] == [for_job, for_check, left]
        assert [g.id for g in await idle_grants(pool, age_seconds=60, limit=9)] == [for_job]
        await store.grants.ended(left)
        assert (await store.grants.get(left)).sealed is None
        with pytest.raises(Refused, match="no grant"):
            await Store(pool, "red").grants.get(left)

    at_database(database_url, live)
