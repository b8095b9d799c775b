# SPDX-License-Identifier: Apache-2.0
"""Brings the id of a job to a worker. It may lose one, or bring it twice: ``take_job`` decides.

The only module that knows Procrastinate.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol
from uuid import UUID

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from stackloom.service.database.pool import DatabaseAway
from stackloom.service.database.upgrade import DELIVERY_SCHEMA

log = logging.getLogger(__name__)

Carry = Callable[[UUID], Awaitable[None]]

_QUEUE = "stackloom"
_TASK = "stackloom.carry"
_TIDY = "stackloom.tidy"
# Of Procrastinate's own look-out: how soon a worker counts as dead whose deliveries are tidied up.
_HEARTBEAT_SECONDS = 5.0
_STALLED_SECONDS = 20.0
_POLL_SECONDS = 5.0
_TIDY_EVERY = "*/10 * * * * *"
_AGAIN_SECONDS = 0.5
# It keeps one connection for its listener, and needs one for everything else.
_POOL_SIZE = 4


class Delivery(Protocol):
    """Brings jobs to workers."""

    async def send(self, job_id: UUID) -> None:
        """Have a job brought to some worker; again is fine.

        Raises:
            DatabaseAway: it was not taken.
        """
        ...

    async def run(self, carry: Carry, stop: asyncio.Event) -> None:
        """Call *carry* with each job that is brought here, until *stop* and the end of those.

        One may be brought again while it is carried, and more than *at_once* after a break.
        """
        ...

    async def tidy(self) -> None:
        """Take away what dead workers have left."""
        ...


class ProcrastinateDelivery:
    """Delivery by Procrastinate. Made by `delivering`.

    Args:
        at_once: how many jobs are brought here before one of them has ended.
    """

    def __init__(self, url: str, *, at_once: int) -> None:
        self._at_once = at_once
        self._carry: Carry | None = None
        self._carrying: asyncio.TaskGroup | None = None
        self.app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=url,
                min_size=1,
                max_size=_POOL_SIZE,
                timeout=_POLL_SECONDS,
                configure=_in_its_schema,
            )
        )
        self._task = self.app.task(name=_TASK, queue=_QUEUE)(self._brought)
        # Also what makes the worker return when its listener is gone: without a periodic task the
        # one that watches over the others ends at the start (procrastinate/worker.py, 3.10.0).
        periodic = self.app.task(name=_TIDY, queue=_QUEUE, queueing_lock=_TIDY, pass_context=False)
        self.app.periodic(cron=_TIDY_EVERY)(periodic(self._tidied))

    async def _brought(self, job_id: str) -> None:
        assert self._carrying is not None, "nothing is brought but by run()"
        # Not cancelled with Procrastinate's loop, which falls with each restart of PostgreSQL.
        await asyncio.shield(self._carrying.create_task(self._carried(UUID(job_id))))

    async def _carried(self, job_id: UUID) -> None:
        assert self._carry is not None, "nothing is brought but by run()"
        try:
            await self._carry(job_id)
        except Exception:
            # Its lease runs out, and then it is brought again; the others go on.
            log.exception("job %s was not carried to its end", job_id)

    async def _tidied(self, timestamp: int) -> None:  # noqa: ARG002 - as Procrastinate calls it
        await self.tidy()

    async def send(self, job_id: UUID) -> None:
        """Have a job brought to some worker, once while it waits to be."""
        try:
            await self._task.configure(queueing_lock=f"job/{job_id}").defer_async(
                job_id=str(job_id)
            )
        except AlreadyEnqueued:
            pass  # it waits there already
        except (ConnectorException, psycopg.OperationalError) as error:
            raise DatabaseAway(str(error)) from error

    async def run(self, carry: Carry, stop: asyncio.Event) -> None:
        """Call *carry* with each job that is brought here, until *stop* and the end of those."""
        self._carry = carry
        async with asyncio.TaskGroup() as self._carrying:
            while not stop.is_set():
                try:
                    await self._run_once(stop)
                except (ConnectorException, psycopg.OperationalError) as error:
                    log.info("delivery begins again: %s", error)
                if not stop.is_set():
                    await asyncio.sleep(_AGAIN_SECONDS)

    async def _run_once(self, stop: asyncio.Event) -> None:
        """Run Procrastinate's worker until it falls, or *stop*; jobs that it brought go on."""
        worker = asyncio.ensure_future(
            self.app.run_worker_async(
                queues=[_QUEUE],
                concurrency=self._at_once,
                delete_jobs="always",
                install_signal_handlers=False,
                fetch_job_polling_interval=_POLL_SECONDS,
                update_heartbeat_interval=_HEARTBEAT_SECONDS,
                stalled_worker_timeout=_STALLED_SECONDS,
                shutdown_graceful_timeout=0,
            )
        )
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            worker.cancel()
            (ended,) = await asyncio.gather(worker, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended

    async def tidy(self) -> None:
        """Take away deliveries that dead workers have begun: the jobs are brought again anyway."""
        manager = self.app.job_manager
        for job in await manager.get_stalled_jobs(
            queue=_QUEUE, seconds_since_heartbeat=_STALLED_SECONDS
        ):
            await manager.finish_job(job, procrastinate.jobs.Status.ABORTED, delete_job=True)


async def _in_its_schema(connection: psycopg.AsyncConnection[object]) -> None:
    """Have its tables found where ``upgrade`` has made them, whatever the user's name is.

    A user "stackloom" would look into the schema of that name first.
    """
    await connection.execute(f"set search_path to {DELIVERY_SCHEMA}".encode())
    await connection.commit()


@asynccontextmanager
async def delivering(url: str, *, at_once: int) -> AsyncIterator[ProcrastinateDelivery]:
    """Open a delivery, for sending and, with ``run``, for being brought to."""
    # It tells of each restart of PostgreSQL by a traceback; `run` says the same in a line.
    logging.getLogger(procrastinate.__name__).setLevel(logging.CRITICAL)
    delivery = ProcrastinateDelivery(url, at_once=at_once)
    async with delivery.app.open_async():
        yield delivery
