# SPDX-License-Identifier: Apache-2.0
"""What a worker says of a plan or run: what it would do, and how it ended. Rows take it as JSON."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

import msgspec

from stackloom.errors import Problem
from stackloom.wire.plan import Counts, FieldDifference, PlanStep
from stackloom.wire.problem import ErrorItem
from stackloom.wire.resource import Output, ResourceCondition
from stackloom.wire.run import Progress
from stackloom.wire.scenario import Condition


class SeenResource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource as a run or check has seen it: ``wire.resource.Resource`` without the time."""

    address: str
    kind: str
    cloud_id: str | None
    name: str
    condition: ResourceCondition
    differences: tuple[FieldDifference, ...] = ()
    needs: tuple[str, ...] = ()


class RunPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would do.

    Attributes:
        saved: the engine's saved plan.
        picture: of it.
    """

    counts: Counts
    steps: tuple[PlanStep, ...]
    saved: str
    picture: bytes | None = None
    warnings: tuple[Problem, ...] = ()
    progress: Progress


class PlanEnd(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a plan ended. One whose scenario has moved meanwhile becomes ``expired``."""

    state: Literal["ready", "failed", "cancelled"]
    reason: str = ""
    error: ErrorItem | None = None
    counts: Counts | None = None
    steps: tuple[PlanStep, ...] | None = None
    saved: str | None = None
    picture: bytes | None = None
    warnings: tuple[Problem, ...] | None = None


class RunEnd(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a run ended.

    Attributes:
        is_partial: it ended before everything was done, and something was.
        condition: of the scenario from now on; None leaves it.
        outputs: what the scenario tells; None leaves them (a destroy that succeeded clears them).
        resources: all that the scenario has by now; None leaves what was known.
        seen_at: when the cloud was compared with the scenario; None where it was not.
        webhook: JSON text for the scenario's webhook, where it has one.
    """

    state: Literal["succeeded", "failed", "cancelled"]
    reason: str = ""
    error: ErrorItem | None = None
    is_partial: bool = False
    progress: Progress | None = None
    condition: Condition | None = None
    outputs: tuple[Output, ...] | None = None
    resources: tuple[SeenResource, ...] | None = None
    seen_at: datetime | None = None
    webhook: str | None = None


# A backslash that was itself escaped is taken with its escape, so that it hides nothing.
_ESCAPE = re.compile(r"\\(?:\\|u0000)")


def as_row(value: object) -> str:
    """Return a struct as the JSON that an SQL function takes apart.

    PostgreSQL has no room for NUL in a text; what a cloud says may hold one, and becomes U+FFFD.
    """
    text = msgspec.json.encode(value).decode()
    return _ESCAPE.sub(lambda found: found[0] if found[0] == "\\\\" else "\\ufffd", text)
