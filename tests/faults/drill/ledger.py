# SPDX-License-Identifier: Apache-2.0
"""What the drills came to: a table for the documentation, written by the run itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

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
    """Counts trials by topology and fault."""

    rows: dict[tuple[str, str], list[bool]] = field(default_factory=dict)

    def note(self, topology: str, fault: str, *, well: bool) -> None:
        """Note one trial."""
        self.rows.setdefault((topology, fault), []).append(well)

    def table(self) -> str:
        """Return the page."""
        lines = [
            f"| {topology} | {fault} | {len(trials)} | {sum(trials)} |"
            for (topology, fault), trials in sorted(self.rows.items())
        ]
        total = sum(len(trials) for trials in self.rows.values())
        well = sum(sum(trials) for trials in self.rows.values())
        return _HEAD + "\n".join(lines) + f"\n\n{total} trials, {well} of them well.\n"

    def write(self, path: Path) -> None:
        """Write the page."""
        path.write_text(self.table(), encoding="utf-8")
