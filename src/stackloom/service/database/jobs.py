# SPDX-License-Identifier: Apache-2.0
"""The rows of jobs, as workers see them: of all projects, each by its id and attempt.

Every change is one SQL function of ``migrations/0002_functions.sql``, which says whose lease it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID, uuid4

import msgspec
from psycopg.rows import DictRow

from stackloom.errors import LostLease
from stackloom.service.database.endings import PlanEnd, RunEnd, RunPlan, as_row
from stackloom.service.database.events import bodies_of
from stackloom.service.database.pool import Pool, connected, patiently, row, rows
from stackloom.service.database.project import as_struct
from stackloom.service.jobs.job import Job
from stackloom.wire.event import Event
from stackloom.wire.run import Progress

_TAKE = """
    select * from stackloom.take_job(%(id)s, %(worker)s, %(seconds)s, %(per_project)s)"""
_DUE = "select * from stackloom.due_jobs(%(per_project)s, %(limit)s) as id"
_TELL = """
    select stackloom.tell(
        %(id)s, %(attempt)s, %(batch)s, %(bodies)s::json[], %(progress)s) as answer"""
_INTEND = "select stackloom.intend(%(id)s, %(attempt)s, %(addresses)s::text[]) as answer"
_INTENT_ENDED = """
    select stackloom.intent_ended(%(id)s, %(attempt)s, %(addresses)s::text[]) as answer"""
_FORGET = "select stackloom.forget(%(id)s, %(attempt)s) as answer"
_INTENTS = """
    select address, extract(epoch from clock_timestamp() - begun_at)::float8 as seconds
    from stackloom.intents
    where project_id = %(project)s and scenario_id = %(scenario)s"""
_HAS_RUN = """
    select has_run from stackloom.scenarios
    where project_id = %(project)s and id = %(scenario)s"""
_PLANNED = """
    select stackloom.run_planned(
        %(id)s, %(attempt)s, %(batch)s, %(plan)s, %(picture)s, %(bodies)s::json[]) as answer"""
_BEGIN_APPLYING = "select stackloom.begin_applying(%(id)s, %(attempt)s) as answer"
_HOLD = "select stackloom.hold_job(%(id)s, %(attempt)s) as answer"
_RELEASE = """
    select stackloom.release_job(
        %(id)s, %(attempt)s, clock_timestamp() + make_interval(secs => %(after)s),
        %(is_try)s, %(reason)s) as answer"""
_END = """
    select stackloom.end_job(
        %(id)s, %(attempt)s, %(batch)s, %(end)s, %(picture)s, %(bodies)s::json[]) as answer"""
_CANCELS = """
    select cancels from stackloom.jobs where project_id = %(project)s and id = %(id)s"""
_STATES = """
    select state, count(*) as jobs from stackloom.jobs
    where state <> 'ended' group by state"""
_OLDEST = """
    select extract(epoch from clock_timestamp() - min(queued_at))::float8 as seconds
    from stackloom.jobs where state = 'queued' and not_before <= clock_timestamp()"""


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier runs of a scenario have left.

    Attributes:
        is_new: none of them has begun to change anything.
        seconds_by_address: creates without an ending, and how long ago they began.
    """

    is_new: bool
    seconds_by_address: Mapping[str, float]


class JobTable:
    """Jobs of all projects.

    Whatever takes *until* is asked again while the database is away, up to that moment of
    ``time.monotonic()``: give it ``Lease.valid_until``. Asked again, it writes nothing twice. Such
    a method raises ``LostLease`` where another attempt has the job by now, or it has ended, and
    ``DatabaseAway`` where no answer came in time.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def due(self, *, per_project: int, limit: int) -> list[UUID]:
        """Return jobs that a worker could take up now, those half done first."""
        found = await self._rows(_DUE, per_project=per_project, limit=limit)
        return [each["id"] for each in found]

    async def take(
        self, id: UUID, *, worker_id: UUID, lease_seconds: float, per_project: int
    ) -> Job | None:
        """Take a job up; None where somebody has it, or it is not its turn.

        Args:
            per_project: how many of a project's jobs are worked on at once.
        """
        found = await self._row(
            _TAKE, id=id, worker=worker_id, seconds=lease_seconds, per_project=per_project
        )
        return None if found is None else as_struct(found, Job)

    async def tell(
        self,
        job: Job,
        events: Sequence[Event],
        *,
        until: float,
        progress: Progress | None = None,
    ) -> int:
        """Write events, whose numbers are given here, and how far the run is.

        Returns:
            the position of the last one.
        """
        values = {
            "batch": uuid4(),
            "bodies": bodies_of(events),
            "progress": None if progress is None else as_row(progress),
        }
        position = await self._mine(job, _TELL, until, values)
        assert isinstance(position, int), "the function returns a bigint"
        return position

    async def intend(self, job: Job, addresses: Sequence[str], *, until: float) -> None:
        """Note what is about to be made, before it is."""
        await self._mine(job, _INTEND, until, {"addresses": list(addresses)})

    async def intent_ended(self, job: Job, addresses: Sequence[str], *, until: float) -> None:
        """Note of what was to be made that it is known by now what became of it."""
        await self._mine(job, _INTENT_ENDED, until, {"addresses": list(addresses)})

    async def forget(self, job: Job, *, until: float) -> None:
        """Forget what earlier runs began: it is known, or will never be there."""
        await self._mine(job, _FORGET, until, {})

    async def unfinished(self, job: Job) -> Unfinished:
        """Return what earlier runs of the job's scenario have left."""
        values = {"project": job.project_id, "scenario": job.scenario_id}
        begun = await self._rows(_INTENTS, **values)
        scenario = await self._row(_HAS_RUN, **values)
        return Unfinished(
            is_new=scenario is None or not scenario["has_run"],
            seconds_by_address={each["address"]: each["seconds"] for each in begun},
        )

    async def planned(
        self, job: Job, plan: RunPlan, events: Sequence[Event], *, until: float
    ) -> None:
        """Keep what a run would do, and tell of it."""
        values = {
            "batch": uuid4(),
            "plan": as_row(msgspec.structs.replace(plan, picture=None)),
            "picture": plan.picture,
            "bodies": bodies_of(events),
        }
        await self._mine(job, _PLANNED, until, values)

    async def begin_applying(self, job: Job, *, until: float) -> None:
        """Note that from here on the cloud may be changed."""
        await self._mine(job, _BEGIN_APPLYING, until, {})

    async def hold(self, job: Job, *, until: float) -> None:
        """Give a run back until somebody approves it."""
        await self._mine(job, _HOLD, until, {})

    async def release(
        self,
        job: Job,
        *,
        until: float,
        after_seconds: float = 0.0,
        is_try: bool = False,
        reason: str = "",
    ) -> None:
        """Give a job back, for another worker to go on with.

        One that somebody has asked to cancel is cancelled instead.

        Args:
            after_seconds: when it is due again, by the database's clock.
            is_try: it failed for a reason that passes; counted in ``tries``.
        """
        values = {"after": after_seconds, "is_try": is_try, "reason": reason}
        await self._mine(job, _RELEASE, until, values)

    async def end(
        self, job: Job, end: RunEnd | PlanEnd, events: Sequence[Event] = (), *, until: float
    ) -> None:
        """End a job and its run or plan, with its last events; all of it or nothing.

        The event that tells the state comes by itself, as the last.
        """
        values = {
            "batch": uuid4(),
            "bodies": bodies_of(events),
            "picture": None,
        }
        if isinstance(end, PlanEnd):
            # Bytes go beside the JSON, which would hold them as a text a third longer.
            values["picture"] = end.picture
            end = msgspec.structs.replace(end, picture=None)
        values["end"] = as_row(end)
        await self._mine(job, _END, until, values)

    async def cancels(self, job: Job) -> int:
        """Return how often somebody asked by now for a job to be cancelled."""
        found = await self._row(_CANCELS, project=job.project_id, id=job.id)
        return 0 if found is None else int(found["cancels"])

    async def count_by_state(self) -> dict[str, int]:
        """Return how many jobs there are in each state but ``ended``."""
        return {each["state"]: each["jobs"] for each in await self._rows(_STATES)}

    async def oldest_seconds(self) -> float:
        """Return how long the oldest job has been waiting that could be taken up; 0 for none."""
        found = await self._row(_OLDEST)
        return 0.0 if found is None else float(found["seconds"] or 0.0)

    async def _mine(self, job: Job, sql: str, until: float, values: Mapping[str, object]) -> object:
        said = {**values, "id": job.id, "attempt": job.attempt}
        found = await patiently(partial(self._row, sql, **said), until)
        if found is None or found["answer"] is None:
            raise LostLease(
                f"{job.kind} {job.id}: attempt {job.attempt} has lost it to another worker, or it "
                "has ended"
            )
        return found["answer"]

    async def _rows(self, sql: str, **values: object) -> list[DictRow]:
        async with connected(self._pool) as connection:
            return await rows(connection, sql, values)

    async def _row(self, sql: str, **values: object) -> DictRow | None:
        async with connected(self._pool) as connection:
            return await row(connection, sql, values)
