# SPDX-License-Identifier: Apache-2.0
"""``/project``: all that the project has in the cloud, also what no scenario made."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from litestar import Response, get

from stackloom.web.documents import Documents, Part
from stackloom.web.drawn import on_page
from stackloom.web.page.scenario import all_resources
from stackloom.web.things import things_of
from stackloom.web.visit import AnyRequest, Visit
from stackloom.wire.graph import Graph
from stackloom.wire.links import next_marker
from stackloom.wire.resource import Resource
from stackloom.wire.scenario import Scenario, ScenarioPage

# Each is asked for what it has, within what a project may ask a second.
_MOST_SCENARIOS: Final = 100
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Makers:
    """Which scenario has made what.

    Attributes:
        by_id: by the cloud's id.
        are_all: every scenario was asked, so that what is not told of was made by none.
    """

    by_id: Mapping[str, Scenario]
    are_all: bool


@get("/project", include_in_schema=False)
async def project(request: AnyRequest) -> Response[bytes]:
    """Show the project as it is now; the cloud is asked for everything, which may take long."""
    visit = Visit(request)
    expand = "&expand=true" if visit.is_expanded else ""
    async with asyncio.TaskGroup() as group:
        group.create_task(visit.meet())
        drawn = group.create_task(visit.documents.text(f"/v1/project/graph?format=svg{expand}"))
        told = group.create_task(visit.documents.part("/v1/project/graph?format=json", Graph))
        made = group.create_task(_makers(visit.documents))
    graph = told.result()
    return visit.page(
        "project.html",
        picture=on_page(drawn.result(), title="everything in the project"),
        graph=graph,
        makers=made.result(),
        things=things_of(graph.came.parts) if graph.came else (),
        notices=graph.came.notices if graph.came else (),
    )


async def _makers(documents: Documents) -> Part[Makers]:
    """Find out which scenario has made what."""
    listed = await documents.part(f"/v1/scenarios?limit={_MOST_SCENARIOS}", ScenarioPage)
    if listed.came is None:
        return Part(None, listed.refusal)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def resources(scenario: Scenario) -> Part[tuple[Resource, ...]]:
        async with turns:
            return await all_resources(documents, f"/v1/scenarios/{scenario.id}")

    have_run = [each for each in listed.came.scenarios if each.last_run_id]
    async with asyncio.TaskGroup() as group:
        asked = [(each, group.create_task(resources(each))) for each in have_run]
    by_id: dict[str, Scenario] = {}
    for scenario, task in asked:
        found = task.result()
        if found.came is not None:
            by_id |= {each.cloud_id: scenario for each in found.came if each.cloud_id}
        elif found.refusal and found.refusal.status != 404:  # 404: deleted since it was listed
            return Part(None, found.refusal)
    return Part(Makers(by_id=by_id, are_all=not next_marker(listed.came.links)))


HANDLERS = (project,)
