# SPDX-License-Identifier: Apache-2.0
"""Runs: applies, destroys and checks under way, and those that have ended; what happens in them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from stackloom.service.operation import events, runs
from stackloom.service.operation.queries import EventQuery, ProjectEventQuery, RunQuery
from stackloom.service.rpc.asked import Asked
from stackloom.service.rpc.method import Service
from stackloom.service.rpc.uuids import uuid_of
from stackloom.service.rpc.v1 import stackloom_pb2 as pb
from stackloom.wire.event import Event, EventPage
from stackloom.wire.run import Nothing, Retry, Run, RunAction, RunCreate, RunPage


async def _create(asked: Asked, request: pb.CreateRunRequest) -> Run:
    return await runs.create_run(asked.caller, asked.desk, await asked.read(request, RunCreate))


async def _list(asked: Asked, request: pb.ListRunsRequest) -> RunPage:
    return await runs.list_runs(asked.caller, asked.desk, await asked.read(request, RunQuery))


async def _get(asked: Asked, request: pb.RunRef) -> Run:
    return await runs.show_run(asked.caller, asked.desk, uuid_of(request.id, "id"))


async def _approve(asked: Asked, request: pb.RunRef) -> Run:
    return await _act(asked, request.id, RunAction(approve=Nothing()))


async def _cancel(asked: Asked, request: pb.RunRef) -> Run:
    return await _act(asked, request.id, RunAction(cancel=Nothing()))


async def _retry(asked: Asked, request: pb.RetryRunRequest) -> Run:
    return await _act(asked, request.id, RunAction(retry=await asked.read(request, Retry, id=None)))


async def _act(asked: Asked, id: str, action: RunAction) -> Run:
    return await runs.act_on_run(asked.caller, asked.desk, uuid_of(id, "id"), action)


async def _list_events(asked: Asked, request: pb.ListEventsRequest) -> EventPage:
    id = uuid_of(request.id, "id")
    query = await asked.read(request, EventQuery, id=None)
    return await events.list_job_events(asked.caller, asked.desk, "runs", id, query)


async def _watch(asked: Asked, request: pb.WatchRequest) -> AsyncIterator[Event]:
    after = (await asked.read(request, EventQuery, id=None)).after
    id = uuid_of(request.id, "id")
    place = await events.job_place(asked.caller, asked.desk, "runs", id)
    return events.follow(asked.caller, asked.desk, place, after)


async def _list_project(asked: Asked, request: pb.ListProjectEventsRequest) -> EventPage:
    query = await asked.read(request, ProjectEventQuery)
    return await events.list_project_events(asked.caller, asked.desk, query)


async def _watch_project(asked: Asked, request: pb.WatchProjectRequest) -> AsyncIterator[Event]:
    query = await asked.read(request, ProjectEventQuery)
    place = await events.project_place(asked.caller, asked.desk, query.scenario_id)
    return events.follow(asked.caller, asked.desk, place, query.after)


SERVICE = Service(
    name="RunService",
    answering={
        "CreateRun": _create,
        "ListRuns": _list,
        "GetRun": _get,
        "ApproveRun": _approve,
        "CancelRun": _cancel,
        "RetryRun": _retry,
        "ListRunEvents": _list_events,
        "ListProjectEvents": _list_project,
    },
    streaming={"WatchRun": _watch, "WatchProject": _watch_project},
    making=frozenset({"CreateRun", "ApproveRun", "CancelRun", "RetryRun"}),
)
