# SPDX-License-Identifier: Apache-2.0
"""``/plans/{id}``: what would be done, on the picture and in a table, and how to do it."""

from __future__ import annotations

import asyncio
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from stackloom.web.documents import Part, Refusal, read
from stackloom.web.drawn import on_page
from stackloom.web.rights import rights_of
from stackloom.web.steps import rows_of_plan
from stackloom.web.visit import AnyRequest, Visit, see
from stackloom.wire.plan import Plan
from stackloom.wire.run import Run, RunCreate


@get("/plans/{id:uuid}", include_in_schema=False)
async def plan(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Show a plan."""
    return await _shown(Visit(request), id)


@post("/plans/{id:uuid}/apply", include_in_schema=False)
async def apply(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Carry a plan out, and go to the run that does it."""
    visit = Visit(request)
    secrets, credential = rights_of(await visit.form())
    body = RunCreate(plan_id=id, secrets=secrets, credential=credential)
    try:
        made = read(await visit.documents.send("POST", "/v1/runs", body), Run)
    except Refusal as refusal:
        return await _shown(visit, id, refusal, "carry the plan out")
    return see(f"/runs/{made.id}")


@post("/plans/{id:uuid}/cancel", include_in_schema=False)
async def cancel(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Stop planning, or throw the plan away."""
    visit = Visit(request)
    await visit.form()
    try:
        await visit.documents.send("DELETE", f"/v1/plans/{id}")
    except Refusal as refusal:
        return await _shown(visit, id, refusal, "cancel the plan")
    return see(f"/plans/{id}")


async def _shown(
    visit: Visit, id: UUID, refusal: Refusal | None = None, tried: str = ""
) -> Response[bytes]:
    async with asyncio.TaskGroup() as group:
        group.create_task(visit.meet())
        found = group.create_task(visit.documents.part(f"/v1/plans/{id}", Plan))
    if missing := found.result().refusal:
        return visit.refused(missing, "show the plan")
    plan = found.result().value
    return visit.page(
        "plan.html",
        path=f"/plans/{id}",
        status=refusal.status if refusal else 200,
        plan=plan,
        picture=await _picture(visit, plan),
        rows=rows_of_plan(plan.steps),
        is_under_way=plan.state in {"pending", "planning"},
        refusal=refusal,
        tried=tried,
    )


async def _picture(visit: Visit, plan: Plan) -> Part[Markup] | None:
    """Return the picture with the changes on it; None where there is none to be had yet."""
    if plan.scenario_id is None or plan.ready_at is None:
        return None
    expand = "&expand=true" if visit.is_expanded else ""
    path = f"/v1/scenarios/{plan.scenario_id}/graph?format=svg&overlay=plan:{plan.id}{expand}"
    return on_page(await visit.documents.text(path), title=f"the plan for {plan.scenario_name}")


HANDLERS = (plan, apply, cancel)
