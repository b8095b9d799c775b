# SPDX-License-Identifier: Apache-2.0
"""The worker: has jobs brought to it and carries them out, until it should end.

Delivery may lose a job or bring it twice, and its loop falls with each restart of PostgreSQL: so
jobs that are due are brought again every second, and the loop is begun again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

from stackloom.service.database import pool
from stackloom.service.database.housekeeping import Keeping, keep_house
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.listener import JOBS, Listener, wait_for
from stackloom.service.database.pool import DatabaseAway
from stackloom.service.grant.grant import Grants
from stackloom.service.grant.grants import grants_of
from stackloom.service.grant.key_file import seal_of
from stackloom.service.hook_deliveries import HookDeliveries
from stackloom.service.jobs.delivery import Delivery, delivering
from stackloom.service.logging import noting
from stackloom.service.metrics import METRICS
from stackloom.service.settings import ServiceSettings
from stackloom.service.worker.carry import Bench
from stackloom.service.worker.crew import Crew
from stackloom.service.worker.scheduling import GrantKeeper, begin_checks
from stackloom.transport.client import Transport

log = logging.getLogger(__name__)

RECONCILE_SECONDS = 1.0
_AGAIN_SECONDS = 0.5
_CHECKS_SECONDS = 5.0
_GRANTS_SECONDS = 2.0
_HOOKS_SECONDS = 5.0
_NUMBERS_SECONDS = 5.0
_HOUR_SECONDS = 3_600.0
_DAY_SECONDS = 24 * _HOUR_SECONDS
_HOUSE_SECONDS = _HOUR_SECONDS
# Of what is due: the rest is brought once these have been taken up.
_MOST_BROUGHT = 50


async def run_worker(
    settings: ServiceSettings,
    stop: asyncio.Event,
    *,
    grants: Grants | None = None,
    transport: Transport | None = None,
) -> None:
    """Work on jobs until *stop*; then give back what is under way, at a safe point.

    Args:
        grants: how jobs act for whoever asked for them; None for what the settings say.
        transport: what carries requests to clouds; None for the network.

    Raises:
        BadConfig: the settings do not say enough, or a file of theirs cannot be used.
    """
    async with _bench(settings, grants, transport) as bench:
        with noting(worker_id=str(bench.worker_id)):
            await Worker(bench).run(stop)


@asynccontextmanager
async def _bench(
    settings: ServiceSettings, grants: Grants | None, transport: Transport | None
) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        seal = seal_of(settings)
        grants = grants or grants_of(settings, seal)
        stack.push_async_callback(grants.close)
        url = settings.database.url
        connections = await stack.enter_async_context(pool.opened(url, settings.database.pool_size))
        METRICS.watch_pool(connections.get_stats)
        yield Bench(
            url=url,
            pool=connections,
            jobs=JobTable(connections),
            listener=await stack.enter_async_context(Listener(url)),
            grants=grants,
            seal=seal,
            settings=settings,
            worker_id=uuid4(),
            transport=transport,
        )


class Worker:
    """One worker."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._crew = Crew(bench)
        self._keeper = GrantKeeper(bench.pool, bench.grants)
        self._hooks = HookDeliveries(bench.pool, bench.seal, bench.settings.webhooks)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until *stop*."""
        url, at_once = self._bench.url, self._bench.settings.runs.per_worker
        async with (
            delivering(url, at_once=at_once) as delivery,
            asyncio.TaskGroup() as group,
        ):
            loops = [
                group.create_task(_kept_up(lambda: delivery.run(self._crew.carry, stop), stop)),
                group.create_task(_kept_up(lambda: self._reconcile(delivery), stop)),
                group.create_task(_every(_CHECKS_SECONDS, self._begin_checks)),
                group.create_task(_every(_GRANTS_SECONDS, self._keeper.end_idle)),
                group.create_task(_every(_HOOKS_SECONDS, self._hooks.deliver_all_due)),
                group.create_task(_every(_NUMBERS_SECONDS, self._note_numbers)),
                group.create_task(_every(_HOUSE_SECONDS, self._keep_house)),
            ]
            log.info("works on jobs, %d at once", at_once)
            await stop.wait()
            await self._crew.drain()
            for each in loops:
                each.cancel()
        log.info("has ended")

    async def _reconcile(self, delivery: Delivery) -> None:
        """Have all jobs brought that are due, whatever became of their deliveries."""
        per_project = self._bench.settings.runs.per_project
        with self._bench.listener.woken(JOBS) as news:
            while True:
                try:
                    due = await self._bench.jobs.due(per_project=per_project, limit=_MOST_BROUGHT)
                    for id in due:
                        await delivery.send(id)
                except DatabaseAway as error:
                    log.info("jobs that are due are not known: %s", error)
                await wait_for(news, RECONCILE_SECONDS)

    async def _begin_checks(self) -> None:
        for id in await begin_checks(self._bench.pool):
            log.info("check %s begins by the clock", id)

    async def _keep_house(self) -> None:
        runs = self._bench.settings.runs
        keeping = Keeping(
            history_seconds=runs.history_days * _DAY_SECONDS,
            plan_seconds=runs.plan_hours * _HOUR_SECONDS,
        )
        gone = await keep_house(self._bench.pool, keeping)
        if gone and any(gone.values()):
            log.info("too old, and gone: %s", gone)

    async def _note_numbers(self) -> None:
        jobs = self._bench.jobs
        METRICS.jobs(await jobs.count_by_state(), await jobs.oldest_seconds())


async def _every(seconds: float, do: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again; what cannot be done now is done another time."""
    while True:
        try:
            await do()
        except DatabaseAway as error:
            log.info("put off, the database is away: %s", error)
        except Exception:
            log.exception("a mistake in stackloom; what was to be done is tried again")
        await asyncio.sleep(seconds)


async def _kept_up(loop: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Begin a loop again when it has fallen, until *stop*."""
    while not stop.is_set():
        try:
            await loop()
        except Exception:
            log.exception("a mistake in stackloom; what has fallen begins again")
            await asyncio.sleep(_AGAIN_SECONDS)
