# SPDX-License-Identifier: Apache-2.0
"""The runs of a project: asked for, approved and cancelled here, carried out by workers."""

from __future__ import annotations

from uuid import UUID

import msgspec
from psycopg.rows import DictRow

from stackloom.service.database.plans import STATE
from stackloom.service.database.project import (
    Changing,
    Project,
    as_struct,
    check_marker,
    page_sql,
)
from stackloom.service.database.queue import check_room, enqueue, enqueued
from stackloom.service.refusal import Refused, changed_meanwhile, not_here
from stackloom.wire.plan import PlanStep
from stackloom.wire.run import Run, RunOperation, RunState

_SELECT = """
    select base.id, base.scenario_id, base.scenario_name, base.revision, base.operation,
           base.plan_id, base.state,
           (base.timestamps ->> base.state)::timestamptz as state_since, base.timestamps,
           base.counts, base.progress, base.is_partial, '{}'::json as actions, job.attempt,
           case when job.state in ('queued', 'active') and job.lease_until is null
                     and job.not_before > clock_timestamp() then job.not_before
           end as next_try_at,
           base.retry_of, base.error, job.global_request_id, base.created_at, base.created_by,
           job.last_seq
    from stackloom.runs as base join stackloom.jobs as job using (project_id, id)"""
_GET = f"{_SELECT} where base.project_id = %(project)s and base.id = %(id)s"
_FILTERS = """base.project_id = %(project)s
    and (%(scenario)s::uuid is null or base.scenario_id = %(scenario)s)
    and (%(state)s::text is null or base.state = %(state)s)"""
_PAGE = page_sql(_SELECT, _FILTERS, table="runs", newest_first=False)
_PAGE_NEWEST = page_sql(_SELECT, _FILTERS, table="runs", newest_first=True)
_SAVED = """
    select coalesce(run.saved, plan.saved) as saved
    from stackloom.runs as run left join stackloom.plans as plan
        on plan.project_id = run.project_id and plan.id = run.plan_id
    where run.project_id = %(project)s and run.id = %(id)s"""
_PICTURE = """
    select coalesce(run.picture, plan.picture) as picture
    from stackloom.runs as run left join stackloom.plans as plan
        on plan.project_id = run.project_id and plan.id = run.plan_id
    where run.project_id = %(project)s and run.id = %(id)s"""
_STEPS = "select steps from stackloom.runs where project_id = %(project)s and id = %(id)s"
_APPROVED = """
    select approved_at is not null or auto_approve as is_approved,
           auto_approve and plan_id is null as is_automatic, then_delete
    from stackloom.runs where project_id = %(project)s and id = %(id)s"""

_PLAN = f"""
    select base.scenario_id, base.operation, base.revision, {STATE} as state, run.id as run_id
    from stackloom.plans as base left join stackloom.runs as run
        on run.project_id = base.project_id and run.plan_id = base.id
    where base.project_id = %(project)s and base.id = %(id)s"""
_SCENARIO = """
    select name, revision from stackloom.scenarios
    where project_id = %(project)s and id = %(id)s and deleted_at is null"""
_INSERT = """
    insert into stackloom.runs (
        id, project_id, scenario_id, scenario_name, revision, newest_revision, operation, plan_id,
        auto_approve, then_delete, approved_at, approved_by, retry_of, created_by)
    values (%(id)s, %(project)s, %(scenario)s, %(name)s, %(revision)s, %(newest)s, %(operation)s,
            %(plan)s, %(auto_approve)s, %(then_delete)s,
            case when %(plan)s::uuid is not null then clock_timestamp() end,
            case when %(plan)s::uuid is not null then %(by)s end, %(retry_of)s, %(by)s)"""
_LAST_RUN = """
    update stackloom.scenarios set last_job_id = %(id)s
    where project_id = %(project)s and id = %(scenario)s"""

_STALE = """
    select scenario.revision <> run.newest_revision or scenario.deleted_at is not null as is_stale
    from stackloom.runs as run join stackloom.scenarios as scenario
        on scenario.project_id = run.project_id and scenario.id = run.scenario_id
    where run.project_id = %(project)s and run.id = %(id)s"""
_APPROVE = """
    select stackloom.approve_run(job, %(by)s)
    from stackloom.jobs as job where project_id = %(project)s and id = %(id)s"""
_FAIL_STALE = """
    select stackloom.fail_stale(job, %(detail)s)
    from stackloom.jobs as job where project_id = %(project)s and id = %(id)s"""
_CANCEL = """
    select stackloom.cancel_job(id) from stackloom.jobs
    where project_id = %(project)s and id = %(id)s"""


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about a run beforehand.

    Attributes:
        is_approved: it may go on without asking.
        is_automatic: whatever it turns out to do is approved, and not one plan that was looked at.
        then_delete: its scenario goes once this destroy has succeeded.
    """

    is_approved: bool
    is_automatic: bool
    then_delete: bool


class _Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is of."""

    scenario_id: UUID
    operation: RunOperation
    revision: int | None = None


class Runs:
    """Applies, destroys and checks."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def create(
        self,
        *,
        id: UUID,
        scenario_id: UUID | None,
        operation: RunOperation,
        auto_approve: bool,
        grant_id: UUID | None,
        sealed_secrets: bytes | None,
        by: str,
        global_request_id: str,
        plan_id: UUID | None = None,
        retry_of: UUID | None = None,
        then_delete: bool = False,
        seen_revision: int | None = None,
    ) -> Run:
        """Ask for a run of a plan, which says what is run, or of a scenario; workers are told.

        Args:
            then_delete: the scenario goes once this destroy has succeeded.
            seen_revision: of the scenario, where it must not have another one by now.

        Raises:
            Refused: there is no such plan or scenario; the plan is not ready, stale or used; the
                scenario has changed; or too much is waiting.
        """
        async with self._project.changing() as changing:
            if await changing.row(_GET, id=id) is not None:
                return await self.get(id)  # made by the same request, whose answer was lost
            await check_room(changing, self._project.limits)
            if plan_id is not None:
                subject = await _of_plan(changing, plan_id)
            else:
                assert scenario_id is not None, "a run is of a plan or of a scenario"
                subject = _Subject(scenario_id=scenario_id, operation=operation)
            scenario = await changing.row(_SCENARIO, id=subject.scenario_id)
            if scenario is None:
                raise not_here("scenario", subject.scenario_id)
            if seen_revision not in (None, scenario["revision"]):
                raise changed_meanwhile(scenario["name"], scenario["revision"], seen_revision)
            await enqueue(
                changing,
                id=id,
                scenario_id=subject.scenario_id,
                kind="run",
                grant_id=grant_id,
                sealed_secrets=sealed_secrets,
                global_request_id=global_request_id,
            )
            await changing.do(
                _INSERT,
                id=id,
                scenario=subject.scenario_id,
                name=scenario["name"],
                revision=subject.revision or scenario["revision"],
                newest=scenario["revision"],
                operation=subject.operation,
                plan=plan_id,
                auto_approve=auto_approve,
                then_delete=then_delete,
                retry_of=retry_of,
                by=by,
            )
            await changing.do(_LAST_RUN, id=id, scenario=subject.scenario_id)
            await enqueued(changing, id, "queued")
        return await self.get(id)

    async def get(self, id: UUID) -> Run:
        """Return one.

        Raises:
            Refused: there is none of this id in the project.
        """
        return as_struct(await self._one(_GET, id), Run)

    async def page(
        self,
        *,
        limit: int,
        marker: UUID | None = None,
        scenario_id: UUID | None = None,
        state: RunState | None = None,
        newest_first: bool = False,
    ) -> list[Run]:
        """Return some in the order in which they were asked for.

        Raises:
            Refused: there is no run *marker*.
        """
        found = await self._project.rows(
            _PAGE_NEWEST if newest_first else _PAGE,
            limit=limit,
            marker=marker,
            scenario=scenario_id,
            state=state,
        )
        if not found and marker is not None:
            await check_marker(self._project, "runs", marker)
        return [as_struct(each, Run) for each in found]

    async def approval(self, id: UUID) -> Approval:
        """Return what was said about it beforehand."""
        return as_struct(await self._one(_APPROVED, id), Approval)

    async def saved(self, id: UUID) -> str | None:
        """Return the engine's saved plan; None until there is one."""
        saved: str | None = (await self._one(_SAVED, id))["saved"]
        return saved

    async def picture(self, id: UUID) -> bytes | None:
        """Return the picture of what it does; None until it is planned."""
        picture: bytes | None = (await self._one(_PICTURE, id))["picture"]
        return picture

    async def steps(self, id: UUID) -> tuple[PlanStep, ...]:
        """Return what it does, as it was planned last; empty until it is planned."""
        return as_struct((await self._one(_STEPS, id))["steps"], tuple[PlanStep, ...])

    async def approve(self, id: UUID, by: str) -> Run:
        """Let a run go on that awaits it.

        Raises:
            Refused: there is none, it awaits nothing, or its scenario has another text by now, in
                which case it has failed.
        """
        async with self._project.changing() as changing:
            run = await self._in(changing, id)
            if run["state"] != "awaiting_approval":
                raise _not_possible(id, run["state"], "approved")
            found = await changing.row(_STALE, id=id)
            is_stale = found is None or bool(found["is_stale"])
            stale = f"the scenario has another text since run {id} was planned"
            if is_stale:
                await changing.row(_FAIL_STALE, id=id, detail=stale)
            else:
                await changing.row(_APPROVE, id=id, by=by)
        if is_stale:
            raise Refused("plan.stale", stale, hint="start another run")
        return await self.get(id)

    async def cancel(self, id: UUID) -> Run:
        """Stop it: at once where nobody works on it, else its worker is told.

        Raises:
            Refused: there is none, or it has ended.
        """
        async with self._project.changing() as changing:
            run = await self._in(changing, id)
            if run["state"] in {"succeeded", "failed", "cancelled"}:
                raise _not_possible(id, run["state"], "cancelled")
            await changing.row(_CANCEL, id=id)
        return await self.get(id)

    async def _in(self, changing: Changing, id: UUID) -> DictRow:
        found = await changing.row(_GET, id=id)
        if found is None:
            raise not_here("run", id)
        return found

    async def _one(self, sql: str, id: UUID) -> DictRow:
        found = await self._project.row(sql, id=id)
        if found is None:
            raise not_here("run", id)
        return found


async def _of_plan(changing: Changing, id: UUID) -> _Subject:
    """Return what a plan is of, if it may be carried out."""
    plan = await changing.row(_PLAN, id=id)
    if plan is None:
        raise not_here("plan", id)
    if plan["run_id"] is not None:
        raise Refused(
            "plan.used",
            f"run {plan['run_id']} has carried out plan {id} already",
            hint="plan again, or retry that run",
        )
    if plan["state"] == "expired":
        raise Refused(
            "plan.stale",
            f"plan {id} has expired: it is too old, its scenario has another text, or a run of it "
            "has ended since",
            hint="plan again, look at it, and run that",
        )
    if plan["state"] != "ready" or plan["scenario_id"] is None:
        why = (
            f"it is {plan['state']}"
            if plan["state"] != "ready"
            else "its text was sent along and is not kept"
        )
        raise Refused(
            "plan.not-ready",
            f"plan {id} cannot be carried out: {why}",
            hint="wait until it is ready; a text has to become a scenario first",
        )
    return _Subject(
        scenario_id=plan["scenario_id"], operation=plan["operation"], revision=plan["revision"]
    )


def _not_possible(id: UUID, state: str, wish: str) -> Refused:
    return Refused("run.not-possible", f"run {id} is {state.replace('_', ' ')}: not to be {wish}")
