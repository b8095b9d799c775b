# SPDX-License-Identifier: Apache-2.0
"""A desk at which operations are tried: a real PostgreSQL, real readers, no Keystone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec
from tests.fakes.grants import FakeGrants

from stackloom.service.database import pool
from stackloom.service.database.endings import PlanEnd, RunEnd, RunPlan
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.listener import Listener
from stackloom.service.events import Events
from stackloom.service.grant.seal import KEY_BYTES, Seal, SealKey
from stackloom.service.identity.caller import Caller
from stackloom.service.jobs.job import Job
from stackloom.service.lists.project_lists import ProjectLists
from stackloom.service.operation.desk import Desk
from stackloom.service.reading import Reading
from stackloom.service.settings import (
    IdentitySettings,
    LimitsSettings,
    ServiceSettings,
    WebhooksSettings,
)
from stackloom.wire.event import Event

T = TypeVar("T")
URL = "http://service.test"
SETTINGS = ServiceSettings(
    identity=IdentitySettings(auth_url="http://keystone.test/v3"),
    limits=LimitsSettings(readings_at_once=1),
    webhooks=WebhooksSettings(allowed_hosts=("hooks.test",)),
)


def caller(*roles: str, project: str = "blue", user: str = "ada", **more: object) -> Caller:
    """Return somebody with a token for a project."""
    return Caller(
        user_id=f"{user}-id",
        user_name=user,
        project_id=project,
        project_name=project,
        roles=frozenset(roles),
        request_id="req-1",
        global_request_id="req-22222222-2222-4222-8222-222222222222",
        **more,  # type: ignore[arg-type]  # fields of Caller
    )


MEMBER = caller("member", "reader")
READER = caller("reader", user="rea")
STRANGER = caller("admin", "member", "reader", project="red", user="eve")
NOBODY = caller("auditor", user="nob")


@asynccontextmanager
async def a_desk(database_url: str, settings: ServiceSettings | None = None) -> AsyncIterator[Desk]:
    """Open a desk on a database that has all tables; its grants are a ``FakeGrants``."""
    settings = settings or SETTINGS
    async with (
        pool.opened(database_url, 4) as connections,
        Listener(database_url) as listener,
        Events(connections, listener) as events,
        Reading(settings) as reading,
    ):
        yield Desk(
            pool=connections,
            events=events,
            grants=FakeGrants(),
            seal=Seal([SealKey(id="test", secret=bytes(KEY_BYTES))]),
            lists=ProjectLists(settings),
            reading=reading,
            settings=settings,
            public_url=URL,
        )


def at_desk(database_url: str, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Return what *work* does at a desk."""

    async def run() -> T:
        async with a_desk(database_url) as desk:
            return await work(desk)

    return asyncio.run(run())


def grants_at(desk: Desk) -> FakeGrants:
    """Return what was asked of the desk's grants."""
    assert isinstance(desk.grants, FakeGrants), "a desk of tests has fakes"
    return desk.grants


class Worker:
    """What a worker does to the rows of its jobs, without a cloud."""

    def __init__(self, desk: Desk) -> None:
        self.table = JobTable(desk.pool)
        self.id = uuid4()

    async def take(self, job_id: UUID) -> Job:
        """Take a job up that is due."""
        job = await self.table.take(job_id, worker_id=self.id, lease_seconds=60, per_project=4)
        assert job is not None, f"{job_id} is not due"
        return job

    async def tell(self, job: Job, *events: Event) -> None:
        """Tell what happens."""
        await self.table.tell(job, events, until=soon())

    async def planned(self, job: Job, plan: RunPlan) -> None:
        """Keep what a run does."""
        await self.table.planned(job, plan, (), until=soon())

    async def apply(self, job: Job) -> None:
        """Begin to change the cloud."""
        await self.table.begin_applying(job, until=soon())

    async def hold(self, job: Job) -> None:
        """Wait for approval."""
        await self.table.hold(job, until=soon())

    async def end(self, job: Job, end: RunEnd | PlanEnd) -> None:
        """End it."""
        await self.table.end(job, end, (), until=soon())


def soon() -> float:
    """Return when a worker gives a statement up."""
    return time.monotonic() + 10


def plain(value: object) -> object:
    """Return a document as JSON has it."""
    return msgspec.json.decode(msgspec.json.encode(value))
