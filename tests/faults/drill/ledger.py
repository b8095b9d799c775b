# SPDX-License-Identifier: Apache-2.0
"""What the drills came to: a table for the documentation, written by the run itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_ROW = re.compile(r"^\| (.+?) \| (.+?) \| (\d+) \| (\d+) \|$", re.MULTILINE)
_HEAD = """\
# Scenario drills

Written by `scripts/drill` on a local cloud, which runs the real services. Every trial begins in an
empty project and ends with three checks: a further plan is empty, the project holds exactly what an
undisturbed apply would have made (nothing twice, nothing left over), and `destroy` leaves nothing.

| topology | what happens | trials | of them well |
|---|---|---|---|
"""


@dataclass(slots=True)
class Ledger:
    """Counts trials by topology and fault: how many there were, and how many ended well."""

    rows: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def note(self, topology: str, fault: str, *, well: bool) -> None:
        """Note one trial."""
        trials, good = self.rows.get((topology, fault), (0, 0))
        self.rows[topology, fault] = (trials + 1, good + well)

    def table(self) -> str:
        """Return the page."""
        lines = [
            f"| {topology} | {fault} | {trials} | {good} |"
            for (topology, fault), (trials, good) in sorted(self.rows.items())
        ]
        total = sum(trials for trials, _ in self.rows.values())
        well = sum(good for _, good in self.rows.values())
        return _HEAD + "\n".join(lines) + f"\n\n{total} trials, {well} of them well.\n"

    def write(self, path: Path) -> None:
        """Write the page; rows of drills that were not run this time stay as they were."""
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        kept = {(row[1], row[2]): (int(row[3]), int(row[4])) for row in _ROW.finditer(before)}
        self.rows = {**kept, **self.rows}
        path.write_text(self.table(), encoding="utf-8")
