# SPDX-License-Identifier: Apache-2.0
"""A drift that was found is a row until its webhook has it, whoever is killed."""

from __future__ import annotations

import asyncio

from tests.service.database.filled import NO_PATIENCE, a_run, at_database, executed, taken

from stackloom.service.database.endings import RunEnd
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.pool import Pool
from stackloom.service.database.store import Store
from stackloom.service.database.webhooks import WebhookDelivery, WebhookTable
from stackloom.wire.scenario import Check, Scenario, ScenarioSource

DRIFTED = RunEnd(state="succeeded", condition="drifted", webhook='{"drift": "ü"}')
URL = "https://hooks.test/x"


async def a_checked_scenario(store: Store, url: str | None) -> Scenario:
    return await store.scenarios.create(
        name="one",
        source=ScenarioSource(text="scenario: one"),
        tags=(),
        check=Check(every_seconds=300, webhook_url=url),
        webhook_secret=b"sealed",
        created_by="ada-id",
    )


async def checked(pool: Pool, store: Store, scenario: Scenario) -> None:
    run = await a_run(store, scenario, operation="check")
    jobs = JobTable(pool)
    await jobs.end(await taken(jobs, run.id), DRIFTED, until=NO_PATIENCE)


def test_a_delivery_is_one_workers_until_it_ends_or_a_minute_is_over(database_url: str) -> None:
    """Two workers never send the same one at once; one that was killed leaves it to others."""

    async def live(pool: Pool) -> None:
        store, table = Store(pool, "blue"), WebhookTable(pool)
        scenario = await a_checked_scenario(store, URL)
        await checked(pool, store, scenario)
        both = await asyncio.gather(table.take(10), table.take(10))
        (delivery,) = both[0] + both[1]
        assert delivery == WebhookDelivery(
            id=delivery.id,
            project_id="blue",
            scenario_id=scenario.id,
            scenario_name="one",
            url=URL,
            secret=b"sealed",
            body='{"drift": "ü"}'.encode(),
            tries=1,
        )
        turn_over = "update stackloom.webhook_deliveries set next_try_at = now()"
        await executed(pool, turn_over)
        (again,) = await table.take(10)
        assert again.tries == 2
        await table.failed(again, 300.0)
        assert await table.take(10) == []
        await executed(pool, turn_over)
        await table.sent((await table.take(10))[0])
        await executed(pool, turn_over)
        assert await table.take(10) == []

    at_database(database_url, live)


def test_one_that_was_given_up_is_not_taken_again(database_url: str) -> None:
    """It stays as a row for who wants to know."""

    async def live(pool: Pool) -> None:
        store, table = Store(pool, "blue"), WebhookTable(pool)
        await checked(pool, store, await a_checked_scenario(store, URL))
        await table.failed((await table.take(1))[0], None)
        assert await table.take(1) == []
        rows = await executed(pool, "select state, tries from stackloom.webhook_deliveries")
        assert rows == [("given_up", 1)]

    at_database(database_url, live)


def test_nothing_is_sent_of_a_scenario_without_a_webhook(database_url: str) -> None:
    """Its drift is told by events."""

    async def live(pool: Pool) -> None:
        store, table = Store(pool, "blue"), WebhookTable(pool)
        await checked(pool, store, await a_checked_scenario(store, None))
        assert await table.take(1) == []

    at_database(database_url, live)


def test_checks_begin_when_their_time_has_come_one_a_scenario(database_url: str) -> None:
    """However many workers look, and not before the last one has ended."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        scenario = await a_checked_scenario(store, None)
        sql = "select * from stackloom.begin_checks(10)"
        assert await executed(pool, sql) == []
        due = "update stackloom.scenarios set next_check_at = now() - interval '1 second'"
        await executed(pool, due)
        began = await asyncio.gather(*(executed(pool, sql) for _ in range(4)))
        (run,) = await store.runs.page(limit=10)
        assert sorted(map(len, began)) == [0, 0, 0, 1]
        assert (run.operation, run.state, run.scenario_id) == ("check", "queued", scenario.id)
        assert (await store.scenarios.get(scenario.id)).last_run_id == run.id
        await executed(pool, due)
        assert await executed(pool, sql) == []

    at_database(database_url, live)
