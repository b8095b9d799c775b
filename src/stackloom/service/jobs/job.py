# SPDX-License-Identifier: Apache-2.0
"""What a job is, which states it and its plan or run go through, and what they follow from. Pure.

The transitions are carried out by the SQL functions of ``database/migrations``; here they are
data, for whoever shows them, and for the tests that compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stackloom.wire.plan import PlanState
from stackloom.wire.run import RunState

JobKind = Literal["plan", "run"]
JobState = Literal["queued", "active", "held", "ended"]
"""``active``: a worker has its lease, or had it and something may be half done; ``held``: it waits
for somebody's approval, and lets others of its scenario pass."""

JOB_TRANSITIONS: Mapping[JobState, frozenset[JobState]] = {
    "queued": frozenset({"active", "ended"}),
    "active": frozenset({"active", "queued", "held", "ended"}),
    "held": frozenset({"queued", "ended"}),
    "ended": frozenset(),
}
PLAN_TRANSITIONS: Mapping[PlanState, frozenset[PlanState]] = {
    "pending": frozenset({"planning", "cancelled"}),
    "planning": frozenset({"pending", "ready", "failed", "cancelled", "expired"}),
    "ready": frozenset({"expired", "cancelled"}),
    "failed": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
}
RUN_TRANSITIONS: Mapping[RunState, frozenset[RunState]] = {
    "queued": frozenset({"planning", "cancelled"}),
    "planning": frozenset(
        {"queued", "awaiting_approval", "applying", "succeeded", "failed", "cancelled"}
    ),
    "awaiting_approval": frozenset({"queued", "cancelled", "failed"}),
    # Whoever takes over plans anew: the cloud is the state.
    "applying": frozenset({"queued", "planning", "succeeded", "failed", "cancelled"}),
    "succeeded": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as the worker got it that works on it.

    Attributes:
        id: of its plan or run as well.
        scenario_id: None for a plan of a text that was sent along.
        attempt: how often a worker has taken it up, this time included; whatever is written for
            the job names it, and an older one is refused.
        tries: how often it was given back for a reason that passes.
        cancels: how often somebody asked for it to be cancelled, by the time it was taken.
        secrets: values of secret variables, sealed.
    """

    id: UUID
    project_id: str
    scenario_id: UUID | None
    kind: JobKind
    attempt: int
    tries: int
    cancels: int
    worker_id: UUID
    grant_id: UUID | None
    secrets: bytes | None
    global_request_id: str
    queued_at: datetime
