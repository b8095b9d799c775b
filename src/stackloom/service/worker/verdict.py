# SPDX-License-Identifier: Apache-2.0
"""What is to become of a job once its worker is done with it. Data."""

from __future__ import annotations

from dataclasses import dataclass

from stackloom.service.database.endings import PlanEnd, RunEnd
from stackloom.wire.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """It is over."""

    end: RunEnd | PlanEnd
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Somebody else may go on with it.

    Attributes:
        after_seconds: not before that; 0 for at once.
        is_try: it failed for a reason that passes.
        reason: in words, shown with the state.
    """

    after_seconds: float = 0.0
    is_try: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """It waits for somebody's approval."""


Verdict = Ended | Released | Held
