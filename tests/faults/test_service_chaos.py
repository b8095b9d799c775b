# SPDX-License-Identifier: Apache-2.0
"""Processes die, PostgreSQL goes away and the cloud fails: every run ends as it should.

``scripts/chaos`` does all of it and writes the page of the documentation; an ordinary run takes a
small sample.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest
from psycopg.rows import tuple_row
from tests.cloud.serving import token_of
from tests.faults.chaos.asker import Asker
from tests.faults.chaos.life import Life, text_of
from tests.faults.chaos.monkey import Monkey
from tests.faults.chaos.report import Report
from tests.faults.chaos.stage import Stage, staged
from tests.faults.chaos.watcher import Watcher
from tests.faults.drill.weaver import Weaver

from stackloom.local import faults
from stackloom.local.faults import Fault
from stackloom.testing.cloud import OpenStackCloud
from stackloom.testing.project import OpenStackProject, project_of_a_test

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
REPORT = os.environ.get("STACKLOOM_CHAOS_REPORT", "")
APIS, WORKERS = 2, 3
# For workers to take back from Keystone what nothing needs any more: they look every 2 s.
_RIGHTS_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of it.

    Attributes:
        every_seconds: between two deeds, from when all workers are back.
        restarts_after: seconds from the beginning of either half, for PostgreSQL.
    """

    projects: int
    scenarios: int
    every_seconds: float
    restarts_after: tuple[float, ...]
    seconds: float


SIZE = (
    Size(projects=5, scenarios=60, every_seconds=4, restarts_after=(60, 150), seconds=3_600)
    if REPORT
    else Size(projects=2, scenarios=4, every_seconds=4, restarts_after=(6,), seconds=500)
)
FAULTS = {
    "answer to a POST dropped": Fault(
        service="network", method="POST", drop="answer", chance=0.02, seed=1
    ),
    "connection closed before a request is handled": Fault(
        service="network", drop="request", chance=0.01, seed=2
    ),
    "503": Fault(service="network", status=503, chance=0.01, seed=3),
    "500 to a POST": Fault(service="network", method="POST", status=500, chance=0.01, seed=4),
    "504 to a DELETE": Fault(service="network", method="DELETE", status=504, chance=0.02, seed=5),
    "0.3 s later, give or take": Fault(
        service="network", delay_seconds=0.3, jitter_seconds=0.3, chance=0.2, seed=6
    ),
}


@contextmanager
def a_failing_cloud(name: str) -> Iterator[None]:
    """Let the cloud fail now and then."""
    try:
        for fault in FAULTS.values():
            faults.add(name, fault)
        yield
    finally:
        faults.clear(name)


@pytest.fixture
def projects(openstack_cloud: OpenStackCloud, tmp_path: Path) -> Iterator[list[OpenStackProject]]:
    """Projects of this test; nothing may be left in them."""
    made = []
    for number in range(SIZE.projects):
        folder = tmp_path / f"project{number}"
        folder.mkdir()
        made.append(project_of_a_test(openstack_cloud.admin, folder))
    yield made
    assert [project.take_away() for project in made] == [[]] * len(made)


@pytest.mark.timeout(SIZE.seconds + 300)
def test_every_run_ends_as_it_should(
    openstack_cloud: OpenStackCloud, projects: list[OpenStackProject], tmp_path: Path
) -> None:
    """Nothing twice, nothing left over, no event lost, nobody sees another project's anything."""
    drama = Drama(cloud=openstack_cloud, projects=projects, folder=tmp_path)
    asyncio.run(drama.play())


class Drama:
    """The drill: grow everything in a storm, look at it in a calm, and take it away likewise."""

    def __init__(
        self, *, cloud: OpenStackCloud, projects: list[OpenStackProject], folder: Path
    ) -> None:
        self._cloud = cloud
        self._projects = projects
        self._folder = folder
        self._random = random.Random(6)
        self._deeds: Counter[str] = Counter()

    async def play(self) -> None:
        """Do all of it, and write the report where one is wanted."""
        began = time.monotonic()
        folder = self._folder / "service"
        folder.mkdir()
        async with asyncio.timeout(SIZE.seconds), AsyncExitStack() as stack:
            stage = await stack.enter_async_context(
                staged(folder, self._cloud.auth_url, apis=APIS, workers=WORKERS)
            )
            client = await stack.enter_async_context(httpx2.AsyncClient())
            self._askers = [
                Asker(urls=stage.urls, token=token_of(each.environment), client=client)
                for each in self._projects
            ]
            lives = [
                Life(asker=self._askers[n % SIZE.projects], name=f"s{n}", is_fickle=n % 4 == 3)
                for n in range(SIZE.scenarios)
            ]
            watchers = [Watcher(asker=each) for each in self._askers]
            async with asyncio.TaskGroup() as group:
                watching = [group.create_task(each.watch()) for each in watchers]
                await self._in_a_storm(stage, lives, "grow")
                await self._see_that_all_is_there(lives)
                await self._see_that_nobody_sees_others(lives)
                await self._in_a_storm(stage, lives, "go")
                await self._see_events(stage, watchers)
                for each in watching:
                    each.cancel()
            await self._see_that_all_is_over(stage, lives)
            report = await self._report(stage, watchers, time.monotonic() - began)
            mistakes = stage.lines("a mistake in stackloom") + stage.lines("Traceback")
        assert mistakes == []
        assert [each for asker in self._askers for each in asker.refusals] == []
        print(report.text())  # noqa: T201 - pytest shows it with -s, and where it fails
        if REPORT:
            report.write(Path(REPORT))

    async def _in_a_storm(self, stage: Stage, lives: list[Life], act: str) -> None:
        monkey = Monkey(stage=stage, random=self._random, every_seconds=SIZE.every_seconds)
        with a_failing_cloud(self._cloud.name):
            async with asyncio.TaskGroup() as group:
                raging = group.create_task(monkey.rage(restarts_after=SIZE.restarts_after))
                async with asyncio.TaskGroup() as acts:
                    for life in lives:
                        acts.create_task(getattr(life, act)())
                raging.cancel()
        monkey.leave()
        self._deeds += monkey.done

    async def _see_that_all_is_there(self, lives: list[Life]) -> None:
        """Check that each project has what its scenarios say, each thing once by its mark."""
        for number, project in enumerate(self._projects):
            own = [life for life in lives if life.asker is self._askers[number]]
            expected: Counter[str] = Counter()
            for life in own:
                weaver = self._weaver(life, project)
                assert await weaver.changes() == [], life.name
                colours = [f"{life.name}-{each}" for each in ("blue", "green", "red")]
                expected.update(f"network {each}" for each in colours)
                expected.update(f"subnet {each}" for each in colours)
                expected[f"router {life.name}"] += 1
                expected["router_interface"] += len(colours)
                shown = await life.asker.got(f"/v1/scenarios/{life.id}")
                assert (shown["condition"], shown["revision"]) == ("in_sync", 2), shown
            found = await self._weaver(own[0], project).inventory()
            counted = Counter({k: n for k, n in found.items() if k.split()[0] != "port"})
            assert counted == expected

    def _weaver(self, life: Life, project: OpenStackProject) -> Weaver:
        file = self._folder / f"{life.name}.yaml"
        file.write_text(text_of(life.name, networks=3))
        return Weaver.of_environment(file, project.environment)

    async def _see_that_nobody_sees_others(self, lives: list[Life]) -> None:
        for life in lives:
            others = [each for each in self._askers if each is not life.asker]
            other = self._random.choice(others)
            paths = [f"/v1/scenarios/{life.id}", f"/v1/scenarios/{life.id}/resources"]
            paths += [f"/v1/runs/{id}{more}" for id in life.runs for more in ("", "/events")]
            for path in paths:
                answer = await other.ask("GET", path)
                assert (answer.status, answer.code) == (404, "stackloom.not-found"), path

    async def _see_events(self, stage: Stage, watchers: list[Watcher]) -> None:
        """Check that each watcher has everything of their project, in order, and nothing else."""
        for watcher, project in zip(watchers, self._projects, strict=True):
            rows = await _rows(
                stage,
                "select position, seq, job_id from stackloom.events where project_id = %s "
                "order by position",
                project.id,
            )
            await watcher.until(len(rows))
            seen = [(each.position, each.seq, each.job_id) for each in watcher.seen]
            assert [each[0] for each in seen] == list(range(1, len(rows) + 1))
            assert seen == rows
            next_by_job: Counter[UUID] = Counter()
            for _, seq, job in seen:
                next_by_job[job] += 1
                assert seq == next_by_job[job]

    async def _see_that_all_is_over(self, stage: Stage, lives: list[Life]) -> None:
        left = "select id, kind, state from stackloom.jobs where state <> 'ended'"
        assert await _rows(stage, left) == []
        # A request that was sent again has made nothing a second time.
        runs = await _rows(stage, "select id from stackloom.runs")
        assert {str(id) for (id,) in runs} == {id for life in lives for id in life.runs}
        allowed = "select error ->> 'code' from stackloom.runs where state = 'failed'"
        codes = {str(code) for (code,) in await _rows(stage, allowed)}
        assert all(each.startswith("stackloom.engine.") for each in codes), codes
        for project in self._projects:
            assert await asyncio.to_thread(project.leftovers) == []
        open_rights = "select id from stackloom.grants where ended_at is null"
        async with asyncio.timeout(_RIGHTS_SECONDS):
            while await _rows(stage, open_rights):
                await _rows(stage, "select pg_sleep(1)")

    async def _report(self, stage: Stage, watchers: list[Watcher], seconds: float) -> Report:
        states = "select state, count(*) from stackloom.{} group by state"
        attempts = "select coalesce(sum(attempt), 0) from stackloom.jobs"
        over = "select count(*) from stackloom.events where body ->> 'type' = 'taken_over'"
        runs: Any = await _rows(stage, states.format("runs"))
        plans: Any = await _rows(stage, states.format("plans"))
        chances = {name: f"{100 * fault.chance:.0f} %" for name, fault in FAULTS.items()}
        return Report(
            apis=APIS,
            workers=WORKERS,
            scenarios=SIZE.scenarios,
            projects=SIZE.projects,
            seconds=seconds,
            deeds=self._deeds,
            faults=chances,
            runs=Counter(dict(runs)),
            plans=Counter(dict(plans)),
            attempts=int(str((await _rows(stage, attempts))[0][0])),
            taken_over=int(str((await _rows(stage, over))[0][0])),
            events=sum(len(each.seen) for each in watchers),
            unanswered=sum(each.unanswered for each in self._askers),
        )


async def _rows(stage: Stage, sql: str, *values: object) -> list[tuple[Any, ...]]:
    async with (
        await psycopg.AsyncConnection.connect(stage.postgres.url, autocommit=True) as connection,
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        await cursor.execute(sql.encode(), values)
        return await cursor.fetchall()
