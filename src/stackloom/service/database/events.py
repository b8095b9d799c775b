# SPDX-License-Identifier: Apache-2.0
"""What happened in a project, in its order. Rows are written by SQL functions, and never change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from psycopg.rows import DictRow

from stackloom.service.database.endings import as_row
from stackloom.service.database.project import Project
from stackloom.wire.event import Event

_COLUMNS = """
    select job_id, scenario_id, seq, position, at, body from stackloom.events"""
_OF_JOB = f"""{_COLUMNS}
    where project_id = %(project)s and job_id = %(job)s and seq > %(after)s
    order by seq limit %(limit)s"""
_OF_SCENARIO = f"""{_COLUMNS}
    where project_id = %(project)s and scenario_id = %(scenario)s and position > %(after)s
    order by position limit %(limit)s"""
_OF_PROJECT = f"""{_COLUMNS}
    where project_id = %(project)s and position > %(after)s
    order by position limit %(limit)s"""
_LAST = "select last_position from stackloom.projects where id = %(project)s"
_IS_OVER = """
    select state = 'ended' as is_over from stackloom.jobs
    where project_id = %(project)s and id = %(job)s"""

# What the row says anyway.
_ROW_FIELDS = ("seq", "position", "job_id", "scenario_id")
ENDINGS = frozenset({"succeeded", "failed", "cancelled", "ready", "expired"})
"""A ``job_state`` with one of these is the last event of its job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where events are: one job, one scenario, or (neither) a whole project.

    Counted by ``seq`` in a job, by ``position`` elsewhere.
    """

    job_id: UUID | None = None
    scenario_id: UUID | None = None

    def number(self, event: Event) -> int:
        """Return the number of an event, as it is counted here."""
        return event.position if self.job_id is None else event.seq

    def holds(self, event: Event) -> bool:
        """Return whether it is one of those."""
        if self.job_id is not None:
            return event.job_id == self.job_id
        return self.scenario_id is None or event.scenario_id == self.scenario_id


class ProjectEvents:
    """The events of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def after(self, place: Place, seq: int, limit: int) -> tuple[Event, ...]:
        """Return those after *seq*, in order; *limit* at most."""
        if place.job_id is not None:
            sql = _OF_JOB
        else:
            sql = _OF_PROJECT if place.scenario_id is None else _OF_SCENARIO
        found = await self._project.rows(
            sql, job=place.job_id, scenario=place.scenario_id, after=seq, limit=limit
        )
        return tuple(_event(each) for each in found)

    async def last_position(self) -> int:
        """Return the position of the project's last event; 0 where there is none."""
        found = await self._project.row(_LAST)
        return 0 if found is None else int(found["last_position"])

    async def is_over(self, job_id: UUID) -> bool:
        """Return whether a run or plan has ended: no event of it comes any more."""
        found = await self._project.row(_IS_OVER, job=job_id)
        return found is not None and bool(found["is_over"])


def is_last(event: Event) -> bool:
    """Return whether an event is the last one of its job."""
    return getattr(event, "state", None) in ENDINGS


def bodies_of(events: Sequence[Event]) -> list[str]:
    """Return events as the rows that a job's ``tell`` takes; their numbers are given there."""
    bodies = []
    for event in events:
        body = msgspec.to_builtins(event)
        for name in _ROW_FIELDS:
            del body[name]
        bodies.append(as_row(body))
    return bodies


def _event(row: DictRow) -> Event:
    fields = {name: value for name, value in row.items() if name != "body"}
    event: Event = msgspec.convert({**row["body"], **fields}, Event)
    return event
