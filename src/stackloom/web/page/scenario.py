# SPDX-License-Identifier: Apache-2.0
"""``/scenarios/{id}``: one scenario as a picture and as a table, and what can be done with it."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from stackloom.web.documents import Documents, Part, Refusal, read
from stackloom.web.drawn import on_page
from stackloom.web.rights import rights_of
from stackloom.web.visit import AnyRequest, Visit, see
from stackloom.wire.links import next_marker
from stackloom.wire.plan import Plan, PlanCreate, PlanOperation
from stackloom.wire.resource import OutputPage, Resource, ResourcePage
from stackloom.wire.run import Run, RunCreate, RunPage
from stackloom.wire.scenario import RevisionPage, Scenario

_MOST_PAGES: Final = 20


@get("/scenarios/{id:uuid}", include_in_schema=False)
async def scenario(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Show how a scenario is in the cloud."""
    return await shown(Visit(request), id)


@post("/scenarios/{id:uuid}/plan", include_in_schema=False)
async def plan(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Ask for a plan of an apply or a destroy, and go to it."""
    visit = Visit(request)
    form = await visit.form()
    secrets, credential = rights_of(form)
    operation: PlanOperation = "destroy" if form.get("operation") == ["destroy"] else "apply"
    body = PlanCreate(scenario_id=id, operation=operation, secrets=secrets, credential=credential)
    try:
        made = read(await visit.documents.send("POST", "/v1/plans", body), Plan)
    except Refusal as refusal:
        return await shown(visit, id, refusal, f"plan the {operation}")
    return see(f"/plans/{made.id}")


@post("/scenarios/{id:uuid}/check", include_in_schema=False)
async def check(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Ask for a look at the cloud, and go to it."""
    visit = Visit(request)
    secrets, credential = rights_of(await visit.form())
    body = RunCreate(scenario_id=id, operation="check", secrets=secrets, credential=credential)
    try:
        made = read(await visit.documents.send("POST", "/v1/runs", body), Run)
    except Refusal as refusal:
        return await shown(visit, id, refusal, "look for drift")
    return see(f"/runs/{made.id}")


@post("/scenarios/{id:uuid}/delete", include_in_schema=False)
async def delete(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Delete what the service knows of a scenario, which must have nothing left in the cloud."""
    visit = Visit(request)
    form = await visit.form()
    match = {"If-Match": form.get("etag", [""])[-1]}
    try:
        await visit.documents.send("DELETE", f"/v1/scenarios/{id}", headers=match)
    except Refusal as refusal:
        return await shown(visit, id, refusal, "delete it")
    return see("/")


async def shown(
    visit: Visit, id: UUID, refusal: Refusal | None = None, tried: str = ""
) -> Response[bytes]:
    """Return the page of a scenario, with what was tried on it and refused."""
    documents, own = visit.documents, f"/v1/scenarios/{id}"
    expand = "&expand=true" if visit.is_expanded else ""
    async with asyncio.TaskGroup() as group:
        group.create_task(visit.meet())
        found = group.create_task(documents.part(own, Scenario))
        drawn = group.create_task(documents.text(f"{own}/graph?format=svg&overlay=drift{expand}"))
        had = group.create_task(all_resources(documents, own))
        told = group.create_task(documents.part(f"{own}/outputs", OutputPage))
        ran = group.create_task(
            documents.part(f"/v1/runs?scenario_id={id}&limit=10&sort=created_at:desc", RunPage)
        )
        written = group.create_task(documents.part(f"{own}/revisions?limit=10", RevisionPage))
    scenario = found.result()
    if scenario.refusal:
        return visit.refused(scenario.refusal, "show the scenario")
    return visit.page(
        "scenario.html",
        path=f"/scenarios/{id}",
        status=refusal.status if refusal else 200,
        scenario=scenario.value,
        picture=on_page(drawn.result(), title=f"the scenario {scenario.value.name}"),
        resources=had.result(),
        outputs=told.result(),
        runs=ran.result(),
        revisions=written.result(),
        etag=scenario.etag,
        refusal=refusal,
        tried=tried,
    )


async def all_resources(documents: Documents, own: str) -> Part[tuple[Resource, ...]]:
    """Return all resources of the scenario at this path, page after page."""
    gathered: list[Resource] = []
    marker = ""
    for _ in range(_MOST_PAGES):
        said = f"&marker={quote(marker)}" if marker else ""
        page = await documents.part(f"{own}/resources?limit=1000{said}", ResourcePage)
        if page.came is None:
            return Part(None, page.refusal)
        gathered += page.came.resources
        marker = next_marker(page.came.links)
        if not marker:
            break
    return Part(tuple(gathered))


HANDLERS = (scenario, plan, check, delete)
