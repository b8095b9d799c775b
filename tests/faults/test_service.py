# SPDX-License-Identifier: Apache-2.0
"""The service while its processes are killed, its database restarted, and its cloud misbehaves.

Every run ends as it should, nothing is made twice or left over, no event is lost or out of its
order, and nobody sees anything of another project.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.cloud.serving import token_of
from tests.faults.chaos_service import Cluster, Patient, cluster

from stackloom.local import faults
from stackloom.local.faults import Fault
from stackloom.testing.cloud import OpenStackCloud
from stackloom.testing.project import OpenStackProject, project_of_a_test

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

PROJECTS = 5
# scripts/chaos has sixty scenarios; an ordinary run takes fewer.
SCENARIOS_OF_A_PROJECT = 12 if os.environ.get("STACKLOOM_CHAOS") else 3
_STRIKE_SECONDS = 3.0
_SEED = 17
_FAULTS = (
    Fault(method="POST", drop="answer", chance=0.03, seed=1),
    Fault(method="POST", status=503, chance=0.03, seed=2),
    Fault(service="network", delay_seconds=0.05, jitter_seconds=0.05),
)
_RESOURCES = 7


def _text(number: int) -> str:
    return f"""\
scenario: chaos-{number}
networks:
  a{number}: {{cidr: 10.{number}.1.0/24}}
  b{number}: {{cidr: 10.{number}.2.0/24}}
routers:
  hub{number}: {{connects: [a{number}, b{number}]}}
"""


@dataclass(kw_only=True)
class Watched:
    """What one watcher of a run saw."""

    run: str
    events: list[Any] = field(default_factory=list)

    @property
    def state(self) -> str:
        """How the run ended."""
        return str(self.events[-1]["state"])


@pytest.fixture
def projects(
    openstack_cloud: OpenStackCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[OpenStackProject]]:
    """Several projects of this test, which leave nothing."""
    made = [
        project_of_a_test(openstack_cloud.admin, tmp_path_factory.mktemp("project"))
        for _ in range(PROJECTS)
    ]
    yield made
    left = [each for project in made for each in project.take_away()]
    assert left == []


@pytest.fixture
def misbehaving(openstack_cloud: OpenStackCloud) -> Iterator[str]:
    """A cloud that loses answers and refuses some requests; gives the URL of Keystone."""
    access = openstack_cloud.access
    for fault in _FAULTS:
        faults.add(access.name, fault)
    yield access.auth_url
    faults.clear(access.name)


def test_everything_ends_as_it_should(
    projects: list[OpenStackProject], misbehaving: str, tmp_path: Path
) -> None:
    """Scenarios in five projects are applied, some cancelled on the way, and destroyed."""

    async def run() -> None:
        async with cluster(tmp_path, misbehaving) as service:
            tokens = [token_of(project.environment) for project in projects]
            callers = [Patient(service.urls, token) for token in tokens]
            async with asyncio.TaskGroup() as group:
                striking = group.create_task(_strike(service))
                lives = [
                    group.create_task(_live(caller, number))
                    for caller in callers
                    for number in range(SCENARIOS_OF_A_PROJECT)
                ]
                await asyncio.wait(lives)
                striking.cancel()
            scenarios = [task.result() for task in lives]
            await _see_nothing_foreign(callers, scenarios)
            for caller in callers:
                await caller.close()
            assert service.struck["PostgreSQL restarted"] == 2, service.struck
            assert sum(part.starts for part in service.parts) > len(service.parts)
            mistakes = [
                line
                for part in service.parts
                for line in part.log()
                if "mistake in stackloom" in line["message"]
            ]
            assert mistakes == []

    asyncio.run(run())
    for project in projects:
        assert project.leftovers() == []


async def _strike(service: Cluster) -> None:
    """Kill something every few seconds; restart PostgreSQL twice in between."""
    chance = random.Random(_SEED)
    for number in range(10**6):
        await asyncio.sleep(_STRIKE_SECONDS)
        if number in {4, 12}:
            await service.restart_postgres(number // 4)
        else:
            service.strike(chance)


async def _live(caller: Patient, number: int) -> str:
    """Apply a scenario, see that it is there once, destroy it; return its id."""
    made = await caller.document("POST", "/v1/scenarios", {"source": {"text": _text(number)}})
    id = str(made["id"])
    applied = await _carried_out(caller, {"scenario_id": id, "auto_approve": True}, number)
    while applied.state == "cancelled":
        actions = f"/v1/runs/{applied.run}/actions"
        again = await caller.document("POST", actions, {"retry": {}})
        applied = await _watched(caller, again["id"])
    assert applied.state == "succeeded", applied.events[-5:]
    resources = (await caller.document("GET", f"/v1/scenarios/{id}/resources"))["resources"]
    assert len(resources) == _RESOURCES
    assert {each["condition"] for each in resources} == {"in_sync"}
    listed = (await caller.document("GET", f"/v1/networks?name=a{number}"))["networks"]
    assert len(listed) == 1, "nothing is made twice"
    wanted = {"scenario_id": id, "operation": "destroy", "auto_approve": True}
    destroyed = await _carried_out(caller, wanted)
    assert destroyed.state == "succeeded", destroyed.events[-5:]
    return id


async def _carried_out(caller: Patient, wanted: object, number: int = 1) -> Watched:
    run = (await caller.document("POST", "/v1/runs", wanted))["id"]
    watching = asyncio.ensure_future(_watched(caller, run))
    if number % 6 == 0:
        await asyncio.sleep(number % 5)
        answer = await caller.ask("POST", f"/v1/runs/{run}/actions", {"cancel": {}})
        # It may have ended by then.
        assert answer.status_code in {202, 409}, answer.text
    return await watching


async def _watched(caller: Patient, run: str) -> Watched:
    """Watch a run to its end; what was told is what there is, each once and in its order."""
    watched = Watched(run=run)
    watched.events = await caller.watch(run, lambda _event: None)
    assert [each["seq"] for each in watched.events] == list(range(1, len(watched.events) + 1))
    kept = await caller.document("GET", f"/v1/runs/{run}/events?limit=1000")
    assert kept["events"] == watched.events
    shown = await caller.document("GET", f"/v1/runs/{run}")
    assert (shown["state"], shown["last_seq"]) == (watched.state, len(watched.events))
    return watched


async def _see_nothing_foreign(callers: list[Patient], scenarios: list[str]) -> None:
    """Ask for every scenario in every project: its own alone has it."""
    for number, caller in enumerate(callers):
        begin = number * SCENARIOS_OF_A_PROJECT
        own = set(scenarios[begin : begin + SCENARIOS_OF_A_PROJECT])
        answers = Counter[int]()
        for id in scenarios:
            answer = await caller.ask("GET", f"/v1/scenarios/{id}")
            assert (answer.status_code == 200) is (id in own)
            answers[answer.status_code] += 1
        assert answers == {200: len(own), 404: len(scenarios) - len(own)}
        listed = (await caller.document("GET", "/v1/runs?limit=1000"))["runs"]
        assert {each["scenario_id"] for each in listed} == own
