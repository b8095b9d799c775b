# SPDX-License-Identifier: Apache-2.0
"""The jobs that one worker has under way: as many as it may, each by itself, all of them stopped.

A job goes on when the delivery that brought it has fallen: it belongs to the worker, which waits
for it before it ends.
"""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from stackloom.service.database.pool import DatabaseAway
from stackloom.service.jobs.lease import since_boot
from stackloom.service.worker.carry import Bench, Carriage

log = logging.getLogger(__name__)

# A job that is left at once still writes that it is given back.
_LEAVE_SECONDS = 5.0


class Crew:
    """Takes jobs and carries them."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._at_work: dict[UUID, Carriage] = {}
        self._coming = 0
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def has_room(self) -> bool:
        """Whether it may take one more."""
        at_once = self._bench.settings.runs.per_worker
        return not self._draining and len(self._at_work) + self._coming < at_once

    async def carry(self, id: UUID) -> None:
        """Carry a job that was brought, if it is its turn; never raises for what goes wrong."""
        if not self.has_room or id in self._at_work:
            return  # brought again, to whoever has room, as long as it is due
        self._idle.clear()
        try:
            await self._carry(id)
        except Exception:
            # The edge: whatever is wrong with one job, the others go on.
            log.exception("job %s was left in the middle, and is taken over", id)
        finally:
            if not self._at_work and not self._coming:
                self._idle.set()

    async def _carry(self, id: UUID) -> None:
        self._coming += 1
        try:
            taken_at = since_boot()
            carriage = await self._taken(id)
        finally:
            self._coming -= 1
        if carriage is None:
            return
        self._at_work[id] = carriage
        if self._draining:  # it came while this worker was asked to end
            carriage.brake.engage("drained")
        try:
            await carriage.ride(taken_at=taken_at)
        finally:
            del self._at_work[id]

    async def _taken(self, id: UUID) -> Carriage | None:
        runs = self._bench.settings.runs
        try:
            job = await self._bench.jobs.take(
                id,
                worker_id=self._bench.worker_id,
                lease_seconds=runs.lease_seconds,
                per_project=runs.per_project,
            )
        except DatabaseAway as error:
            log.info("job %s was not taken: %s", id, error)
            return None
        return None if job is None else Carriage(self._bench, job)

    async def drain(self) -> None:
        """Take nothing more, and give back what is under way, at a safe point if there is time."""
        self._draining = True
        within = self._bench.settings.runs.drain_seconds
        if self._at_work:
            log.info("%d jobs are under way, and have %.0f s to stop", len(self._at_work), within)
        for carriage in list(self._at_work.values()):
            carriage.brake.engage("drained")
        if await self._all_gone(within):
            return
        for carriage in list(self._at_work.values()):
            carriage.brake.leave()
        if not await self._all_gone(_LEAVE_SECONDS):
            log.warning("%d jobs were not given back, and are taken over", len(self._at_work))

    async def _all_gone(self, within_seconds: float) -> bool:
        try:
            async with asyncio.timeout(within_seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True
