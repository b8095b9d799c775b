# SPDX-License-Identifier: Apache-2.0
"""What a check has found is sent until somebody takes it, for an hour at most."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.service.receiver import Receiver, receiver

from stackloom.service.database import pool
from stackloom.service.database.pool import Pool, connected, rows
from stackloom.service.database.store import Store
from stackloom.service.grant.seal import Seal, SealKey
from stackloom.service.hook_deliveries import HookDeliveries, pauses
from stackloom.service.hooks import signature
from stackloom.service.sealed import seal_webhook_secret
from stackloom.service.settings import WebhooksSettings
from stackloom.wire.scenario import Check, ScenarioSource

_SEAL = Seal([SealKey(id="a", secret=b"k" * 32)])
_BODY = b'{"drift": []}'
_NOW = 1_780_000_000


class _Bench:
    """A scenario with a webhook, and who takes it."""

    def __init__(self, database: Pool, taken: Receiver) -> None:
        self._database = database
        self.taken = taken
        self.url = f"http://127.0.0.1:{taken.port}/drift"
        self.deliveries = HookDeliveries(
            database,
            _SEAL,
            WebhooksSettings(allowed_hosts=(f"127.0.0.1:{taken.port}",)),
            clock=lambda: _NOW + 0.5,
        )

    async def sql(self, text: str, **values: Any) -> list[Any]:
        async with connected(self._database) as connection:
            return [tuple(row.values()) for row in await rows(connection, text, values)]

    async def due(self, number: int = 1) -> None:
        """Put what was found into the database, as the end of a check does."""
        sealed = seal_webhook_secret(_SEAL, "secret", project_id="p-1", scenario_name="lab")
        scenario = await Store(self._database, "p-1").scenarios.create(
            name="lab",
            source=ScenarioSource(text="name: lab"),
            tags=(),
            check=Check(every_seconds=300, webhook_url=self.url),
            webhook_secret=sealed,
            created_by="u-1",
        )
        await self.sql(
            "insert into stackloom.webhook_deliveries (id, project_id, scenario_id, body)"
            " select gen_random_uuid(), 'p-1', %(scenario)s, %(body)s"
            " from generate_series(1, %(number)s) returning id",
            scenario=scenario.id,
            body=_BODY,
            number=number,
        )

    async def an_hour_goes_by(self) -> None:
        """Let everything that was put off be due."""
        await self.sql(
            "update stackloom.webhook_deliveries set next_try_at = clock_timestamp() returning id"
        )

    async def states(self) -> list[tuple[str, int]]:
        return await self.sql("select state, tries from stackloom.webhook_deliveries")


@asynccontextmanager
async def _bench(database_url: str) -> AsyncIterator[_Bench]:
    async with pool.opened(database_url, 4) as database, receiver() as taken:
        yield _Bench(database, taken)


def test_it_is_sent_once(database_url: str) -> None:
    """Signed with the scenario's secret."""

    async def run() -> None:
        async with _bench(database_url) as bench:
            await bench.due()
            assert await bench.deliveries.deliver_due() == 1
            assert await bench.deliveries.deliver_due() == 0
            ((line, headers, body),) = bench.taken.requests
            assert (line, body) == ("POST /drift HTTP/1.1", _BODY)
            assert headers["x-stackloom-signature"] == signature(b"secret", _BODY, _NOW)
            assert await bench.states() == [("sent", 1)]

    asyncio.run(run())


def test_who_does_not_take_it_gets_it_again(database_url: str) -> None:
    """Under the same id, once its time has come, and not before."""

    async def run() -> None:
        async with _bench(database_url) as bench:
            bench.taken.answers = ["503 Busy", "200 OK"]
            await bench.due()
            assert await bench.deliveries.deliver_due() == 1
            assert await bench.deliveries.deliver_due() == 0
            assert await bench.states() == [("waiting", 1)]
            await bench.an_hour_goes_by()
            assert await bench.deliveries.deliver_due() == 1
            assert await bench.states() == [("sent", 2)]
            ids = {headers["x-stackloom-delivery"] for _, headers, _ in bench.taken.requests}
            assert len(ids) == 1

    asyncio.run(run())


def test_after_its_tries_it_is_given_up(database_url: str) -> None:
    """Five."""

    async def run() -> None:
        async with _bench(database_url) as bench:
            bench.taken.answers = ["500 Oops"]
            await bench.due()
            for _ in range(7):
                await bench.deliveries.deliver_due()
                await bench.an_hour_goes_by()
            assert len(bench.taken.requests) == 5
            assert await bench.states() == [("given_up", 5)]

    asyncio.run(run())


def test_a_killed_worker_leaves_it_to_the_next(database_url: str) -> None:
    """A try counts before it is made, and what nobody has seen through is due again."""

    async def run() -> None:
        async with _bench(database_url) as bench:
            bench.taken.answers = ["", "200 OK"]
            await bench.due()
            under_way = asyncio.ensure_future(bench.deliveries.deliver_due())
            await bench.taken.came.wait()
            under_way.cancel()
            await bench.an_hour_goes_by()
            assert await bench.deliveries.deliver_due() == 1
            assert await bench.states() == [("sent", 2)]

    asyncio.run(run())


def test_several_workers_send_each_once(database_url: str) -> None:
    """They take different ones at the same time."""

    async def run() -> None:
        async with _bench(database_url) as bench:
            await bench.due(20)
            await asyncio.gather(*(bench.deliveries.deliver_due() for _ in range(4)))
            assert await bench.deliveries.deliver_due() == 0
            ids = [headers["x-stackloom-delivery"] for _, headers, _ in bench.taken.requests]
            assert len(ids) == len(set(ids)) == 20

    asyncio.run(run())


def test_a_webhook_that_was_taken_away_is_not_called(database_url: str) -> None:
    """The scenario no longer wants it."""

    async def run() -> None:
        async with _bench(database_url) as bench:
            await bench.due()
            await bench.sql("update stackloom.scenarios set webhook_url = null returning id")
            await bench.deliveries.deliver_due()
            assert bench.taken.requests == []
            assert await bench.states() == [("given_up", 1)]

    asyncio.run(run())


def test_a_secret_that_cannot_be_opened_is_not_tried_for_ever(database_url: str) -> None:
    """Its key may be put back within the hour; then it is given up."""

    async def run() -> None:
        async with _bench(database_url) as bench:
            await bench.due()
            await bench.sql("update stackloom.scenarios set webhook_secret = 'x' returning id")
            for _ in range(6):
                await bench.deliveries.deliver_due()
                await bench.an_hour_goes_by()
            assert bench.taken.requests == []
            assert await bench.states() == [("given_up", 5)]

    asyncio.run(run())


def test_all_that_is_due_is_sent(database_url: str) -> None:
    """However much more that is than is sent at once."""

    async def run() -> None:
        async with _bench(database_url) as bench:
            await bench.due(20)
            await bench.deliveries.deliver_all_due()
            assert await bench.states() == [("sent", 1)] * 20

    asyncio.run(run())


@pytest.mark.parametrize(
    ("tries", "expected"),
    [(5, (75.0, 225.0, 675.0, 2025.0)), (2, (3000.0,)), (1, ())],
)
def test_the_tries_are_spread_over_an_hour(tries: int, expected: tuple[float, ...]) -> None:
    """Soon at first, then ever more rarely."""
    assert pauses(tries) == expected
