# SPDX-License-Identifier: Apache-2.0
"""What happens is told in pages, and to whoever watches, in order and once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.service.desks import MEMBER, NOBODY, READER, STRANGER, URL, Worker, at_desk, plain

from stackloom.service.database.endings import RunEnd
from stackloom.service.operation import events, runs, scenarios
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.queries import EventQuery, ProjectEventQuery
from stackloom.service.refusal import Refused
from stackloom.wire.event import Event, EventPage, StepStarted
from stackloom.wire.run import Run, RunCreate
from stackloom.wire.scenario import ScenarioCreate, ScenarioSource

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _source(name: str) -> ScenarioSource:
    return ScenarioSource(text=f"scenario: {name}\nnetworks: {{blue: {{}}}}\n")


async def _run(desk: Desk, name: str = "one") -> Run:
    request = ScenarioCreate(source=_source(name))
    scenario = await scenarios.create_scenario(MEMBER, desk, request)
    return await runs.create_run(MEMBER, desk, RunCreate(scenario_id=scenario.id))


def _started(run: Run, address: str) -> StepStarted:
    return StepStarted(
        seq=0,
        position=0,
        at=NOW,
        job_id=run.id,
        scenario_id=run.scenario_id,
        message=f"creating {address}",
        address=address,
        action="create",
    )


async def _carried_out(desk: Desk, run: Run, *addresses: str) -> None:
    worker = Worker(desk)
    job = await worker.take(run.id)
    await worker.apply(job)
    await worker.tell(job, *(_started(run, each) for each in addresses))
    await worker.end(job, RunEnd(state="succeeded"))


def _words(page: EventPage) -> list[str]:
    return [each.message for each in page.events]


TOLD = ["queued", "planning", "applying", "creating network.blue", "succeeded"]


def test_events_come_in_pages(database_url: str) -> None:
    """The last page says that it is the last."""

    async def work(desk: Desk) -> tuple[UUID, object, EventPage]:
        run = await _run(desk)
        await _carried_out(desk, run, "network.blue")
        first = await events.list_job_events(READER, desk, "runs", run.id, EventQuery(limit=3))
        rest = await events.list_job_events(
            READER, desk, "runs", run.id, EventQuery(limit=3, after=3)
        )
        assert _words(first) == TOLD[:3]
        assert not first.is_over
        return run.id, plain(first.links), rest

    id, links, rest = at_desk(database_url, work)
    path = f"{URL}/v1/runs/{id}/events?limit=3"
    assert links == [
        {"rel": "self", "href": path},
        {"rel": "next", "href": f"{path}&after=3"},
    ]
    assert (_words(rest), [each.seq for each in rest.events]) == (TOLD[3:], [4, 5])
    assert rest.is_over
    started = plain(rest.events[0])
    assert started == {
        "type": "step_started",
        "seq": 4,
        "position": 4,
        "at": "2026-06-01T12:00:00Z",
        "job_id": str(id),
        "scenario_id": str(rest.events[0].scenario_id),
        "message": "creating network.blue",
        "address": "network.blue",
        "action": "create",
    }


def test_events_of_the_project_count_by_position(database_url: str) -> None:
    """Of all scenarios, or of one."""

    async def work(desk: Desk) -> tuple[UUID, EventPage, EventPage, EventPage]:
        first, second = await _run(desk), await _run(desk, "two")
        await _carried_out(desk, first, "network.blue")
        whole = await events.list_project_events(READER, desk, ProjectEventQuery(limit=4))
        own = ProjectEventQuery(scenario_id=second.scenario_id)
        rest = await events.list_project_events(READER, desk, ProjectEventQuery(after=4))
        return first.id, whole, await events.list_project_events(READER, desk, own), rest

    id, whole, own, rest = at_desk(database_url, work)
    assert [each.position for each in (*whole.events, *rest.events)] == [1, 2, 3, 4, 5, 6]
    assert [each.href for each in whole.links] == [
        f"{URL}/v1/events?limit=4",
        f"{URL}/v1/events?limit=4&after=4",
    ]
    assert (_words(own), [each.position for each in own.events]) == (["queued"], [2])
    assert [each.job_id == id for each in whole.events] == [True, False, True, True]


def test_who_watches_is_told_until_the_end(database_url: str) -> None:
    """What was there before, and what comes."""

    async def work(desk: Desk) -> list[str]:
        run = await _run(desk)
        place = await events.job_place(READER, desk, "runs", run.id)

        async def watch() -> list[str]:
            told = events.follow(READER, desk, place, 0)
            return [event.message async for event in told]

        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            watching = group.create_task(watch())
            await _carried_out(desk, run, "network.blue")
        return watching.result()

    assert at_desk(database_url, work) == TOLD


def test_another_projects_events_are_not_told(database_url: str) -> None:
    """Its runs, plans and scenarios are not there, and its events are of another stream."""

    async def work(desk: Desk) -> tuple[list[str], list[Event]]:
        run, codes = await _run(desk), []
        for call in (
            events.list_job_events(STRANGER, desk, "runs", run.id, EventQuery()),
            events.list_job_events(STRANGER, desk, "plans", run.id, EventQuery()),
            # A run is no plan, also where it is one's own.
            events.list_job_events(MEMBER, desk, "plans", run.id, EventQuery()),
            events.list_project_events(
                STRANGER, desk, ProjectEventQuery(scenario_id=run.scenario_id)
            ),
        ):
            with pytest.raises(Refused) as caught:
                await call
            codes.append(caught.value.code)
        page = await events.list_project_events(STRANGER, desk, ProjectEventQuery())
        return codes, list(page.events)

    assert at_desk(database_url, work) == (["not-found"] * 4, [])


def test_without_a_role_nothing_is_told(database_url: str) -> None:
    """Neither in pages nor as it happens."""

    async def work(desk: Desk) -> list[str]:
        run, codes = await _run(desk), []
        place = await events.job_place(READER, desk, "runs", run.id)
        for call in (
            events.list_job_events(NOBODY, desk, "runs", run.id, EventQuery()),
            events.list_project_events(NOBODY, desk, ProjectEventQuery()),
        ):
            with pytest.raises(Refused) as caught:
                await call
            codes.append(caught.value.code)
        with pytest.raises(Refused) as caught:
            events.follow(NOBODY, desk, place, 0)
        return [*codes, caught.value.code]

    assert at_desk(database_url, work) == ["role.missing"] * 3
