# SPDX-License-Identifier: Apache-2.0
"""One job from its lease to its end: rights, cloud, work, and what is written of it.

Everything that can be wrong with one job ends here; the worker goes on with the others.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from stackloom.cloud import cloud as clouds
from stackloom.cloud.cloud import Cloud
from stackloom.errors import LostLease, StackloomError
from stackloom.scenario.model import hidden
from stackloom.service.database.endings import PlanEnd, RunEnd
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.listener import Listener, of_job
from stackloom.service.database.pool import DatabaseAway, Pool
from stackloom.service.database.store import Store
from stackloom.service.grant.grant import Grants
from stackloom.service.grant.seal import Seal
from stackloom.service.jobs.job import Job
from stackloom.service.jobs.lease import Lease, holding
from stackloom.service.logging import noting
from stackloom.service.metrics import METRICS
from stackloom.service.refusal import Refused
from stackloom.service.sealed import open_secrets
from stackloom.service.settings import ServiceSettings
from stackloom.service.tracing import traced
from stackloom.service.worker.applying import apply, try_again
from stackloom.service.worker.brake import Brake
from stackloom.service.worker.checking import check
from stackloom.service.worker.failure import as_job_error, error_item, passes
from stackloom.service.worker.fence import FencedTransport
from stackloom.service.worker.planning import prepare
from stackloom.service.worker.story import Story
from stackloom.service.worker.subject import Subject, subject_of_plan, subject_of_run
from stackloom.service.worker.telling import Telling, Write
from stackloom.service.worker.verdict import Ended, Held, Released, Verdict
from stackloom.service.worker.work import Work
from stackloom.transport.client import Transport
from stackloom.transport.reqwest import ReqwestTransport
from stackloom.wire.event import Event
from stackloom.wire.run import Progress
from stackloom.wire.scenario import Condition

log = logging.getLogger(__name__)

# What ends its worker each time is not taken up for ever.
MOST_ATTEMPTS = 100
# Whoever cancels is not kept waiting longer for what is under way, such as a server that boots.
CANCEL_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a worker works with.

    Attributes:
        url: of the database; each lease has a connection of its own.
        listener: hears when a job is to be cancelled.
        transport: in the place of the network; tests pass a cloud in memory.
    """

    url: str
    pool: Pool
    jobs: JobTable
    listener: Listener
    grants: Grants
    seal: Seal
    settings: ServiceSettings
    worker_id: UUID
    transport: Transport | None = None


class Carriage:
    """The work on one job that this worker has the lease of."""

    def __init__(self, bench: Bench, job: Job) -> None:
        self._bench = bench
        self._job = job
        self._store = Store(bench.pool, job.project_id)
        self.brake = Brake()
        self._story = Story(job)
        self._begun_at = time.monotonic()

    async def ride(self, *, taken_at: float) -> None:
        """Work on it until it has ended, waits for somebody, or was given back or lost.

        Args:
            taken_at: what ``since_boot()`` said before the lease was asked for.
        """
        job = self._job
        ids = {"project_id": job.project_id, "job_id": str(job.id)}
        if job.global_request_id:
            ids["global_request_id"] = job.global_request_id
        seconds = self._bench.settings.runs.lease_seconds
        with noting(**ids), traced(f"job {job.kind}", ids):
            if job.attempt > 1:
                METRICS.taken_over()
            log.info("%s begins, attempt %d", job.kind, job.attempt)
            try:
                async with holding(
                    self._bench.url, job, seconds=seconds, taken_at=taken_at
                ) as lease:
                    await self._ride(lease)
            except* LostLease as lost:
                log.warning("%s was lost: %s", job.kind, lost.exceptions[0])
            except* DatabaseAway as away:
                log.warning("%s is left, the database is away: %s", job.kind, away.exceptions[0])

    async def _ride(self, lease: Lease) -> None:
        telling = Telling(self._writer(lease))
        async with asyncio.TaskGroup() as group:
            helpers = [
                group.create_task(telling.run()),
                group.create_task(self._hear_cancelling(lease)),
                group.create_task(self._watch_cancelling(lease)),
                group.create_task(_until_lost(lease)),
            ]
            work = group.create_task(self._verdict(lease, telling))
            self.brake.leave = work.cancel
            if self.brake.cause:
                work.cancel()
            await asyncio.wait([work])
            verdict = await self._left() if work.cancelled() else work.result()
            await telling.flush()
            await self._write(verdict, lease)
            for helper in helpers:
                helper.cancel()

    def _writer(self, lease: Lease) -> Write:
        async def write(events: Sequence[Event], progress: Progress | None) -> None:
            await self._bench.jobs.tell(
                self._job, events, until=lease.valid_until, progress=progress
            )

        return write

    async def _hear_cancelling(self, lease: Lease) -> None:
        """Learn at once, and not with the next renewal of the lease, that somebody cancels."""
        with self._bench.listener.woken(of_job(self._job.id)) as notice:
            while True:
                await notice.wait()
                notice.clear()
                try:
                    lease.note_cancels(await self._bench.jobs.cancels(self._job))
                except DatabaseAway:
                    continue  # the renewal will tell

    async def _watch_cancelling(self, lease: Lease) -> None:
        """Stop when somebody asks for it; at once when they ask again, or after a while."""
        await lease.cancelled.wait()
        log.info("%s is being cancelled", self._job.kind)
        self.brake.engage("cancelled")
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                await lease.cancelled_again.wait()
        except TimeoutError:
            pass
        self.brake.leave()

    # --- the work ---------------------------------------------------------------------------------

    async def _verdict(self, lease: Lease, telling: Telling) -> Verdict:
        """Do it, and return what is to become of the job, whatever goes wrong."""
        if self._job.attempt > MOST_ATTEMPTS:
            return await self._failed(_never_ending(self._job))
        try:
            return await self._done(lease, telling)
        except LostLease:
            raise
        except StackloomError as error:
            return await self._failed(as_job_error(error))
        except Exception:
            # The edge: a mistake of ours ends this job and no other.
            log.exception("%s failed by a mistake in stackloom", self._job.kind)
            mistake = Refused(
                "server.failed",
                "the worker failed; its log says why",
                hint="tell the operator the id of this job",
            )
            return await self._failed(mistake)

    async def _done(self, lease: Lease, telling: Telling) -> Verdict:
        job = self._job
        secrets = open_secrets(
            self._bench.seal, job.secrets, project_id=job.project_id, job_id=job.id
        )
        self._story.hide = partial(hidden, secrets=tuple(filter(None, secrets.values())))
        if job.kind == "plan":
            plan = await self._store.plans.get(job.id)
            subject = await subject_of_plan(self._store, job, plan, secrets)
            async with self._work(lease, telling, subject) as work:
                return await self._planned(work)
        run = await self._store.runs.get(job.id)
        subject = await subject_of_run(self._store, run, secrets)
        async with self._work(lease, telling, subject) as work:
            return await (check(work, run) if run.operation == "check" else apply(work, run))

    async def _planned(self, work: Work) -> Verdict:
        prepared = await prepare(
            work.cloud, work.subject, records=None, most_values=work.settings.limits.values
        )
        events = work.story.planned(prepared.counts, prepared.warnings)
        return Ended(end=await prepared.plan_end(), events=tuple(events))

    @asynccontextmanager
    async def _work(self, lease: Lease, telling: Telling, subject: Subject) -> AsyncIterator[Work]:
        async with self._cloud(lease) as cloud:
            yield Work(
                job=self._job,
                lease=lease,
                jobs=self._bench.jobs,
                store=self._store,
                settings=self._bench.settings,
                cloud=cloud,
                subject=subject,
                brake=self.brake,
                telling=telling,
                story=self._story,
            )

    @asynccontextmanager
    async def _cloud(self, lease: Lease) -> AsyncIterator[Cloud]:
        """Open the cloud with the rights of whoever asked for the job.

        Raises:
            Refused: grant.revoked: they have been taken back already.
        """
        if self._job.grant_id is None:
            raise Refused("grant.revoked", "nobody has let the service act for this")
        grant = await self._store.grants.get(self._job.grant_id)
        config = self._bench.grants.config(grant)
        network = self._bench.transport or ReqwestTransport(tls=config.tls)
        fenced = FencedTransport(
            network, may_go_on=lease.check, log_in_url=f"{config.auth_url}/auth/tokens"
        )
        async with clouds.connect(config, transport=fenced) as cloud:
            if self._job.global_request_id:
                cloud.global_request_id = self._job.global_request_id
            yield cloud

    # --- its end ----------------------------------------------------------------------------------

    async def _failed(self, error: StackloomError) -> Verdict:
        """Return what becomes of a job that could not be done."""
        if passes(error):
            again = try_again(self._job.tries, self._bench.settings.runs.tries, error)
            if again:
                return again
        item = error_item(error, self._story.hide)
        if self._job.kind == "plan":
            return Ended(end=PlanEnd(state="failed", error=item))
        has_begun = await self._has_begun()
        condition: Condition | None = "failed" if has_begun else None
        return Ended(
            end=RunEnd(state="failed", error=item, is_partial=has_begun, condition=condition)
        )

    async def _left(self) -> Verdict:
        """Return what becomes of a job that was left in the middle."""
        if self.brake.cause == "drained":
            return Released(reason="its worker is going down")
        if self._job.kind == "plan":
            return Ended(end=PlanEnd(state="cancelled"))
        has_begun = await self._has_begun()
        condition: Condition | None = "unknown" if has_begun else None
        return Ended(end=RunEnd(state="cancelled", is_partial=has_begun, condition=condition))

    async def _has_begun(self) -> bool:
        """Return whether the run may have changed something in the cloud."""
        return "applying" in (await self._store.runs.get(self._job.id)).timestamps

    async def _write(self, verdict: Verdict, lease: Lease) -> None:
        jobs, job, until = self._bench.jobs, self._job, lease.valid_until
        if isinstance(verdict, Held):
            await jobs.hold(job, until=until)
            log.info("%s waits for approval", job.kind)
        elif isinstance(verdict, Released):
            await jobs.release(
                job,
                until=until,
                after_seconds=verdict.after_seconds,
                is_try=verdict.is_try,
                reason=self._story.hide(verdict.reason),
            )
            log.info("%s is given back: %s", job.kind, self._story.hide(verdict.reason))
        else:
            await jobs.end(job, verdict.end, verdict.events, until=until)
            await self._note_end(verdict.end.state)

    async def _note_end(self, state: str) -> None:
        operation = "plan"
        if self._job.kind == "run":
            operation = (await self._store.runs.get(self._job.id)).operation
        METRICS.run_ended(operation, state, time.monotonic() - self._begun_at)
        log.info("%s has ended: %s", operation, state)


def _never_ending(job: Job) -> Refused:
    return Refused(
        "server.failed",
        f"{job.attempt - 1} workers have begun with it, and none of them came to an end",
        hint="tell the operator the id of this job",
    )


async def _until_lost(lease: Lease) -> None:
    """Wait until the lease is lost, and raise that: it ends whatever goes on beside it."""
    await lease.lost.wait()
    raise LostLease("another worker may go on with it")
