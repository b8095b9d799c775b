# SPDX-License-Identifier: Apache-2.0
"""A worker's bench: a real PostgreSQL, a cloud in memory, rights that always hold."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from tests.fakes.fake_cloud import PROJECT, FakeCloud
from tests.fakes.weaving import config

from stackloom.auth.config import CloudConfig
from stackloom.errors import Forbidden
from stackloom.service.database import pool
from stackloom.service.database.events import Place
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.listener import Listener
from stackloom.service.database.store import Store
from stackloom.service.grant.grant import Grant
from stackloom.service.grant.seal import KEY_BYTES, Seal, SealKey
from stackloom.service.sealed import seal_secrets
from stackloom.service.settings import DatabaseSettings, RunsSettings, ServiceSettings
from stackloom.service.worker.carry import Bench
from stackloom.service.worker.crew import Crew
from stackloom.transport.client import Transport
from stackloom.wire.event import Event
from stackloom.wire.plan import Plan, PlanOperation
from stackloom.wire.run import Run, RunOperation
from stackloom.wire.scenario import Scenario, ScenarioSource

GARDEN = """\
scenario: garden
networks: {blue: {cidr: 10.1.0.0/24}, green: {cidr: 10.2.0.0/24}}
routers: {hub: {connects: [blue, green]}}
servers:
  alice: {image: cirros, flavor: m1.tiny, networks: [blue]}
  bob: {image: cirros, flavor: m1.tiny, networks: [green]}
outputs: {blue: '${network.blue.id}'}
"""


class CloudGrants:
    """Grants that let the service log in at the cloud in memory.

    Attributes:
        ended: which were taken back, in order.
        failing: what taking one back raises.
        refused: those that are never taken back.
        asked: how often one was to be taken back.
    """

    def __init__(self) -> None:
        self.ended: list[UUID] = []
        self.failing: Exception | None = None
        self.refused: set[UUID] = set()
        self.asked = 0

    async def make(self, *_things: object, **_more: object) -> Grant:
        """Make one; no worker asks for it."""
        raise AssertionError("a worker makes no grants")

    def config(self, _grant: Grant) -> CloudConfig:
        """Return how to log in; nothing of it is kept on disk."""
        return msgspec.structs.replace(config(), cache_tokens=False)

    async def end(self, grant: Grant) -> None:
        """Take one back."""
        self.asked += 1
        if self.failing:
            raise self.failing
        if grant.id in self.refused:
            raise Forbidden("it may not be taken back")
        self.ended.append(grant.id)

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(kw_only=True)
class Shop:
    """Where jobs are asked for and a worker's crew carries them out."""

    bench: Bench
    store: Store
    grants: CloudGrants = field(default_factory=CloudGrants)

    @property
    def crew(self) -> Crew:
        """A worker's crew, new each time."""
        return Crew(self.bench)

    async def scenario(self, text: str = GARDEN, **files: str) -> Scenario:
        """Keep a scenario."""
        name = text.partition("\n")[0].partition(": ")[2]
        source = ScenarioSource(text=text, files=files)
        return await self.store.scenarios.create(
            name=name, source=source, tags=(), check=None, webhook_secret=None, created_by="ada"
        )

    async def grant(self) -> UUID:
        """Keep a grant."""
        grant = Grant(
            id=uuid4(),
            project_id=PROJECT,
            user_id="ada",
            kind="settings",
            reference="a fake",
            sealed=None,
            roles=("member",),
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )
        await self.store.grants.keep(grant)
        return grant.id

    async def plan(
        self,
        scenario: Scenario | None,
        operation: PlanOperation = "apply",
        *,
        source: ScenarioSource | None = None,
        **secrets: str,
    ) -> Plan:
        """Ask for a plan, and let the worker make it."""
        id = uuid4()
        await self.store.plans.create(
            id=id,
            scenario_id=scenario.id if scenario else None,
            scenario_name=scenario.name if scenario else "sent",
            revision=scenario.revision if scenario else None,
            source=source,
            operation=operation,
            grant_id=await self.grant(),
            sealed_secrets=self._sealed(id, secrets),
            by="ada",
            global_request_id="req-11111111-1111-4111-8111-111111111111",
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )
        await self.crew.carry(id)
        return await self.store.plans.get(id)

    async def ask(
        self,
        scenario: Scenario,
        operation: RunOperation = "apply",
        *,
        plan: Plan | None = None,
        auto_approve: bool = True,
        **secrets: str,
    ) -> Run:
        """Ask for a run."""
        id = uuid4()
        return await self.store.runs.create(
            id=id,
            scenario_id=scenario.id,
            operation=operation,
            plan_id=plan.id if plan else None,
            auto_approve=auto_approve,
            grant_id=await self.grant(),
            sealed_secrets=self._sealed(id, secrets),
            by="ada",
            global_request_id="",
        )

    async def run(
        self,
        scenario: Scenario,
        operation: RunOperation = "apply",
        *,
        plan: Plan | None = None,
        auto_approve: bool = True,
        **secrets: str,
    ) -> Run:
        """Ask for a run, and let the worker carry it out."""
        asked = await self.ask(scenario, operation, plan=plan, auto_approve=auto_approve, **secrets)
        await self.crew.carry(asked.id)
        return await self.store.runs.get(asked.id)

    async def events(self, id: UUID) -> list[Event]:
        """Return everything that was told of a plan or run."""
        return list(await self.store.events.after(Place(job_id=id), 0, 1_000))

    def _sealed(self, id: UUID, secrets: dict[str, str]) -> bytes | None:
        return seal_secrets(self.bench.seal, secrets, project_id=PROJECT, job_id=id)


@asynccontextmanager
async def a_shop(
    database_url: str, cloud: Transport, runs: RunsSettings | None = None
) -> AsyncIterator[Shop]:
    """Open one for an ``async with``."""
    settings = ServiceSettings(
        database=DatabaseSettings(url=database_url), runs=runs or RunsSettings()
    )
    async with (
        pool.opened(database_url, 6) as connections,
        Listener(database_url) as listener,
    ):
        grants = CloudGrants()
        bench = Bench(
            url=database_url,
            pool=connections,
            jobs=JobTable(connections),
            listener=listener,
            grants=grants,
            seal=Seal([SealKey(id="test", secret=bytes(KEY_BYTES))]),
            settings=settings,
            worker_id=uuid4(),
            transport=cloud,
        )
        yield Shop(bench=bench, store=Store(connections, PROJECT), grants=grants)


def in_shop(
    database_url: str,
    work: Callable[[Shop], Awaitable[None]],
    cloud: FakeCloud | None = None,
    runs: RunsSettings | None = None,
) -> None:
    """Do something in a shop."""

    async def run() -> None:
        async with a_shop(database_url, cloud or FakeCloud(), runs) as shop, asyncio.timeout(60):
            await work(shop)

    asyncio.run(run())


def told(events: list[Event]) -> list[str]:
    """Return events as lines: type, and what it is about."""
    lines = []
    for event in events:
        about = [
            str(getattr(event, name))
            for name in ("state", "address", "action", "result", "condition", "name")
            if getattr(event, name, "")
        ]
        lines.append(" ".join([str(type(event).__struct_config__.tag), *about]))
    return lines


async def until(question: Callable[[], Awaitable[bool]], within_seconds: float = 20.0) -> None:
    """Ask until it is so."""
    end = time.monotonic() + within_seconds
    while not await question():
        assert time.monotonic() < end, "it has not come true in time"
        await asyncio.sleep(0.05)
