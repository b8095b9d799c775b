# SPDX-License-Identifier: Apache-2.0
"""What is told while a cloud comes up or goes away; knows nothing about how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A piece of the work began or ended.

    Attributes:
        name: for programs: ``install``, ``prepare``, ``start``, ``stop``, ``reset``, ``ready``.
        text: for people: "Installing OpenStack 2026.2 (170 packages)".
        seconds: how long it took; None while it goes on.
    """

    name: str
    text: str
    state: Literal["started", "done"]
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramReady:
    """One service answers."""

    program: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something worth a line: the cloud is up already, a port was taken, a leftover was removed."""

    text: str


Event = Phase | ProgramReady | Remark


class Report(Protocol):
    """Whoever listens."""

    def __call__(self, event: Event, /) -> None:
        """Take one event."""


def ignore(_event: Event, /) -> None:
    """Listen to nothing."""
