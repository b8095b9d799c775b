# SPDX-License-Identifier: Apache-2.0
"""Runs: applies, destroys and checks under way, and those that have ended."""

from __future__ import annotations

from uuid import UUID

import msgspec

from stackloom.service.operation import runs
from stackloom.service.operation.queries import RunQuery
from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.conditions import etag_of
from stackloom.service.rest.route import Who, route
from stackloom.wire.run import Run, RunAction, RunCreate, RunPage


@route(
    "POST",
    "/v1/runs",
    who=Who.MEMBER,
    status=202,
    refusals=(
        "plan.not-ready",
        "plan.stale",
        "plan.used",
        "secret.missing",
        "scenario.invalid",
        "grant.not-delegable",
        "queue.full",
        "reading.took-too-long",
        "busy",
    ),
    has_location=True,
    is_repeatable=True,
)
async def create_run(asked: Asked, *, body: RunCreate) -> Answer[Run]:
    """Carry out a plan, or whatever a scenario needs by now.

    Of a scenario it plans first, and waits for ``approve`` unless ``auto_approve`` is given.
    """
    run = await runs.create_run(asked.caller, asked.desk, body)
    return Answer(body=run, location=f"/v1/runs/{run.id}")


@route("GET", "/v1/runs", who=Who.READER)
async def list_runs(asked: Asked, *, query: RunQuery) -> RunPage:
    """List the runs of the project."""
    return await runs.list_runs(asked.caller, asked.desk, query)


@route("GET", "/v1/runs/{run_id}", who=Who.READER, has_etag=True)
async def show_run(asked: Asked, *, run_id: UUID) -> Answer[Run]:
    """Show a run: its state, how far it is, and what may be done with it."""
    content = msgspec.json.encode(await runs.show_run(asked.caller, asked.desk, run_id))
    # Not by state and events alone: what may be done with it depends on who asks, and when it is
    # tried again passes by itself.
    return Answer(body=content, etag=etag_of(content))


@route(
    "POST",
    "/v1/runs/{run_id}/actions",
    who=Who.MEMBER,
    status=202,
    refusals=("run.not-possible", "secret.missing", "grant.not-delegable", "queue.full"),
    has_location=True,
    is_repeatable=True,
)
async def act_on_run(asked: Asked, *, run_id: UUID, body: RunAction) -> Answer[Run]:
    """Approve, cancel or retry a run.

    ``retry`` makes a new run, to which ``Location`` leads.
    """
    run = await runs.act_on_run(asked.caller, asked.desk, run_id, body)
    return Answer(body=run, location=f"/v1/runs/{run.id}")


ROUTES = (create_run, list_runs, show_run, act_on_run)
