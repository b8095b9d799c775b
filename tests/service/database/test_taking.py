# SPDX-License-Identifier: Apache-2.0
"""Whatever workers, callers and the clock do at once, a job has one worker, and it ends."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import AssertFailure
from tests.service.database.filled import (
    NO_PATIENCE,
    SUCCEEDED,
    WORKER,
    a_run,
    a_scenario,
    at_database,
    executed,
    lease_over,
    taken,
)

from stackloom.errors import LostLease
from stackloom.service.database.endings import RunEnd
from stackloom.service.database.events import Place
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.pool import Pool
from stackloom.service.database.store import Store
from stackloom.service.jobs.job import RUN_TRANSITIONS, Job
from stackloom.service.refusal import Refused
from stackloom.wire.scenario import Scenario

PER_PROJECT = 2
MOST_JOBS = 8
AN_HOUR = 3_600.0

# What happens, and to which job, scenario or worker: numbers wrap round.
VERBS = (
    "create",
    "take",
    "take",
    "renew",
    "apply",
    "release",
    "release later",
    "hold",
    "approve",
    "end",
    "cancel",
    "lease over",
    "wait over",
)
deeds = st.tuples(st.sampled_from(VERBS), st.integers(0, MOST_JOBS - 1), st.booleans())
# The deeds of one batch happen at once, on a connection each.
histories = st.lists(st.lists(deeds, min_size=1, max_size=5), max_size=14)


@dataclass
class World:
    """Three scenarios of one project, and what the workers think they have."""

    pool: Pool
    store: Store
    scenarios: list[Scenario]
    runs: list[UUID] = field(default_factory=list)
    had_by_run: dict[UUID, list[Job]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    async def new(cls, pool: Pool) -> World:
        store = Store(pool, f"project-{uuid4()}")
        names = ("one", "two", "three")
        return cls(pool, store, [await a_scenario(store, name) for name in names])

    async def do(self, verb: str, number: int, is_old: bool) -> None:
        if verb == "create":
            if len(self.runs) < MOST_JOBS:
                id = uuid4()
                self.runs.append(id)
                await a_run(self.store, self.scenarios[number % len(self.scenarios)], id=id)
            return
        if not self.runs:
            return
        id = self.runs[number % len(self.runs)]
        try:
            await self._do(verb, id, is_old)
        except (LostLease, Refused, AssertFailure):
            pass  # an answer like others: what counts is what is in the tables

    async def _do(self, verb: str, id: UUID, is_old: bool) -> None:
        jobs = JobTable(self.pool)
        if verb == "take":
            job = await jobs.take(id, worker_id=WORKER, lease_seconds=600, per_project=PER_PROJECT)
            if job is not None:
                self.had_by_run[id].append(job)
        elif verb == "approve":
            await self.store.runs.approve(id, "ada-id")
        elif verb == "cancel":
            await self.store.runs.cancel(id)
        elif verb == "lease over":
            await lease_over(self.pool, id)
        elif verb == "wait over":
            sql = "update stackloom.jobs set not_before = clock_timestamp() where id = %s"
            await executed(self.pool, sql, id)
        elif had := self.had_by_run[id]:
            await self._work(verb, jobs, had[0 if is_old else -1])

    async def takes(self, id: UUID) -> bool:
        await self.do("take", self.runs.index(id) if id in self.runs else self._known(id), False)
        return bool(self.had_by_run[id])

    def _known(self, id: UUID) -> int:
        self.runs.append(id)
        return len(self.runs) - 1

    async def _work(self, verb: str, jobs: JobTable, job: Job) -> None:
        if verb == "renew":
            sql = "select stackloom.renew_job(%s, %s, %s, 600)"
            await executed(self.pool, sql, job.id, job.attempt, job.worker_id)
        elif verb == "apply":
            await jobs.begin_applying(job, until=NO_PATIENCE)
        elif verb == "release":
            await jobs.release(job, until=NO_PATIENCE)
        elif verb == "release later":
            await jobs.release(job, until=NO_PATIENCE, after_seconds=AN_HOUR, is_try=True)
        elif verb == "hold":
            await jobs.hold(job, until=NO_PATIENCE)
        else:
            await jobs.end(job, SUCCEEDED, until=NO_PATIENCE)

    async def check(self) -> None:
        project = self.store.project_id
        active = await executed(
            self.pool,
            "select count(*), count(distinct scenario_id), "
            "count(*) filter (where lease_until > clock_timestamp()) "
            "from stackloom.jobs where project_id = %s and state = 'active'",
            project,
        )
        ((jobs, scenarios, at_work),) = active
        assert jobs == scenarios, "two at once of one scenario"
        assert isinstance(at_work, int)
        assert at_work <= PER_PROJECT
        ids = [job.attempt for had in self.had_by_run.values() for job in had]
        assert len(ids) == sum(len({j.attempt for j in h}) for h in self.had_by_run.values())

    async def finish(self) -> None:
        """Let time pass, and work on whatever is due, until nothing is left."""
        jobs = JobTable(self.pool)
        for id in self.runs:
            if (await self.store.runs.get(id)).state == "awaiting_approval":
                await self.store.runs.cancel(id)
        for _ in range(len(self.runs)):
            await executed(
                self.pool,
                "update stackloom.jobs set not_before = clock_timestamp(), "
                "lease_until = null where project_id = %s and state <> 'ended'",
                self.store.project_id,
            )
            due = set(await jobs.due(per_project=PER_PROJECT, limit=100)) & set(self.runs)
            for id in due:
                await self.do("take", self.runs.index(id), is_old=False)
                await self.do("end", self.runs.index(id), is_old=False)
        left = "select id from stackloom.jobs where project_id = %s and state <> 'ended'"
        assert await executed(self.pool, left, self.store.project_id) == []

    async def check_events(self) -> None:
        rows = await executed(
            self.pool,
            "select job_id, scenario_id, seq, position, body ->> 'type', body ->> 'state' "
            "from stackloom.events where project_id = %s order by position",
            self.store.project_id,
        )
        assert [row[3] for row in rows] == list(range(1, len(rows) + 1))
        for id in self.runs:
            own = [row for row in rows if row[0] == id]
            assert [row[2] for row in own] == list(range(1, len(own) + 1))
            states = [row[5] for row in own if row[4] == "job_state"]
            assert states[0] == "queued"
            for before, after in itertools.pairwise(states):
                assert after in RUN_TRANSITIONS[before]  # type: ignore[index]
            assert states[-1] == (await self.store.runs.get(id)).state
        self._check_first_come_first_served(rows)

    def _check_first_come_first_served(self, rows: list[tuple[object, ...]]) -> None:
        queued: dict[object, list[object]] = defaultdict(list)
        begun: dict[object, list[object]] = defaultdict(list)
        for job, scenario, _, _, _, state in rows:
            if state == "queued" and job not in queued[scenario]:
                queued[scenario].append(job)
            if state == "planning" and job not in begun[scenario]:
                begun[scenario].append(job)
        for scenario, jobs in begun.items():
            assert jobs == [job for job in queued[scenario] if job in jobs]


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories)
def test_one_worker_at_a_time_first_come_first_served_and_all_end(
    database_url: str, history: list[list[tuple[str, int, bool]]]
) -> None:
    """Never two of a scenario, never too many of a project; events 1..n, states in their order."""

    async def live(pool: Pool) -> None:
        world = await World.new(pool)
        for batch in history:
            await asyncio.gather(*(world.do(*deed) for deed in batch))
            await world.check()
        await world.finish()
        await world.check_events()

    at_database(database_url, live)


def test_a_project_has_room_for_so_many_and_what_was_begun_has_it_first(database_url: str) -> None:
    """Whoever comes back half done waits for room as others do, and goes before what is new."""

    async def live(pool: Pool) -> None:
        world = await World.new(pool)
        jobs = JobTable(pool)
        one, two, three = [(await a_run(world.store, each)).id for each in world.scenarios]
        job = await taken(jobs, one)
        await jobs.begin_applying(job, until=NO_PATIENCE)
        await jobs.release(job, until=NO_PATIENCE, after_seconds=AN_HOUR, is_try=True)
        # It waits for a while, so both others have room.
        assert await world.takes(two)
        assert await world.takes(three)
        await executed(pool, "update stackloom.jobs set not_before = now() where id = %s", one)
        assert not await world.takes(one)
        await jobs.end(world.had_by_run[two][0], SUCCEEDED, until=NO_PATIENCE)
        new = (await a_run(world.store, world.scenarios[1])).id
        assert await jobs.due(per_project=PER_PROJECT, limit=10) == [one, new]
        assert not await world.takes(new)
        assert await world.takes(one)

    at_database(database_url, live)


def test_a_scenario_that_is_deleted_takes_along_what_was_still_to_be_done(
    database_url: str,
) -> None:
    """Neither a run behind its destroy nor a check by the clock makes anything of it again."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        scenario = await a_scenario(store)
        held = await a_run(store, scenario)
        await jobs.hold(await taken(jobs, held.id), until=NO_PATIENCE)
        last = await store.runs.create(
            id=uuid4(),
            scenario_id=scenario.id,
            operation="destroy",
            auto_approve=True,
            then_delete=True,
            grant_id=None,
            sealed_secrets=None,
            by="ada-id",
            global_request_id="",
        )
        queued = await a_run(store, scenario, operation="check")
        destroyed = RunEnd(state="succeeded", condition="absent")
        await jobs.end(await taken(jobs, last.id), destroyed, until=NO_PATIENCE)
        states = [(await store.runs.get(each.id)).state for each in (held, last, queued)]
        assert states == ["cancelled", "succeeded", "cancelled"]
        assert await jobs.due(per_project=PER_PROJECT, limit=10) == []
        (*_, end) = await store.events.after(Place(job_id=queued.id), 0, 10)
        assert end.message == "cancelled: the scenario was deleted"
        assert (await a_scenario(store)).id != scenario.id, "its name is free"
        with pytest.raises(Refused) as refused:
            await store.scenarios.get(scenario.id)
        assert refused.value.code == "not-found"

    at_database(database_url, live)


def test_what_was_changed_meanwhile_is_not_deleted_unseen(database_url: str) -> None:
    """The revision is compared where the run is made, so nobody comes in between."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        scenario = await a_scenario(store)
        with pytest.raises(Refused, match="has revision 1, not 2") as refused:
            await store.runs.create(
                id=uuid4(),
                scenario_id=scenario.id,
                operation="destroy",
                auto_approve=True,
                then_delete=True,
                seen_revision=2,
                grant_id=None,
                sealed_secrets=None,
                by="ada-id",
                global_request_id="",
            )
        assert refused.value.code == "etag.mismatch"
        assert await store.runs.page(limit=10) == []

    at_database(database_url, live)
