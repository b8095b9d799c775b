# SPDX-License-Identifier: Apache-2.0
"""Events: a page of them, or all as they happen, at the same address."""

from __future__ import annotations

import re
from typing import TypeVar
from uuid import UUID

import msgspec

from stackloom.service.database.events import Place
from stackloom.service.identity.identities import is_still_welcome
from stackloom.service.operation import events
from stackloom.service.operation.queries import EventQuery, ProjectEventQuery
from stackloom.service.refusal import Refused
from stackloom.service.rest.accept import chosen
from stackloom.service.rest.answer import JSON, Answer, Stream
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.route import Who, route
from stackloom.service.rest.stream import LINES, SSE, Number, Reader, stream_of
from stackloom.service.rest.tokens import token_of
from stackloom.wire.event import EventPage

_FORMATS = (JSON, LINES, SSE)
_QueryT = TypeVar("_QueryT", EventQuery, ProjectEventQuery)
_NUMBER = re.compile(r"[0-9]{1,18}")


@route("GET", "/v1/runs/{run_id}/events", who=Who.READER, media_types=_FORMATS)
async def list_run_events(
    asked: Asked, *, run_id: UUID, query: EventQuery
) -> Answer[EventPage] | Stream:
    """List or watch the events of a run.

    ``application/json`` is a page. ``text/event-stream`` and ``application/jsonl`` tell what has
    happened after ``after`` (or the header ``Last-Event-ID``) and then what happens, until the run
    is over: the former ends with ``event: end``, or with ``event: unauthorized`` where the token
    ends first.
    """
    query = _after_last_seen(asked, query)
    if wanted := _wanted(asked):
        place = await events.job_place(asked.caller, asked.desk, "runs", run_id)
        return _stream(asked, place, wanted, query.after, "seq")
    page = await events.list_job_events(asked.caller, asked.desk, "runs", run_id, query)
    return Answer(body=page)


@route("GET", "/v1/plans/{plan_id}/events", who=Who.READER, media_types=_FORMATS)
async def list_plan_events(
    asked: Asked, *, plan_id: UUID, query: EventQuery
) -> Answer[EventPage] | Stream:
    """List or watch the events of a plan, as those of a run."""
    query = _after_last_seen(asked, query)
    if wanted := _wanted(asked):
        place = await events.job_place(asked.caller, asked.desk, "plans", plan_id)
        return _stream(asked, place, wanted, query.after, "seq")
    page = await events.list_job_events(asked.caller, asked.desk, "plans", plan_id, query)
    return Answer(body=page)


@route("GET", "/v1/events", who=Who.READER, media_types=_FORMATS)
async def list_events(asked: Asked, *, query: ProjectEventQuery) -> Answer[EventPage] | Stream:
    """List or watch the events of the whole project, or of one scenario of it.

    As those of a run, but they are counted by ``position``, and there is no end.
    """
    query = _after_last_seen(asked, query)
    if wanted := _wanted(asked):
        place = await events.project_place(asked.caller, asked.desk, query.scenario_id)
        return _stream(asked, place, wanted, query.after, "position")
    return Answer(body=await events.list_project_events(asked.caller, asked.desk, query))


def _wanted(asked: Asked) -> str:
    """Return the kind of stream that is asked for, "" for a page."""
    wanted = chosen(asked.header("accept"), _FORMATS)
    return "" if wanted == JSON else wanted


def _stream(asked: Asked, place: Place, media_type: str, after: int, number: Number) -> Stream:
    return stream_of(
        events.follow(asked.caller, asked.desk, place, after),
        media_type,
        number=number,
        streams=asked.context.streams,
        reader=Reader(
            project_id=asked.caller.project_id,
            until=asked.caller.expires_at,
            is_welcome=lambda: is_still_welcome(
                asked.context.identities, token_of(asked), asked.caller
            ),
        ),
    )


def _after_last_seen(asked: Asked, query: _QueryT) -> _QueryT:
    """Return *query* from the last event on that the reader has: what a browser says goes first."""
    if "last-event-id" not in asked.headers:
        return query
    header = asked.header("last-event-id")
    if not _NUMBER.fullmatch(header):
        raise Refused("header.invalid", f"Last-Event-ID: {header[:40]!r} is no number of an event")
    return msgspec.structs.replace(query, after=int(header))


ROUTES = (list_run_events, list_plan_events, list_events)
