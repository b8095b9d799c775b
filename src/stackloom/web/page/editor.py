# SPDX-License-Identifier: Apache-2.0
"""``/scenarios/new`` and ``/scenarios/{id}/edit``: write a scenario and see what is wrong with it.

With scripts the problems and the picture come as one types; without, with each button. What was
typed is never lost: whatever the service refuses comes back with its reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from stackloom.errors import Problem
from stackloom.web.documents import Part, Refusal, read
from stackloom.web.draft import STARTER, Draft, of_form, of_scenario
from stackloom.web.drawn import on_page
from stackloom.web.page.scenario import shown
from stackloom.web.rights import last
from stackloom.web.visit import AnyRequest, Visit, see
from stackloom.wire.plan import Plan, PlanCreate
from stackloom.wire.scenario import (
    MAIN_FILE,
    Revision,
    Scenario,
    ScenarioCreate,
    ScenarioReplace,
    ScenarioSource,
    Validation,
)

_MOST_LINES: Final = 10_000


@get("/scenarios/new", include_in_schema=False)
async def new(request: AnyRequest) -> Response[bytes]:
    """Show the editor with a small scenario to begin with."""
    return await _shown(Visit(request), Draft(text=STARTER))


@post("/scenarios/new", include_in_schema=False)
async def create(request: AnyRequest) -> Response[bytes]:
    """Keep a new scenario, or only look at it."""
    visit = Visit(request)
    form = await visit.form()
    return await _saved(visit, of_form(form), action=last(form, "action"))


@get("/scenarios/{id:uuid}/edit", include_in_schema=False)
async def edit(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Show the editor with the newest text, or with the one of ``?revision=``."""
    visit = Visit(request)
    try:
        answer = await visit.documents.send("GET", f"/v1/scenarios/{id}")
        scenario = read(answer, Scenario)
        asked = visit.query.get("revision", "")
        number = int(asked) if asked.isascii() and asked.isdigit() else scenario.revision
        revision = await visit.documents.get(f"/v1/scenarios/{id}/revisions/{number}", Revision)
    except Refusal as refusal:
        await visit.meet()
        return visit.refused(refusal, "edit the scenario")
    draft = of_scenario(scenario, revision, answer.headers.get("etag", ""))
    return await _shown(visit, draft, id=id, name=scenario.name, revision=number)


@post("/scenarios/{id:uuid}/edit", include_in_schema=False)
async def replace(request: AnyRequest, id: FromPath[UUID]) -> Response[bytes]:
    """Keep another text of a scenario, or only look at it."""
    visit = Visit(request)
    form = await visit.form()
    return await _saved(visit, of_form(form), action=last(form, "action"), id=id)


async def _saved(
    visit: Visit, draft: Draft, *, action: str, id: UUID | None = None
) -> Response[bytes]:
    source, problems = draft.source()
    if action == "look" or problems:
        return await _shown(visit, draft, id=id, problems=problems)
    try:
        scenario = await _kept(visit, draft, source, id)
    except Refusal as refusal:
        return await _shown(visit, draft, id=id, refusal=refusal)
    if action != "plan":
        return see(f"/scenarios/{scenario.id}")
    try:
        return see(f"/plans/{await _planned(visit, scenario, draft)}")
    except Refusal as refusal:
        # It is kept, so this is no longer about the text.
        return await shown(visit, scenario.id, refusal, "plan the apply")


async def _kept(visit: Visit, draft: Draft, source: ScenarioSource, id: UUID | None) -> Scenario:
    if id is None:
        body = ScenarioCreate(source=source, tags=draft.wanted_tags, check=draft.check)
        return read(await visit.documents.send("POST", "/v1/scenarios", body), Scenario)
    other = ScenarioReplace(source=source, tags=draft.wanted_tags, check=draft.check)
    answer = await visit.documents.send(
        "PUT", f"/v1/scenarios/{id}", other, headers={"If-Match": draft.etag}
    )
    return read(answer, Scenario)


async def _planned(visit: Visit, scenario: Scenario, draft: Draft) -> UUID:
    body = PlanCreate(scenario_id=scenario.id, credential=draft.credential)
    return read(await visit.documents.send("POST", "/v1/plans", body), Plan).id


async def _shown(
    visit: Visit,
    draft: Draft,
    *,
    id: UUID | None = None,
    name: str = "",
    revision: int = 0,
    problems: Sequence[Problem] = (),
    refusal: Refusal | None = None,
) -> Response[bytes]:
    source, _ = draft.source()
    async with asyncio.TaskGroup() as group:
        group.create_task(visit.meet())
        seen = group.create_task(_looked_at(visit, source))
    validation, picture = seen.result()
    found = [*problems, *(validation.came.problems if validation.came else ())]
    return visit.page(
        "editor.html",
        status=refusal.status if refusal else 400 if problems else 200,
        draft=draft,
        id=id,
        name=name or (validation.came.name if validation.came and id else ""),
        revision=revision,
        problems=found,
        validation=validation,
        picture=picture,
        refusal=refusal,
        # More lines than anybody writes are not numbered.
        lines=draft.text.split("\n") if draft.text.count("\n") < _MOST_LINES else [],
        problems_by_line=_by_line(found),
    )


async def _looked_at(
    visit: Visit, source: ScenarioSource
) -> tuple[Part[Validation], Part[Markup] | None]:
    """Return what is wrong with the texts, and their picture where nothing is."""
    validation = await _validated(visit, source)
    if validation.came and not validation.came.is_valid:
        return validation, None
    return validation, await _drawn(visit, source)


async def _validated(visit: Visit, source: ScenarioSource) -> Part[Validation]:
    try:
        answer = await visit.documents.look("/v1/scenarios/validate", source)
        return Part(read(answer, Validation))
    except Refusal as refusal:
        return Part(None, refusal)


async def _drawn(visit: Visit, source: ScenarioSource) -> Part[Markup]:
    try:
        answer = await visit.documents.look("/v1/scenarios/draw?format=svg", source)
    except Refusal as refusal:
        return Part(None, refusal)
    return on_page(Part(answer.body.decode()), title="the scenario as it is written here")


def _by_line(problems: Sequence[Problem]) -> dict[int, list[Problem]]:
    """Return the problems of the scenario's own text by their lines."""
    by_line: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.file == MAIN_FILE and problem.line:
            by_line.setdefault(problem.line, []).append(problem)
    return by_line


HANDLERS = (new, create, edit, replace)
