# SPDX-License-Identifier: Apache-2.0
"""Everything that the work on one job has at hand."""

from __future__ import annotations

from dataclasses import dataclass

from stackloom.cloud.cloud import Cloud
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.store import Store
from stackloom.service.jobs.job import Job
from stackloom.service.jobs.lease import Lease
from stackloom.service.settings import ServiceSettings
from stackloom.service.worker.brake import Brake
from stackloom.service.worker.database_records import DatabaseRecords
from stackloom.service.worker.story import Story
from stackloom.service.worker.subject import Subject
from stackloom.service.worker.telling import Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One job that this worker has.

    Attributes:
        store: of the job's project.
        cloud: logged in with the job's grant; nothing that changes it leaves without the lease.
    """

    job: Job
    lease: Lease
    jobs: JobTable
    store: Store
    settings: ServiceSettings
    cloud: Cloud
    subject: Subject
    brake: Brake
    telling: Telling
    story: Story

    @property
    def until(self) -> float:
        """How long the database is asked again and again while it is away."""
        return self.lease.valid_until

    async def records(self) -> DatabaseRecords:
        """Return what earlier runs of the scenario were about to make."""
        return await DatabaseRecords.read(self.job, self.lease, self.jobs, self.telling)
