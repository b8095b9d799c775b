# SPDX-License-Identifier: Apache-2.0
"""What the drill came to, as a page of the documentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_HEAD = """\
# Chaos drill of the service

Written by `scripts/chaos` on a local cloud, which runs the real services: {apis} API processes and
{workers} workers on one PostgreSQL, {scenarios} scenarios in {projects} projects. Each scenario is
planned and the plan is run, it gets another text and is applied again, and it is destroyed; every
fourth is cancelled in the middle. Meanwhile processes die or stand still, PostgreSQL goes away, and
the cloud loses requests and answers. In each project somebody watches all events from the first to
the last.

The drill ends well only if every run has ended; none failed but for what was done to the cloud;
every project holds exactly what its scenarios say, nothing twice by its mark and nothing left over,
and nothing at all in the end; every watcher has seen events 1 to n in their order and none of
another project; and no right that a run was given is left.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of one drill."""

    apis: int
    workers: int
    scenarios: int
    projects: int
    seconds: float
    deeds: Mapping[str, int]
    faults: Mapping[str, str]
    runs: Counter[str]
    plans: Counter[str]
    attempts: int
    taken_over: int
    events: int
    unanswered: int

    def text(self) -> str:
        """Return the page."""
        head = _HEAD.format(
            apis=self.apis,
            workers=self.workers,
            scenarios=self.scenarios,
            projects=self.projects,
        )
        what = [(each, str(count)) for each, count in sorted(self.deeds.items())]
        cloud = list(self.faults.items())
        came = [
            ("minutes", f"{self.seconds / 60:.0f}"),
            *((f"runs {state}", str(count)) for state, count in sorted(self.runs.items())),
            *((f"plans {state}", str(count)) for state, count in sorted(self.plans.items())),
            ("times that a worker took a plan or run up", str(self.attempts)),
            ("of these, taken over from another one half done", str(self.taken_over)),
            ("events, each seen once and in order", str(self.events)),
            ("requests that were sent again for want of an answer", str(self.unanswered)),
            ("duplicates, orphans, events lost, rows of another project", "0"),
        ]
        return "\n".join(
            [
                head,
                *_table("what was done to the service", "times", what),
                *_table("what was done to requests to the network service", "how often", cloud),
                *_table("what became of it", "", came),
            ]
        )

    def write(self, path: Path) -> None:
        """Write the page."""
        path.write_text(self.text().rstrip() + "\n", encoding="utf-8")


def _table(left: str, right: str, rows: list[tuple[str, str]]) -> list[str]:
    return [f"| {left} | {right} |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows), ""]
