# SPDX-License-Identifier: Apache-2.0
"""The plans of a project: asked for here, made by workers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow

from stackloom.service.database.project import (
    Project,
    as_json,
    as_struct,
    check_marker,
    page_sql,
)
from stackloom.service.database.queue import check_room, enqueue, enqueued
from stackloom.service.refusal import Refused, not_here
from stackloom.wire.plan import Plan, PlanOperation, PlanState
from stackloom.wire.scenario import ScenarioSource

# A plan that nobody carried out for a day is not to be believed; nobody has to be there to say so.
STATE = """case when base.state = 'ready' and base.expires_at <= clock_timestamp()
    then 'expired' else base.state end"""
_COLUMNS = f"""
    select base.id, base.scenario_id, base.scenario_name, base.revision, base.operation,
           {STATE} as state, base.counts, base.warnings, base.error, base.created_at,
           base.created_by, base.ready_at, base.expires_at, run.id as run_id, job.last_seq"""
_FROM = """
    from stackloom.plans as base
        join stackloom.jobs as job using (project_id, id)
        left join stackloom.runs as run
            on run.project_id = base.project_id and run.plan_id = base.id"""
_GET = f"""{_COLUMNS}, base.steps {_FROM}
    where base.project_id = %(project)s and base.id = %(id)s"""
_FILTERS = f"""base.project_id = %(project)s
    and (%(scenario)s::uuid is null or base.scenario_id = %(scenario)s)
    and (%(state)s::text is null or {STATE} = %(state)s)"""
_WITHOUT_STEPS = f"{_COLUMNS}, '[]'::json as steps {_FROM}"
_PAGE = page_sql(_WITHOUT_STEPS, _FILTERS, table="plans", newest_first=False)
_PAGE_NEWEST = page_sql(_WITHOUT_STEPS, _FILTERS, table="plans", newest_first=True)
_SOURCE = """
    select source from stackloom.plans
    where project_id = %(project)s and id = %(id)s and source is not null"""
_SAVED = "select saved from stackloom.plans where project_id = %(project)s and id = %(id)s"
_PICTURE = "select picture from stackloom.plans where project_id = %(project)s and id = %(id)s"

# With the scenario as it is now, so that it shows whether it has moved once the plan is ready.
_INSERT = """
    insert into stackloom.plans (
        id, project_id, scenario_id, scenario_name, revision, newest_revision, source, operation,
        serial, created_by, expires_at)
    select %(id)s, %(project)s, %(scenario)s::uuid, %(scenario_name)s, %(revision)s,
           scenario.revision, %(source)s, %(operation)s, coalesce(scenario.serial, 0), %(by)s,
           %(expires_at)s
    from (select 1) as one left join stackloom.scenarios as scenario
        on scenario.project_id = %(project)s and scenario.id = %(scenario)s::uuid"""
_SCENARIO = """
    select id from stackloom.scenarios
    where project_id = %(project)s and id = %(id)s and deleted_at is null"""

_RUN_UNDER_WAY = """
    select run.id from stackloom.runs as run join stackloom.jobs as job using (project_id, id)
    where run.project_id = %(project)s and run.plan_id = %(id)s and job.state <> 'ended'"""
_CANCEL = """
    select stackloom.cancel_job(id) from stackloom.jobs
    where project_id = %(project)s and id = %(id)s"""
_CANCEL_READY = """
    update stackloom.plans set state = 'cancelled'
    where project_id = %(project)s and id = %(id)s and state = 'ready'"""


class Plans:
    """What applies and destroys would do."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def create(
        self,
        *,
        id: UUID,
        scenario_id: UUID | None,
        scenario_name: str,
        revision: int | None,
        source: ScenarioSource | None,
        operation: PlanOperation,
        grant_id: UUID | None,
        sealed_secrets: bytes | None,
        by: str,
        global_request_id: str,
        expires_at: datetime,
    ) -> Plan:
        """Ask for a plan, of a scenario or of *source*; workers are told.

        Raises:
            Refused: there is no such scenario, or too much is waiting.
        """
        async with self._project.changing() as changing:
            if await changing.row(_GET, id=id) is not None:
                return await self.get(id)  # made by the same request, whose answer was lost
            await check_room(changing, self._project.limits)
            if scenario_id is not None and await changing.row(_SCENARIO, id=scenario_id) is None:
                raise not_here("scenario", scenario_id)
            await enqueue(
                changing,
                id=id,
                scenario_id=scenario_id,
                kind="plan",
                grant_id=grant_id,
                sealed_secrets=sealed_secrets,
                global_request_id=global_request_id,
            )
            await changing.do(
                _INSERT,
                id=id,
                scenario=scenario_id,
                scenario_name=scenario_name,
                revision=revision,
                source=None if source is None else as_json(source),
                operation=operation,
                by=by,
                expires_at=expires_at,
            )
            await enqueued(changing, id, "pending")
        return await self.get(id)

    async def get(self, id: UUID) -> Plan:
        """Return one with its steps.

        Raises:
            Refused: there is none of this id in the project.
        """
        return as_struct(await self._one(_GET, id), Plan)

    async def page(
        self,
        *,
        limit: int,
        marker: UUID | None = None,
        scenario_id: UUID | None = None,
        state: PlanState | None = None,
        newest_first: bool = False,
    ) -> list[Plan]:
        """Return some without their steps, in the order in which they were asked for.

        Raises:
            Refused: there is no plan *marker*.
        """
        found = await self._project.rows(
            _PAGE_NEWEST if newest_first else _PAGE,
            limit=limit,
            marker=marker,
            scenario=scenario_id,
            state=state,
        )
        if not found and marker is not None:
            await check_marker(self._project, "plans", marker)
        return [as_struct(each, Plan) for each in found]

    async def source(self, id: UUID) -> ScenarioSource | None:
        """Return the text that was sent along; None for a plan of a scenario."""
        found = await self._project.row(_SOURCE, id=id)
        return None if found is None else as_struct(found["source"], ScenarioSource)

    async def saved(self, id: UUID) -> str | None:
        """Return the engine's saved plan; None until it is ready."""
        saved: str | None = (await self._one(_SAVED, id))["saved"]
        return saved

    async def picture(self, id: UUID) -> bytes | None:
        """Return the picture of it; None until it is ready."""
        picture: bytes | None = (await self._one(_PICTURE, id))["picture"]
        return picture

    async def cancel(self, id: UUID) -> Plan:
        """Call it off, be it made or not; nothing happens to one that is over.

        Raises:
            Refused: there is none, or a run carries it out.
        """
        async with self._project.changing() as changing:
            run = await changing.row(_RUN_UNDER_WAY, id=id)
            if run is not None:
                raise Refused(
                    "plan.in-use",
                    f"run {run['id']} carries out plan {id}",
                    hint="cancel the run instead",
                )
            await changing.do(_CANCEL_READY, id=id)
            await changing.do(_CANCEL, id=id)
        return await self.get(id)

    async def _one(self, sql: str, id: UUID) -> DictRow:
        found = await self._project.row(sql, id=id)
        if found is None:
            raise not_here("plan", id)
        return found
