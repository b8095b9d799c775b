# SPDX-License-Identifier: Apache-2.0
"""What a run tells while it goes: one stream for terminal, record, job log and page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from stackloom.cloud.mark import Address
from stackloom.errors import StackloomError
from stackloom.scenario.plan import Action, Step


class Result(Enum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one step.

    Attributes:
        id: the cloud's id of what the step made or kept; empty otherwise.
        error: why it failed.
        blamed: the failed step that it waited for, where it was skipped.
        seconds: how long it took, waiting for the resource to be usable included.
    """

    step: Step
    result: Result
    id: str = ""
    error: StackloomError | None = None
    blamed: Address | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """The first request of a step is about to go out."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInDoubt:
    """An answer was lost; the cloud is being looked at before anything is sent again."""

    address: Address
    action: Action
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAccepted:
    """The cloud has made it, and it is not usable yet."""

    address: Address
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """A step is over."""

    outcome: Outcome


Event = StepStarted | StepInDoubt | StepAccepted | StepEnded
Tell = Callable[[Event], None]


def tell_nobody(_event: Event) -> None:
    """Listen to nothing."""
