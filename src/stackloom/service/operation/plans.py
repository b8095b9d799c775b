# SPDX-License-Identifier: Apache-2.0
"""Plans: asked for, shown, called off. A worker makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from stackloom.service.identity.caller import Caller
from stackloom.service.new_id import new_id
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.links import links_of, page_paths, plan_paths
from stackloom.service.operation.paging import cut
from stackloom.service.operation.queries import NEWEST_FIRST, PlanQuery
from stackloom.service.operation.rights import job_rights
from stackloom.service.operation.sources import read_with_secrets
from stackloom.service.refusal import Refused
from stackloom.service.sealed import seal_secrets
from stackloom.wire.plan import Plan, PlanCreate, PlanPage
from stackloom.wire.problem import Source
from stackloom.wire.scenario import ScenarioSource


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What is to be planned; *source* only where the service does not keep it."""

    name: str
    scenario_id: UUID | None = None
    revision: int | None = None
    source: ScenarioSource | None = None


async def create_plan(caller: Caller, desk: Desk, request: PlanCreate) -> Plan:
    """Ask for a plan of a scenario, or of a text that is not kept.

    Raises:
        Refused: the text has problems, a secret is missing, too much is waiting, or the caller's
            token cannot hand rights on.
    """
    caller.check_may_change()
    subject = await _subject(caller, desk, request)
    id = new_id()
    expires_at = datetime.now(UTC) + timedelta(hours=desk.settings.runs.plan_hours)
    async with job_rights(caller, desk, request.credential) as grant:
        plan = await desk.store(caller).plans.create(
            id=id,
            scenario_id=subject.scenario_id,
            scenario_name=subject.name,
            revision=subject.revision,
            source=subject.source,
            operation=request.operation,
            grant_id=grant.id,
            sealed_secrets=seal_secrets(
                desk.seal, request.secrets, project_id=caller.project_id, job_id=id
            ),
            by=caller.user_id,
            global_request_id=caller.global_request_id,
            expires_at=expires_at,
        )
    return linked_plan(desk, plan)


async def _subject(caller: Caller, desk: Desk, request: PlanCreate) -> _Subject:
    if (request.scenario_id is None) == (request.source is None):
        raise Refused(
            "body.invalid",
            "a plan is of a scenario or of a source: give one of scenario_id and source",
            source=Source(pointer="$.scenario_id"),
        )
    if request.scenario_id is not None:
        scenarios = desk.store(caller).scenarios
        scenario = await scenarios.get(request.scenario_id)
        found = await scenarios.revision(scenario.id, request.revision)
        await check_secrets(desk, found.source, request.operation, request.secrets)
        return _Subject(name=scenario.name, scenario_id=scenario.id, revision=found.number)
    assert request.source is not None, "one of the two was given"
    if request.revision is not None:
        raise Refused(
            "body.invalid",
            "a text that is sent along has no revisions",
            hint="leave revision out, or give scenario_id",
            source=Source(pointer="$.revision"),
        )
    validation = await read_with_secrets(desk, request.source, request.secrets)
    return _Subject(name=validation.name, source=request.source)


async def check_secrets(
    desk: Desk, source: ScenarioSource, operation: str, secrets: Mapping[str, str]
) -> None:
    """Check the values of secret variables that come with a plan or run of a scenario.

    Raises:
        Refused: they are not those that the scenario has, or it cannot be read with them.
    """
    if operation == "destroy":
        # What is destroyed is known by its marks; nothing is read.
        if secrets:
            raise Refused(
                "body.invalid",
                "a destroy needs no secrets",
                hint="leave them out",
                source=Source(pointer="$.secrets"),
            )
        return
    await read_with_secrets(desk, source, secrets)


async def list_plans(caller: Caller, desk: Desk, query: PlanQuery) -> PlanPage:
    """Return some of the project's plans, without their steps."""
    caller.check_may_read()
    rows = await desk.store(caller).plans.page(
        limit=query.limit + 1,
        marker=query.marker,
        scenario_id=query.scenario_id,
        state=query.state,
        newest_first=query.sort == NEWEST_FIRST,
    )
    shown, marker = cut(rows, query.limit, lambda row: row.id)
    return PlanPage(
        plans=tuple(linked_plan(desk, each) for each in shown),
        links=links_of(desk.public_url, page_paths("/v1/plans", query.said(), marker)),
    )


async def show_plan(caller: Caller, desk: Desk, id: UUID) -> Plan:
    """Return one plan with all its steps."""
    caller.check_may_read()
    return linked_plan(desk, await desk.store(caller).plans.get(id))


async def cancel_plan(caller: Caller, desk: Desk, id: UUID) -> Plan:
    """Call a plan off, be it made already or not.

    Raises:
        Refused: a run carries it out.
    """
    caller.check_may_change()
    return linked_plan(desk, await desk.store(caller).plans.cancel(id))


def linked_plan(desk: Desk, plan: Plan) -> Plan:
    """Return a plan with its links."""
    return msgspec.structs.replace(plan, links=links_of(desk.public_url, plan_paths(plan)))
