# SPDX-License-Identifier: Apache-2.0
"""Runs: applies, destroys and checks under way, and those that have ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import msgspec

from stackloom.wire.links import Links
from stackloom.wire.plan import Counts, Credential, Secrets
from stackloom.wire.problem import ErrorItem
from stackloom.wire.words import Instant

RunState = Literal[
    "queued", "planning", "awaiting_approval", "applying", "succeeded", "failed", "cancelled"
]
RunOperation = Literal["apply", "destroy", "check"]
ENDED: frozenset[RunState] = frozenset({"succeeded", "failed", "cancelled"})


class RunCreate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to carry out: a plan that is ready, or whatever a scenario needs by now.

    Attributes:
        plan_id, scenario_id: exactly one of them.
        operation: of a scenario; ``check`` only looks.
        auto_approve: go on without asking once it is planned.
    """

    plan_id: UUID | None = None
    scenario_id: UUID | None = None
    operation: RunOperation = "apply"
    auto_approve: bool = False
    secrets: Secrets = {}
    credential: Credential | None = None

    def __repr__(self) -> str:
        return f"RunCreate({self.operation} of {self.plan_id or self.scenario_id})"


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How many of its steps have ended, and how."""

    done: int = 0
    failed: int = 0
    skipped: int = 0
    total: int = 0


class RunActions(msgspec.Struct, frozen=True, kw_only=True):
    """What this caller may do with it now."""

    approve: bool = False
    cancel: bool = False
    retry: bool = False


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run.

    Attributes:
        plan_id: the plan that it was asked for with.
        timestamps: when it came into each state, the last time.
        counts: what its plan says; None until it is planned.
        is_partial: it ended before everything was done, and something was.
        attempt: how often a worker has taken it up.
        next_try_at: when it is taken up again by itself.
        retry_of: the run that this one repeats.
        global_request_id: ``req-…`` under which all services of the cloud logged its requests.
        last_seq: the number of its last event.
    """

    id: UUID
    scenario_id: UUID
    scenario_name: str
    revision: int | None
    operation: RunOperation
    plan_id: UUID | None
    state: RunState
    state_since: Instant
    timestamps: Mapping[str, Instant]
    counts: Counts | None
    progress: Progress
    is_partial: bool
    actions: RunActions
    attempt: int
    next_try_at: Instant | None
    retry_of: UUID | None
    error: ErrorItem | None
    global_request_id: str
    created_at: Instant
    created_by: str
    last_seq: int
    links: Links = ()


class RunPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some runs, oldest first unless asked otherwise."""

    runs: tuple[Run, ...]
    links: Links = ()


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``{}``: an action that takes no arguments."""


class Retry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A run again; what was given in secret with the first one is not kept, so it is given anew."""

    secrets: Secrets = {}
    credential: Credential | None = None

    def __repr__(self) -> str:
        return f"Retry(secrets of {', '.join(self.secrets) or 'none'})"


class RunAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do with a run: exactly one of them, as ``{"cancel": {}}``."""

    approve: Nothing | None = None
    cancel: Nothing | None = None
    retry: Retry | None = None
