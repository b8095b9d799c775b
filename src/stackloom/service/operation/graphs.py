# SPDX-License-Identifier: Apache-2.0
"""Pictures: of a scenario, with what a plan or run does to it or how it has drifted; of a project.

What is drawn is data until its end, and drawing itself is done by the processes that read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

import msgspec

from stackloom import operations
from stackloom.scenario.picture.overlay import Change, Picture, Remark, Stage
from stackloom.scenario.picture.progress import by_owners, with_progress
from stackloom.service.database.events import Place
from stackloom.service.identity.caller import Caller
from stackloom.service.operation import clouds_answer
from stackloom.service.operation.callers_cloud import callers_cloud
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.links import links_of, page_paths, scenario_paths
from stackloom.service.operation.queries import GraphQuery, ProjectGraphQuery
from stackloom.service.refusal import Refused
from stackloom.wire.event import Event, StepEnded, StepInDoubt, StepStarted, TakenOver
from stackloom.wire.graph import Graph, GraphRemark
from stackloom.wire.plan import FieldDifference
from stackloom.wire.problem import Source
from stackloom.wire.resource import Resource
from stackloom.wire.scenario import ScenarioSource

# Rows that are read at once, until there are no more.
_MANY = 1_000


async def draw_scenario(
    caller: Caller, desk: Desk, scenario_id: UUID, query: GraphQuery
) -> Graph | bytes:
    """Return the picture of a scenario: as data for ``json``, else as what stands in its file.

    Raises:
        Refused: there is no such scenario, plan or run; or its plan is not made yet.
    """
    caller.check_may_read()
    picture = await _picture(caller, desk, scenario_id, query.overlay)
    paths = scenario_paths(scenario_id)
    own = page_paths(f"{paths['self']}/graph", query.said(), None)
    return await _drawn(desk, picture, query, {**own, "scenario": paths["self"]})


async def draw_source(
    caller: Caller, desk: Desk, source: ScenarioSource, query: ProjectGraphQuery
) -> Graph | bytes:
    """Return the picture of what texts ask for that nobody has to keep.

    Raises:
        Refused: they have problems, or reading them took too long.
    """
    caller.check_may_read()
    if query.format != "json":
        return await desk.reading.picture(
            source, query.format, theme=query.theme, expand=query.expand
        )
    picture = _read(await desk.reading.picture(source, "json"))
    return await _drawn(desk, picture, query, {})


async def draw_project(caller: Caller, desk: Desk, query: ProjectGraphQuery) -> Graph | bytes:
    """Return the picture of everything in the project, whoever has made it.

    The cloud is asked with the caller's token, once for all of the project and with the same roles
    who ask meanwhile; what it does not list is told in the picture.

    Raises:
        Refused, CloudError: it gives no answer at all: see ``clouds_answer``.
    """
    caller.check_may_read()

    async def fetch() -> Picture:
        async with callers_cloud(caller, desk.settings) as cloud:
            return await operations.project_topology(cloud)

    with clouds_answer.told():
        picture = await desk.projects_drawn.join((caller.project_id, caller.roles), fetch)
    return await _drawn(desk, picture, query, page_paths("/v1/project/graph", query.said(), None))


async def _drawn(
    desk: Desk,
    picture: Picture,
    query: GraphQuery | ProjectGraphQuery,
    links: dict[str, str],
) -> Graph | bytes:
    if query.format != "json":
        return await desk.reading.picture(
            msgspec.json.encode(picture), query.format, theme=query.theme, expand=query.expand
        )
    return Graph(
        title=picture.title,
        parts=picture.parts,
        remarks={key: _graph_remark(each) for key, each in picture.remarks.items()},
        elsewhere=picture.elsewhere,
        notices=picture.notices,
        links=links_of(desk.public_url, links),
    )


def _graph_remark(remark: Remark) -> GraphRemark:
    return GraphRemark(
        change=remark.change.value,
        lines=remark.lines,
        stage=remark.stage.value if remark.stage else None,
        reason=remark.reason,
    )


async def _picture(caller: Caller, desk: Desk, scenario_id: UUID, overlay: str | None) -> Picture:
    if overlay is None:
        await desk.store(caller).scenarios.get(scenario_id)
        return await _asked_for(caller, desk, scenario_id)
    if overlay == "drift":
        return await _drifted(caller, desk, scenario_id)
    # Plans and runs can still be looked at when their scenario is gone.
    noun, id = _named(overlay)
    if noun == "plan":
        return await _planned(caller, desk, scenario_id, id)
    return await _under_way(caller, desk, scenario_id, id)


def _named(overlay: str) -> tuple[Literal["plan", "run"], UUID]:
    noun, _, text = overlay.partition(":")
    try:
        id = UUID(text)
    except ValueError:
        id = None
    if id is None or noun not in {"plan", "run"}:
        raise _refused(f"{overlay[:80]!r} is no overlay", "plan:ID, run:ID or drift")
    return ("plan" if noun == "plan" else "run"), id


async def _asked_for(caller: Caller, desk: Desk, scenario_id: UUID) -> Picture:
    """Return the picture of what the newest text asks for; also of a scenario that is gone."""
    revision = await desk.store(caller).scenarios.revision(scenario_id, None)
    return _read(await desk.reading.picture(revision.source, "json"))


async def _planned(caller: Caller, desk: Desk, scenario_id: UUID, plan_id: UUID) -> Picture:
    plans = desk.store(caller).plans
    plan = await plans.get(plan_id)
    if plan.scenario_id != scenario_id:
        raise _refused(f"plan {plan_id} is not of this scenario")
    picture = await plans.picture(plan_id)
    if picture is None:
        raise Refused("plan.not-ready", f"plan {plan_id} is {plan.state}, so there is no picture")
    return _read(picture)


async def _under_way(caller: Caller, desk: Desk, scenario_id: UUID, run_id: UUID) -> Picture:
    """Return the picture of a run's plan with how far the run is; before it, what is asked for."""
    store = desk.store(caller)
    run = await store.runs.get(run_id)
    if run.scenario_id != scenario_id:
        raise _refused(f"run {run_id} is not of this scenario")
    picture = await store.runs.picture(run_id)
    if picture is None:
        return await _asked_for(caller, desk, scenario_id)
    remarks = progress_of(await _events(caller, desk, run_id))
    return with_progress(_read(picture), by_owners(operations.KINDS, remarks))


async def _events(caller: Caller, desk: Desk, job_id: UUID) -> list[Event]:
    events: list[Event] = []
    place, store = Place(job_id=job_id), desk.store(caller)
    while more := await store.events.after(place, events[-1].seq if events else 0, _MANY):
        events += more
    return events


def progress_of(events: Iterable[Event]) -> dict[str, Remark]:
    """Return how far a run is with each address that it has begun with."""
    remarks: dict[str, Remark] = {}
    for event in events:
        if isinstance(event, TakenOver):
            # What was under way begins again; what had ended has ended.
            remarks = {
                key: each for key, each in remarks.items() if each.stage is not Stage.RUNNING
            }
        elif isinstance(event, StepStarted):
            remarks[event.address] = Remark(stage=Stage.RUNNING)
        elif isinstance(event, StepInDoubt):
            remarks[event.address] = Remark(stage=Stage.RUNNING, reason=event.reason)
        elif isinstance(event, StepEnded):
            before = remarks.get(event.address)
            # Of the halves of a replacement, a failure is told before what the other one did.
            if before is None or before.stage is not Stage.FAILED:
                remarks[event.address] = _ended(event)
    return remarks


def _ended(event: StepEnded) -> Remark:
    stages = {
        "done": Stage.DONE,
        "failed": Stage.FAILED,
        "skipped": Stage.SKIPPED,
        "stopped": Stage.SKIPPED,
    }
    reason = event.error.detail if event.error else ""
    if event.error and event.error.request_id:
        reason = f"{reason} ({event.error.request_id})"
    return Remark(stage=stages[event.result], reason=reason)


async def _drifted(caller: Caller, desk: Desk, scenario_id: UUID) -> Picture:
    """Return the picture of what is asked for, with what an apply would have to do for it."""
    scenario = await desk.store(caller).scenarios.get(scenario_id)
    picture = await _asked_for(caller, desk, scenario_id)
    resources = await _resources(caller, desk, scenario_id)
    remarks = by_owners(
        operations.KINDS,
        {each.address: _drift(each) for each in resources if each.condition in _CHANGES},
    )
    drawn = {part.key for part in picture.parts}
    beside = [
        f"{remark.change.symbol} {address}"
        for address, remark in remarks.items()
        if address not in drawn
    ]
    beside += [f"- {each.address}" for each in resources if each.condition == "unmanaged"]
    unchecked = () if scenario.checked_at else ("no run or check has looked at the cloud so far",)
    return Picture(
        parts=picture.parts,
        title=picture.title,
        remarks=remarks,
        elsewhere=tuple(beside),
        has_overlay=True,
        notices=unchecked,
    )


_CHANGES = {"changed": Change.UPDATE, "missing": Change.CREATE}


def _drift(resource: Resource) -> Remark:
    change = _CHANGES[resource.condition]
    if not all(each.in_place for each in resource.differences):
        change = Change.REPLACE
    return Remark(change=change, lines=tuple(map(_line, resource.differences)))


def _line(difference: FieldDifference) -> str:
    have, want = (
        msgspec.json.encode(value).decode() for value in (difference.have, difference.want)
    )
    return f"{difference.field}: {have} → {want}"


async def _resources(caller: Caller, desk: Desk, scenario_id: UUID) -> list[Resource]:
    resources: list[Resource] = []
    table = desk.store(caller).resources
    while more := await table.page(
        scenario_id,
        limit=_MANY,
        marker=resources[-1].address if resources else None,
        kind=None,
        condition=None,
    ):
        resources += more
    return resources


def _read(picture: bytes) -> Picture:
    return msgspec.json.decode(picture, type=Picture)


def _refused(detail: str, known: str = "") -> Refused:
    return Refused(
        "parameter.invalid",
        f"overlay: {detail}",
        hint=f"one of {known}" if known else "",
        source=Source(pointer="?overlay"),
    )
