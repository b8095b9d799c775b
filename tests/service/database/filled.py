# SPDX-License-Identifier: Apache-2.0
"""Scenarios, plans and runs in a real database, with as few words as a test has room for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from psycopg.rows import tuple_row

from stackloom.errors import Problem
from stackloom.service.database import pool as pools
from stackloom.service.database.endings import PlanEnd, RunEnd
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.pool import Pool, connected
from stackloom.service.database.store import Store
from stackloom.service.jobs.job import Job
from stackloom.wire.event import Event, Warned
from stackloom.wire.plan import Counts, Plan, PlanStep
from stackloom.wire.run import Run, RunOperation
from stackloom.wire.scenario import Scenario, ScenarioSource

T = TypeVar("T")

WORKER = UUID(int=1)
OTHER_WORKER = UUID(int=2)
NO_PATIENCE = 0.0
STEP = PlanStep(address="network.blue", action="create")
READY = PlanEnd(state="ready", counts=Counts(create=1), steps=(STEP,), saved="{}", picture=b"P")
SUCCEEDED = RunEnd(state="succeeded", condition="in_sync", outputs=())


def at_database(url: str, work: Callable[[Pool], Awaitable[T]]) -> T:
    """Do something with a pool of connections, on a loop of its own."""

    async def main() -> T:
        async with pools.opened(url) as pool:
            return await work(pool)

    return asyncio.run(main())


async def a_scenario(store: Store, name: str = "one", text: str = "scenario: one") -> Scenario:
    """Keep a scenario."""
    return await store.scenarios.create(
        name=name,
        source=ScenarioSource(text=text),
        tags=(),
        check=None,
        webhook_secret=None,
        created_by="ada-id",
    )


async def a_run(
    store: Store,
    scenario: Scenario,
    *,
    operation: RunOperation = "apply",
    plan_id: UUID | None = None,
    id: UUID | None = None,
) -> Run:
    """Ask for a run that needs no approval."""
    return await store.runs.create(
        id=id or uuid4(),
        scenario_id=scenario.id,
        operation=operation,
        auto_approve=True,
        grant_id=None,
        sealed_secrets=b"sealed",
        by="ada-id",
        global_request_id="req-1",
        plan_id=plan_id,
    )


async def a_plan(
    store: Store, scenario: Scenario, *, hours: float = 24, id: UUID | None = None
) -> Plan:
    """Ask for a plan."""
    return await store.plans.create(
        id=id or uuid4(),
        scenario_id=scenario.id,
        scenario_name=scenario.name,
        revision=scenario.revision,
        source=None,
        operation="apply",
        grant_id=None,
        sealed_secrets=None,
        by="ada-id",
        global_request_id="req-1",
        expires_at=datetime.now(UTC) + timedelta(hours=hours),
    )


async def taken(jobs: JobTable, id: UUID, *, worker_id: UUID = WORKER, seconds: float = 60) -> Job:
    """Take a job whose turn it is."""
    job = await jobs.take(id, worker_id=worker_id, lease_seconds=seconds, per_project=100)
    assert job is not None, "it was its turn"
    return job


async def a_ready_plan(pool: Pool, store: Store, scenario: Scenario, *, hours: float = 24) -> Plan:
    """Ask for a plan and make it."""
    plan = await a_plan(store, scenario, hours=hours)
    jobs = JobTable(pool)
    await jobs.end(await taken(jobs, plan.id), READY, until=NO_PATIENCE)
    return await store.plans.get(plan.id)


async def carried_out(pool: Pool, run: Run, end: RunEnd = SUCCEEDED) -> None:
    """Take a run up, begin to change the cloud, and end it."""
    jobs = JobTable(pool)
    job = await taken(jobs, run.id)
    await jobs.begin_applying(job, until=NO_PATIENCE)
    await jobs.end(job, end, until=NO_PATIENCE)


async def executed(pool: Pool, sql: str, *values: object) -> list[tuple[object, ...]]:
    """Carry out a statement of the test's own; return its rows."""
    async with connected(pool) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(sql.encode(), values)
        return [] if cursor.description is None else await cursor.fetchall()


async def lease_over(pool: Pool, id: UUID) -> None:
    """Let the lease of a job be over, as if its worker had stood still."""
    await executed(
        pool,
        "update stackloom.jobs set lease_until = clock_timestamp() - interval '1 second' "
        "where id = %s and lease_until is not null",
        id,
    )


def said(job: Job, message: str) -> Event:
    """Return an event of a job."""
    return Warned(
        seq=0,
        position=0,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        job_id=job.id,
        scenario_id=job.scenario_id,
        message=message,
        problem=Problem(file="", line=0, column=0, message=message),
    )
