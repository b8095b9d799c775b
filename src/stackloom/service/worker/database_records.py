# SPDX-License-Identifier: Apache-2.0
"""The records of a scenario in the database, where every worker sees them; see ``Records``."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Self

from stackloom.cloud.mark import Address
from stackloom.service.database.jobs import JobTable
from stackloom.service.jobs.job import Job
from stackloom.service.jobs.lease import Lease
from stackloom.service.worker.telling import Telling


class DatabaseRecords:
    """What the runs of a scenario were about to make.

    Writing waits while the database is away, until the end of the lease; with the lease lost it
    raises ``LostLease``, and nothing is made.
    """

    def __init__(
        self,
        job: Job,
        lease: Lease,
        jobs: JobTable,
        telling: Telling,
        *,
        is_new: bool,
        unfinished: Mapping[Address, float],
    ) -> None:
        self._job = job
        self._lease = lease
        self._jobs = jobs
        self._telling = telling
        self.is_new = is_new
        self.unfinished = unfinished

    @classmethod
    async def read(cls, job: Job, lease: Lease, jobs: JobTable, telling: Telling) -> Self:
        """Return them with what earlier runs have left."""
        left = await jobs.unfinished(job)
        # The clocks of this machine and of the database's need not agree.
        now = time.time()
        begun = {
            Address.read(address): now - seconds
            for address, seconds in left.seconds_by_address.items()
        }
        return cls(job, lease, jobs, telling, is_new=left.is_new, unfinished=begun)

    async def intend(self, addresses: Iterable[Address]) -> None:
        """Note that these are about to be made, after everything that was told before."""
        await self._telling.flush()
        await self._jobs.intend(
            self._job, [str(each) for each in addresses], until=self._lease.valid_until
        )

    async def end(self, endings: Mapping[Address, str]) -> None:
        """Note how creates ended."""
        if endings:
            await self._jobs.intent_ended(
                self._job, [str(each) for each in endings], until=self._lease.valid_until
            )

    async def forget(self) -> None:
        """Forget what earlier runs began."""
        if self.unfinished:
            await self._jobs.forget(self._job, until=self._lease.valid_until)
