# SPDX-License-Identifier: Apache-2.0
"""How far away a cloud pretends to be; pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long every request from outside waits: *seconds*, give or take *jitter_seconds*."""

    seconds: float
    jitter_seconds: float = 0.0


NO_LATENCY = Latency(seconds=0.0)
