# SPDX-License-Identifier: Apache-2.0
"""The bars of a benchmark: held against what was measured, said at once, and those missed kept."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Bars:
    """What has to hold, and what was missed."""

    missed: list[str] = field(default_factory=list)

    def at_most(self, what: str, value: float, limit: float, unit: str) -> None:
        """Hold *value* against *limit*."""
        met = value <= limit
        mark = "holds " if met else "MISSED"
        print(f"  {mark}  {what}: {value:.2f} {unit}, at most {limit:.2f}")
        if not met:
            self.missed.append(what)

    def at_least(self, what: str, value: float, limit: float, unit: str) -> None:
        """Hold *value* against *limit* from below."""
        met = value >= limit
        mark = "holds " if met else "MISSED"
        print(f"  {mark}  {what}: {value:.2f} {unit}, at least {limit:.2f}")
        if not met:
            self.missed.append(what)
