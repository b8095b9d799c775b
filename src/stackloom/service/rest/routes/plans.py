# SPDX-License-Identifier: Apache-2.0
"""Plans: what an apply or destroy would do."""

from __future__ import annotations

from uuid import UUID

import msgspec

from stackloom.service.operation import plans
from stackloom.service.operation.queries import PlanQuery
from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.conditions import etag_of
from stackloom.service.rest.route import Who, route
from stackloom.wire.plan import Plan, PlanCreate, PlanPage


@route(
    "POST",
    "/v1/plans",
    who=Who.MEMBER,
    status=202,
    refusals=(
        "scenario.invalid",
        "secret.missing",
        "grant.not-delegable",
        "queue.full",
        "reading.took-too-long",
        "busy",
    ),
    has_location=True,
    is_repeatable=True,
)
async def create_plan(asked: Asked, *, body: PlanCreate) -> Answer[Plan]:
    """Ask for a plan of a scenario, or of a text that the service need not keep.

    It is made by a worker: ask for it again, or follow its events, until it is ``ready``.
    """
    plan = await plans.create_plan(asked.caller, asked.desk, body)
    return Answer(body=plan, location=f"/v1/plans/{plan.id}")


@route("GET", "/v1/plans", who=Who.READER)
async def list_plans(asked: Asked, *, query: PlanQuery) -> PlanPage:
    """List the plans of the project, without their steps."""
    return await plans.list_plans(asked.caller, asked.desk, query)


@route("GET", "/v1/plans/{plan_id}", who=Who.READER, has_etag=True)
async def show_plan(asked: Asked, *, plan_id: UUID) -> Answer[Plan]:
    """Show a plan with every step."""
    content = msgspec.json.encode(await plans.show_plan(asked.caller, asked.desk, plan_id))
    return Answer(body=content, etag=etag_of(content))


@route("DELETE", "/v1/plans/{plan_id}", who=Who.MEMBER, status=204, refusals=("plan.in-use",))
async def cancel_plan(asked: Asked, *, plan_id: UUID) -> None:
    """Call a plan off; it is still shown, as ``cancelled``."""
    await plans.cancel_plan(asked.caller, asked.desk, plan_id)


ROUTES = (create_plan, list_plans, show_plan, cancel_plan)
