# SPDX-License-Identifier: Apache-2.0
"""``/runs/{id}``: a run on the picture, node by node, and in a table; what failed and why.

What is shown is worked out here from all events so far. With scripts those that come are shown as
they come; without, the page asks for itself again every five seconds until the run has ended.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from stackloom.web.documents import Documents, Part, Refusal, read
from stackloom.web.drawn import on_page
from stackloom.web.rights import last, rights_of
from stackloom.web.steps import Row, pins_of, rows_of_graph, rows_of_plan, rows_of_run
from stackloom.web.visit import AnyRequest, Visit, see
from stackloom.wire.event import Event, EventPage
from stackloom.wire.graph import Graph
from stackloom.wire.plan import Plan
from stackloom.wire.run import ENDED, Nothing, Retry, Run, RunAction

_EVENTS_A_PAGE: Final = 1_000
_MOST_PAGES: Final = 50
_SHOWN_EVENTS: Final = 200


@get("/runs/{id:uuid}", include_in_schema=False)
async def run(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Show a run."""
    return await _shown(Visit(request), id)


@post("/runs/{id:uuid}/action", include_in_schema=False)
async def act(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Approve a run, cancel it or try it again; the last goes to the new run."""
    visit = Visit(request)
    form = await visit.form()
    action = last(form, "action")
    secrets, credential = rights_of(form)
    if action == "retry":
        body = RunAction(retry=Retry(secrets=secrets, credential=credential))
    elif action == "approve":
        body = RunAction(approve=Nothing())
    else:
        body = RunAction(cancel=Nothing())
    try:
        answer = await visit.documents.send("POST", f"/v1/runs/{id}/actions", body)
        return see(f"/runs/{read(answer, Run).id}")
    except Refusal as refusal:
        return await _shown(visit, id, refusal, f"{action} the run")


async def _shown(
    visit: Visit, id: UUID, refusal: Refusal | None = None, tried: str = ""
) -> Response[bytes]:
    own = f"/v1/runs/{id}"
    async with asyncio.TaskGroup() as group:
        group.create_task(visit.meet())
        found = group.create_task(visit.documents.part(own, Run))
        happened = group.create_task(_events(visit.documents, own))
    if missing := found.result().refusal:
        return visit.refused(missing, "show the run")
    run, events = found.result().value, happened.result()
    planned, drawn = await _planned(visit, run)
    rows = rows_of_run(planned.came or (), events.came or ())
    told = events.came or ()
    return visit.page(
        "run.html",
        path=f"/runs/{id}",
        status=refusal.status if refusal else 200,
        run=run,
        has_ended=run.state in ENDED,
        planned=planned,
        picture=_with_pins(drawn, run, rows),
        rows=rows,
        events=events,
        shown_events=told[-_SHOWN_EVENTS:],
        last_seq=told[-1].seq if told else 0,
        refusal=refusal,
        tried=tried,
    )


async def _planned(visit: Visit, run: Run) -> tuple[Part[tuple[Row, ...]], Part[str] | None]:
    """Return what the run is to do, and its picture; None where it has none yet."""
    documents = visit.documents
    if run.counts is None and run.plan_id is None:
        return Part(()), None
    expand = "&expand=true" if visit.is_expanded else ""
    graph = f"/v1/scenarios/{run.scenario_id}/graph?overlay=run:{run.id}{expand}"
    async with asyncio.TaskGroup() as group:
        drawn = group.create_task(documents.text(f"{graph}&format=svg"))
        if run.plan_id:
            plan = group.create_task(documents.part(f"/v1/plans/{run.plan_id}", Plan))
        else:
            remarks = group.create_task(documents.part(f"{graph}&format=json", Graph))
    if run.plan_id:
        came = plan.result()
        rows = Part(rows_of_plan(came.came.steps) if came.came else None, came.refusal)
    else:
        seen = remarks.result()
        rows = Part(rows_of_graph(seen.came) if seen.came else None, seen.refusal)
    return rows, drawn.result()


async def _events(documents: Documents, own: str) -> Part[tuple[Event, ...]]:
    """Return all events so far, page after page."""
    gathered: list[Event] = []
    for _ in range(_MOST_PAGES):
        after = gathered[-1].seq if gathered else 0
        path = f"{own}/events?after={after}&limit={_EVENTS_A_PAGE}"
        page = await documents.part(path, EventPage)
        if page.came is None:
            return Part(None, page.refusal)
        gathered += page.came.events
        if len(page.came.events) < _EVENTS_A_PAGE:
            break
    return Part(tuple(gathered))


def _with_pins(drawn: Part[str] | None, run: Run, rows: tuple[Row, ...]) -> Part[Markup] | None:
    if drawn is None:
        return None
    return on_page(drawn, title=f"{run.operation} of {run.scenario_name}", pins=pins_of(rows))


HANDLERS = (run, act)
