# SPDX-License-Identifier: Apache-2.0
"""The worker as a whole: jobs are brought to it, whatever happens to who brings them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from tests.fakes.fake_cloud import FakeCloud
from tests.service.worker.bench import CloudGrants, Shop, a_shop, until

from stackloom.service.database.pool import connected
from stackloom.service.grant.key_file import write_new_key
from stackloom.service.settings import (
    DatabaseSettings,
    RunsSettings,
    SecretsSettings,
    ServiceSettings,
)
from stackloom.service.worker.worker import run_worker
from stackloom.wire.run import ENDED

ONE_NETWORK = "scenario: one\nnetworks: {blue: {}}\n"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> ServiceSettings:
    """Return the settings of a worker."""
    write_new_key(tmp_path / "keys")
    return ServiceSettings(
        database=DatabaseSettings(url=database_url, pool_size=4),
        secrets=SecretsSettings(keys_file=str(tmp_path / "keys")),
        runs=RunsSettings(drain_seconds=5),
    )


@asynccontextmanager
async def _working(
    settings: ServiceSettings, cloud: FakeCloud, workers: int = 1
) -> AsyncIterator[Shop]:
    """Have workers work for an ``async with``, and see that they end."""
    stop = asyncio.Event()
    async with (
        a_shop(settings.database.url, cloud) as shop,
        asyncio.timeout(60),
        asyncio.TaskGroup() as group,
    ):
        for _ in range(workers):
            work = run_worker(settings, stop, grants=CloudGrants(), transport=cloud)
            group.create_task(work)
        try:
            yield shop
        finally:
            stop.set()


async def _ended(shop: Shop, id: UUID) -> str:
    async def is_over() -> bool:
        return (await shop.store.runs.get(id)).state in ENDED

    await until(is_over)
    return (await shop.store.runs.get(id)).state


def test_a_run_that_is_asked_for_is_carried_out(settings: ServiceSettings) -> None:
    """Nobody has to bring it: what is due is looked for."""
    cloud = FakeCloud()

    async def run() -> None:
        async with _working(settings, cloud) as shop:
            asked = await shop.ask(await shop.scenario(ONE_NETWORK))
            assert await _ended(shop, asked.id) == "succeeded"
        assert cloud.told() == ["network blue"]

    asyncio.run(run())


def test_runs_of_a_scenario_go_one_after_the_other_whoever_works(
    settings: ServiceSettings,
) -> None:
    """Two workers, and runs that all want the same: only the first makes anything."""
    cloud = FakeCloud()

    async def run() -> None:
        async with _working(settings, cloud, workers=2) as shop:
            scenario = await shop.scenario(ONE_NETWORK)
            asked = [await shop.ask(scenario) for _ in range(4)]
            assert {await _ended(shop, each.id) for each in asked} == {"succeeded"}
            runs = [await shop.store.runs.get(each.id) for each in asked]
            assert [run.counts.create for run in runs if run.counts] == [1, 0, 0, 0]
            ends = [run.timestamps["succeeded"] for run in runs]
            begins = [run.timestamps["planning"] for run in runs]
            assert all(end <= begin for end, begin in zip(ends, begins[1:], strict=False))
        assert cloud.told() == ["network blue"]

    asyncio.run(run())


def test_work_goes_on_when_every_connection_to_the_database_breaks(
    settings: ServiceSettings,
) -> None:
    """As when PostgreSQL is restarted: delivery begins again, and the next job is found too."""
    cloud = FakeCloud()

    async def run() -> None:
        async with _working(settings, cloud) as shop:
            first = await shop.ask(await shop.scenario(ONE_NETWORK))
            assert await _ended(shop, first.id) == "succeeded"
            async with connected(shop.bench.pool) as connection:
                await connection.execute(
                    b"select pg_terminate_backend(pid) from pg_stat_activity "
                    b"where datname = current_database() and pid <> pg_backend_pid()"
                )
            second = await shop.ask(await shop.scenario(ONE_NETWORK.replace("one", "two")))
            assert await _ended(shop, second.id) == "succeeded"

    asyncio.run(run())


def test_a_worker_that_is_stopped_gives_back_what_it_has(settings: ServiceSettings) -> None:
    """The job is there for another one at once."""
    cloud = FakeCloud()
    reached = asyncio.Event()

    def note(_number: int, handled: bool) -> None:
        if not handled and cloud.requests[-1] == "POST /v2.0/networks":
            reached.set()

    cloud.on_request = note

    async def run() -> None:
        async with _working(settings, cloud) as shop:
            asked = await shop.ask(await shop.scenario())
            await reached.wait()
        async with a_shop(settings.database.url, cloud) as shop:
            run = await shop.store.runs.get(asked.id)
            assert (run.state, run.attempt) == ("queued", 1)
            assert run.progress.done in {1, 2, 5}
        async with _working(settings, cloud) as shop:
            assert await _ended(shop, asked.id) == "succeeded"
            assert (await shop.store.runs.get(asked.id)).attempt == 2
        assert len(cloud.things("server")) == 2

    asyncio.run(run())
