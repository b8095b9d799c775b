# SPDX-License-Identifier: Apache-2.0
"""What has happened, and what happens while somebody watches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal
from uuid import UUID

from stackloom.service.database.events import Place
from stackloom.service.identity.caller import Caller
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.links import links_of, page_paths
from stackloom.service.operation.queries import EventQuery, ProjectEventQuery
from stackloom.wire.event import Event, EventPage

JobNoun = Literal["runs", "plans"]


async def list_job_events(
    caller: Caller, desk: Desk, noun: JobNoun, id: UUID, query: EventQuery
) -> EventPage:
    """Return events of a run or plan."""
    place = await job_place(caller, desk, noun, id)
    store = desk.store(caller)
    # Asked first: what ends in between is then told with the next page, and not missed.
    is_over = await store.events.is_over(id)
    events = await store.events.after(place, query.after, query.limit + 1)
    shown = tuple(events[: query.limit])
    has_more = len(events) > query.limit
    path = f"/v1/{noun}/{id}/events"
    return EventPage(
        events=shown,
        is_over=is_over and not has_more,
        links=links_of(desk.public_url, _paths(path, query, shown[-1].seq if has_more else None)),
    )


async def list_project_events(caller: Caller, desk: Desk, query: ProjectEventQuery) -> EventPage:
    """Return events of everything in the project, or of one scenario of it."""
    place = await project_place(caller, desk, query.scenario_id)
    events = await desk.store(caller).events.after(place, query.after, query.limit + 1)
    shown = tuple(events[: query.limit])
    has_more = len(events) > query.limit
    return EventPage(
        events=shown,
        links=links_of(
            desk.public_url,
            _paths("/v1/events", query, shown[-1].position if has_more else None),
        ),
    )


async def job_place(caller: Caller, desk: Desk, noun: JobNoun, id: UUID) -> Place:
    """Return where the events of a run or plan are.

    Raises:
        Refused: there is none in the project.
    """
    caller.check_may_read()
    store = desk.store(caller)
    if noun == "runs":
        await store.runs.get(id)
    else:
        await store.plans.get(id)
    return Place(job_id=id)


async def project_place(caller: Caller, desk: Desk, scenario_id: UUID | None) -> Place:
    """Return where the events of the project, or of one of its scenarios, are.

    Raises:
        Refused: there is no such scenario in the project.
    """
    caller.check_may_read()
    if scenario_id is not None:
        await desk.store(caller).scenarios.get(scenario_id)
    return Place(scenario_id=scenario_id)


def follow(caller: Caller, desk: Desk, place: Place, after: int) -> AsyncIterator[Event]:
    """Return the events after *after* and all that come, until the run or plan is over."""
    caller.check_may_read()
    return desk.events.follow(caller.project_id, place, after)


def _paths(path: str, query: EventQuery | ProjectEventQuery, last: int | None) -> dict[str, str]:
    said = query.said()
    paths = page_paths(path, said, None)
    if last is not None:
        paths["next"] = page_paths(path, {**said, "after": last}, None)["self"]
    return paths
