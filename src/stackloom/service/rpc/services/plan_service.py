# SPDX-License-Identifier: Apache-2.0
"""Plans: what an apply or destroy would do."""

from __future__ import annotations

from collections.abc import AsyncIterator

from stackloom.service.operation import events, plans
from stackloom.service.operation.queries import EventQuery, PlanQuery
from stackloom.service.rpc.asked import Asked
from stackloom.service.rpc.method import Service
from stackloom.service.rpc.uuids import uuid_of
from stackloom.service.rpc.v1 import stackloom_pb2 as pb
from stackloom.wire.event import Event, EventPage
from stackloom.wire.plan import Plan, PlanCreate, PlanPage


async def _create(asked: Asked, request: pb.CreatePlanRequest) -> Plan:
    return await plans.create_plan(asked.caller, asked.desk, await asked.read(request, PlanCreate))


async def _list(asked: Asked, request: pb.ListPlansRequest) -> PlanPage:
    return await plans.list_plans(asked.caller, asked.desk, await asked.read(request, PlanQuery))


async def _get(asked: Asked, request: pb.PlanRef) -> Plan:
    return await plans.show_plan(asked.caller, asked.desk, uuid_of(request.id, "id"))


async def _cancel(asked: Asked, request: pb.PlanRef) -> Plan:
    return await plans.cancel_plan(asked.caller, asked.desk, uuid_of(request.id, "id"))


async def _list_events(asked: Asked, request: pb.ListEventsRequest) -> EventPage:
    id = uuid_of(request.id, "id")
    query = await asked.read(request, EventQuery, id=None)
    return await events.list_job_events(asked.caller, asked.desk, "plans", id, query)


async def _watch(asked: Asked, request: pb.WatchRequest) -> AsyncIterator[Event]:
    after = (await asked.read(request, EventQuery, id=None)).after
    id = uuid_of(request.id, "id")
    place = await events.job_place(asked.caller, asked.desk, "plans", id)
    return events.follow(asked.caller, asked.desk, place, after)


SERVICE = Service(
    name="PlanService",
    answering={
        "CreatePlan": _create,
        "ListPlans": _list,
        "GetPlan": _get,
        "CancelPlan": _cancel,
        "ListPlanEvents": _list_events,
    },
    streaming={"WatchPlan": _watch},
    making=frozenset({"CreatePlan"}),
)
