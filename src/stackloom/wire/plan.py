# SPDX-License-Identifier: Apache-2.0
"""Plans: what an apply or a destroy would do. Made once, never changed, and refused once stale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from stackloom.errors import Problem

# Read with plans and runs by those who bring one.
from stackloom.wire.credential import Credential as Credential  # noqa: PLC0414 - for them
from stackloom.wire.links import Links
from stackloom.wire.problem import ErrorItem
from stackloom.wire.scenario import ScenarioSource
from stackloom.wire.words import Instant, Json, SecretText, VariableName

PlanState = Literal["pending", "planning", "ready", "failed", "cancelled", "expired"]
PlanOperation = Literal["apply", "destroy"]
Secrets = Annotated[Mapping[VariableName, SecretText], Meta(max_length=100)]
"""Values of secret variables: used, kept sealed until the end of what they are for, never shown."""


class PlanCreate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to plan: a scenario that the service has, or a text that it need not keep.

    Attributes:
        scenario_id, source: exactly one of them.
        revision: of the scenario; the newest where it is not given.
    """

    scenario_id: UUID | None = None
    source: ScenarioSource | None = None
    operation: PlanOperation = "apply"
    revision: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    secrets: Secrets = {}
    credential: Credential | None = None

    def __repr__(self) -> str:
        return f"PlanCreate({self.operation} of {self.scenario_id or 'a text'})"


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many resources are created, updated, replaced, deleted and kept."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    keep: int = 0


class FieldDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One field that is not as it should be; secret values are stars.

    Attributes:
        in_place: it can be changed without replacing the resource.
    """

    field: str
    have: Json
    want: Json
    in_place: bool


class PlanStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that would be done, or left as it is.

    Attributes:
        address: ``kind.name``, as in the scenario.
        replaces: it is one half of a replacement.
        because: the address whose replacement forces this one.
        id: the cloud's, of what is there already.
        needs: the addresses that come before it.
        after_deletes: it waits for every delete of its kind.
        leaves_with: the address whose deletion takes this one away as well.
        blocked_by: what others have on it that would go with it; such a step is not begun.
    """

    address: str
    action: Literal["create", "update", "delete", "keep"]
    replaces: bool = False
    because: str | None = None
    id: str | None = None
    differences: tuple[FieldDifference, ...] = ()
    needs: tuple[str, ...] = ()
    after_deletes: bool = False
    leaves_with: str | None = None
    blocked_by: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan.

    Attributes:
        scenario_id: None for a text that was sent along.
        steps: in an order in which each comes after those that it needs; empty until it is ready.
        warnings: what may go wrong with it.
        error: why it could not be made.
        run_id: the run that carries it out.
    """

    id: UUID
    scenario_id: UUID | None
    scenario_name: str
    revision: int | None
    operation: PlanOperation
    state: PlanState
    counts: Counts | None
    steps: tuple[PlanStep, ...]
    warnings: tuple[Problem, ...]
    error: ErrorItem | None
    created_at: Instant
    created_by: str
    ready_at: Instant | None
    expires_at: Instant
    run_id: UUID | None
    last_seq: int = 0
    links: Links = ()


class PlanPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some plans, without their steps, oldest first unless asked otherwise."""

    plans: tuple[Plan, ...]
    links: Links = ()
