# SPDX-License-Identifier: Apache-2.0
"""``/``: the scenarios of the project, how they are, and what was last done with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get

from stackloom.web.documents import Part
from stackloom.web.visit import AnyRequest, Visit
from stackloom.wire.links import next_marker
from stackloom.wire.run import Run, RunPage
from stackloom.wire.scenario import Scenario, ScenarioPage

# So many newest runs are asked for at once; the last run of a scenario that has been left alone
# for long is asked for by itself.
_RUNS: Final = 100
_MOST_SINGLE_RUNS: Final = 20


@get("/", include_in_schema=False)
async def scenarios(request: AnyRequest) -> Response[bytes]:
    """Show the scenarios, oldest first, a hundred a page."""
    visit = Visit(request)
    marker = visit.query.get("marker", "")
    path = "/v1/scenarios?limit=100" + (f"&marker={quote(marker)}" if marker else "")
    async with asyncio.TaskGroup() as group:
        group.create_task(visit.meet())
        listed = group.create_task(visit.documents.part(path, ScenarioPage))
        ran = group.create_task(
            visit.documents.part(f"/v1/runs?limit={_RUNS}&sort=created_at:desc", RunPage)
        )
    page, runs = listed.result(), ran.result()
    return visit.page(
        "scenarios.html",
        status=page.refusal.status if page.refusal else 200,
        scenarios=page,
        runs=runs,
        last_runs=await _last_runs(visit, page, runs),
        next=next_marker(page.came.links) if page.came else "",
    )


async def _last_runs(
    visit: Visit, page: Part[ScenarioPage], runs: Part[RunPage]
) -> dict[UUID, Part[Run]]:
    """Return by their ids the last runs of the scenarios that have one."""
    if page.came is None or runs.came is None:
        return {}
    known = {run.id: Part(run) for run in runs.came.runs}
    missing = [id for id in _last_ids(page.came.scenarios) if id not in known]
    async with asyncio.TaskGroup() as group:
        asked = {
            id: group.create_task(visit.documents.part(f"/v1/runs/{id}", Run))
            for id in missing[:_MOST_SINGLE_RUNS]
        }
    return known | {id: task.result() for id, task in asked.items()}


def _last_ids(listed: Iterable[Scenario]) -> list[UUID]:
    return [scenario.last_run_id for scenario in listed if scenario.last_run_id]


HANDLERS = (scenarios,)
