# SPDX-License-Identifier: Apache-2.0
"""What happened, in the order in which it happened, once and for ever.

Whoever reads events shows ``message`` for a ``type`` that they do not know.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from stackloom.errors import Problem
from stackloom.wire.links import Links
from stackloom.wire.plan import Counts, FieldDifference
from stackloom.wire.resource import ResourceCondition
from stackloom.wire.words import Instant, Json

Action = Literal["create", "update", "delete", "keep"]


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all events have.

    Attributes:
        seq: counts from 1 within its job (a run or plan), without gaps.
        position: counts from 1 within the project, without gaps.
        job_id: the run or plan that it is of.
        message: the same in words.
    """

    seq: int
    position: int
    at: Instant
    job_id: UUID
    scenario_id: UUID | None
    message: str


class JobState(_Event, frozen=True, kw_only=True, tag="job_state"):
    """A run or plan came into another state; *reason* is "" where it needs none."""

    state: str
    reason: str = ""


class PlanReady(_Event, frozen=True, kw_only=True, tag="plan_ready"):
    """It is known what would be done."""

    counts: Counts


class StepStarted(_Event, frozen=True, kw_only=True, tag="step_started"):
    """The first request of a step is about to go out."""

    address: str
    action: Action


class StepInDoubt(_Event, frozen=True, kw_only=True, tag="step_in_doubt"):
    """An answer was lost; the cloud is looked at before anything is sent again."""

    address: str
    action: Action
    reason: str


class StepAccepted(_Event, frozen=True, kw_only=True, tag="step_accepted"):
    """The cloud has made it, and it is not usable yet."""

    address: str
    cloud_id: str


class StepError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a step failed.

    Attributes:
        code: ``engine.conflict``, ...
        status: of the cloud's answer; 0 where there was none.
        service: its type in the catalog; "" where no request failed.
        request_id: under which the cloud's service logged it.
    """

    code: str
    detail: str
    hint: str = ""
    status: int = 0
    service: str = ""
    method: str = ""
    request_id: str = ""


class StepEnded(_Event, frozen=True, kw_only=True, tag="step_ended"):
    """A step is over.

    Attributes:
        blamed: the failed step that it waited for, where it was skipped.
    """

    address: str
    action: Action
    result: Literal["done", "failed", "skipped", "stopped"]
    seconds: float
    cloud_id: str | None = None
    error: StepError | None = None
    blamed: str | None = None


class TakenOver(_Event, frozen=True, kw_only=True, tag="taken_over"):
    """Another worker goes on with it; steps may begin again after this."""

    attempt: int


class Drift(_Event, frozen=True, kw_only=True, tag="drift"):
    """A check found something that is not as it should be."""

    address: str
    condition: ResourceCondition
    differences: tuple[FieldDifference, ...] = ()


class OutputKnown(_Event, frozen=True, kw_only=True, tag="output"):
    """A run has ended well, and this is one of the scenario's outputs."""

    name: str
    value: Json


class Warned(_Event, frozen=True, kw_only=True, tag="warning"):
    """Something may go wrong."""

    problem: Problem


Event = (
    JobState
    | PlanReady
    | StepStarted
    | StepInDoubt
    | StepAccepted
    | StepEnded
    | TakenOver
    | Drift
    | OutputKnown
    | Warned
)


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some events, in order.

    Attributes:
        is_over: the run or plan has ended, and no event comes after the last of these.
    """

    events: tuple[Event, ...]
    is_over: bool = False
    links: Links = ()
