# SPDX-License-Identifier: Apache-2.0
"""By the clock: checks that are due, and rights that nobody needs any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from tests.fakes.fake_cloud import PROJECT, FakeCloud
from tests.service.worker.bench import GARDEN, CloudGrants, Shop, in_shop

from stackloom.errors import Unreachable
from stackloom.service.database.pool import connected, rows, transaction
from stackloom.service.worker import scheduling
from stackloom.service.worker.scheduling import GrantKeeper, begin_checks
from stackloom.wire.scenario import Check, Scenario, ScenarioSource


async def _checked_scenario(shop: Shop, webhook_url: str | None = None) -> tuple[Scenario, UUID]:
    """Keep a scenario whose check is due."""
    grant_id = await shop.grant()
    scenario = await shop.store.scenarios.create(
        name="garden",
        source=ScenarioSource(text=GARDEN),
        tags=(),
        check=Check(every_seconds=300, webhook_url=webhook_url),
        webhook_secret=b"sealed" if webhook_url else None,
        created_by="ada",
        check_grant_id=grant_id,
    )
    await _change(shop, "update stackloom.scenarios set next_check_at = clock_timestamp()")
    return scenario, grant_id


async def _change(shop: Shop, sql: str) -> None:
    async with connected(shop.bench.pool) as connection:
        await connection.execute(sql.encode())


async def _grants(shop: Shop) -> dict[UUID, bool]:
    """Return of every grant whether it has ended."""
    async with connected(shop.bench.pool) as connection:
        found = await rows(
            connection,
            "select id, ended_at is not null as ended from stackloom.grants where project_id = "
            "%(project)s",
            {"project": PROJECT},
        )
    return {each["id"]: each["ended"] for each in found}


def test_a_check_whose_time_has_come_runs_once(database_url: str) -> None:
    """However many workers look at the clock; the next one is in its turn."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario, _ = await _checked_scenario(shop, "http://hooks.test/drift")
        begun = await asyncio.gather(*(begin_checks(shop.bench.pool) for _ in range(4)))
        (id,) = [each for some in begun for each in some]
        await shop.crew.carry(id)
        run = await shop.store.runs.get(id)
        assert (run.operation, run.state) == ("check", "succeeded")
        scenario = await shop.store.scenarios.get(scenario.id)
        assert (scenario.condition, scenario.last_run_id) == ("absent", id)
        assert scenario.checked_at is not None
        assert await begin_checks(shop.bench.pool) == []

    in_shop(database_url, work, cloud)


def test_a_check_is_of_the_text_that_came_just_before_it(database_url: str) -> None:
    """Whoever replaces a text has the project; the clock waits, and looks at what it finds."""

    async def work(shop: Shop) -> None:
        scenario, _ = await _checked_scenario(shop)
        async with transaction(shop.bench.pool) as replacing:
            await replacing.execute("select from stackloom.projects for no key update")
            beginning = asyncio.create_task(begin_checks(shop.bench.pool))
            waiting = "select from pg_locks where not granted"
            while not await rows(replacing, waiting, {}):
                await replacing.execute("select pg_sleep(0.01)")
            await replacing.execute("update stackloom.scenarios set revision = 2")
        (id,) = await beginning
        assert (await shop.store.runs.get(id)).revision == 2
        assert (await shop.store.scenarios.get(scenario.id)).last_run_id == id

    in_shop(database_url, work)


def test_drift_is_put_down_for_the_webhook(database_url: str) -> None:
    """What one check has found, all of it; without drift nothing is sent."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario, _ = await _checked_scenario(shop, "http://hooks.test/drift")
        await shop.run(scenario)
        assert (await shop.run(scenario, "check")).state == "succeeded"
        assert await _bodies(shop) == []
        (id, _) = cloud.tables["server"]
        del cloud.tables["server"][id]
        run = await shop.run(scenario, "check")
        (body,) = await _bodies(shop)
        assert f'"run_id":"{run.id}"' in body
        assert '"scenario_name":"garden"' in body
        assert '"condition":"missing"' in body

    async def _bodies(shop: Shop) -> list[str]:
        async with connected(shop.bench.pool) as connection:
            sql = "select convert_from(body, 'UTF8') as body from stackloom.webhook_deliveries"
            return [each["body"] for each in await rows(connection, sql, {})]

    in_shop(database_url, work, cloud)


class Clock:
    """A clock that stands still until it is put forward."""

    now = 0.0

    def __call__(self) -> float:
        """Return what time it is."""
        return self.now


def _keeping(
    database_url: str,
    work: Callable[[Shop, GrantKeeper, CloudGrants], Awaitable[None]],
    clock: Clock | None = None,
) -> None:
    async def run(shop: Shop) -> None:
        keeper = GrantKeeper(
            shop.bench.pool, shop.grants, young_seconds=0.0, clock=clock or Clock()
        )
        await work(shop, keeper, shop.grants)

    in_shop(database_url, run)


def test_rights_are_taken_back_once_no_job_needs_them(database_url: str) -> None:
    """Those of a job that has ended, and of none; a check keeps its own."""

    async def work(shop: Shop, keeper: GrantKeeper, grants: CloudGrants) -> None:
        scenario, of_check = await _checked_scenario(shop)
        await shop.run(scenario, "check")
        (of_run,) = set(await _grants(shop)) - {of_check}
        lonely = await shop.grant()
        waiting = await shop.ask(scenario)
        await keeper.end_idle()
        assert set(grants.ended) == {of_run, lonely}
        ended = await _grants(shop)
        assert {id for id, is_ended in ended.items() if is_ended} == {of_run, lonely}
        assert (await shop.store.runs.get(waiting.id)).state == "queued"

    _keeping(database_url, work)


def test_those_just_made_are_left_alone(database_url: str) -> None:
    """The job that they are for is about to be kept."""

    async def work(shop: Shop) -> None:
        await shop.grant()
        await GrantKeeper(shop.bench.pool, shop.grants).end_idle()
        assert shop.grants.ended == []

    in_shop(database_url, work)


def test_what_keystone_does_not_take_back_is_tried_again_and_erased_in_the_end(
    database_url: str,
) -> None:
    """For an hour, and less and less often; by itself it ends anyway."""
    clock = Clock()

    async def work(shop: Shop, keeper: GrantKeeper, grants: CloudGrants) -> None:
        id = await shop.grant()
        grants.failing = Unreachable("no Keystone")
        while not (await _grants(shop))[id]:
            await keeper.end_idle()
            clock.now += 50.0
        assert 3_600 < clock.now <= 3_600 + 350
        assert grants.asked < 20

    _keeping(database_url, work, clock)


def test_what_keystone_does_not_take_back_keeps_no_other_waiting(database_url: str) -> None:
    """However many they are, and however old."""
    clock = Clock()

    async def work(shop: Shop, keeper: GrantKeeper, grants: CloudGrants) -> None:
        stuck = {await shop.grant() for _ in range(2 * scheduling._MOST_AT_ONCE)}
        grants.refused = stuck
        new = await shop.grant()
        for _ in range(3):
            await keeper.end_idle()
            clock.now += 2.0
        assert grants.ended == [new]

    _keeping(database_url, work, clock)
