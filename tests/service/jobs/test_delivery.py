# SPDX-License-Identifier: Apache-2.0
"""Jobs are brought to workers, again after every break, and go on while the delivery falls."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import psycopg
from tests.service.database.filled import at_database, executed

from stackloom.service.database.pool import DatabaseAway, Pool
from stackloom.service.jobs.delivery import ProcrastinateDelivery, delivering

BREAK = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)


async def sent(delivery: ProcrastinateDelivery, id: UUID) -> None:
    """Send until it was taken, as reconciling does."""
    while True:
        try:
            return await delivery.send(id)
        except DatabaseAway:
            await asyncio.sleep(0.1)


def test_what_waits_is_brought_once_and_nothing_is_left(database_url: str) -> None:
    """However often it was sent before somebody was there."""
    brought: list[UUID] = []

    async def live(pool: Pool) -> None:
        stop = asyncio.Event()

        async def carry(id: UUID) -> None:
            brought.append(id)
            if len(brought) == 3:
                stop.set()

        ids = [uuid4() for _ in range(3)]
        async with delivering(database_url, at_once=2) as delivery, asyncio.timeout(30):
            for id in ids * 2:
                await delivery.send(id)
            await delivery.run(carry, stop)
        assert sorted(brought) == sorted(ids)
        left = "select status from procrastinate_jobs where task_name = 'stackloom.carry'"
        assert await executed(pool, left) == []

    at_database(database_url, live)


def test_a_job_goes_on_while_connections_break(database_url: str) -> None:
    """Procrastinate's loop falls with its listener and begins again; the work does not."""

    async def live(pool: Pool) -> None:
        stop = asyncio.Event()
        may_end, has_begun, second = asyncio.Event(), asyncio.Event(), uuid4()
        ended: list[UUID] = []

        async def carry(id: UUID) -> None:
            if id != second:
                has_begun.set()
                await may_end.wait()
            else:
                may_end.set()
                stop.set()
            ended.append(id)

        first = uuid4()
        async with (
            delivering(database_url, at_once=4) as delivery,
            asyncio.timeout(60),
            asyncio.TaskGroup() as group,
        ):
            group.create_task(delivery.run(carry, stop))
            await delivery.send(first)
            await has_begun.wait()
            with psycopg.connect(database_url, autocommit=True) as own:
                own.execute(BREAK.encode())
            # Heard at once only by a listener that is there again.
            await sent(delivery, second)
        assert ended == [second, first]

    at_database(database_url, live)


def test_a_mistake_in_one_job_leaves_the_others(database_url: str) -> None:
    """It is told in the log, and the next one is brought."""

    async def live(pool: Pool) -> None:
        stop = asyncio.Event()
        ids = [uuid4(), uuid4()]

        async def carry(id: UUID) -> None:
            if id == ids[0]:
                raise ValueError("a mistake")
            stop.set()

        async with delivering(database_url, at_once=1) as delivery, asyncio.timeout(30):
            for id in ids:
                await delivery.send(id)
            await delivery.run(carry, stop)

    at_database(database_url, live)


def test_what_a_dead_worker_has_left_is_tidied_up(database_url: str) -> None:
    """Its deliveries stay behind as begun, and nobody would ever take them away."""

    async def live(pool: Pool) -> None:
        async with delivering(database_url, at_once=1) as delivery:
            await delivery.send(uuid4())
            await executed(
                pool,
                "with dead as (insert into procrastinate_workers (last_heartbeat) "
                "values (now() - interval '1 minute') returning id) "
                "update procrastinate_jobs set status = 'doing', worker_id = dead.id from dead",
            )
            await delivery.tidy()
        assert await executed(pool, "select id from procrastinate_jobs") == []

    at_database(database_url, live)
