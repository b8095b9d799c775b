# SPDX-License-Identifier: Apache-2.0
"""What the supervisor knows of its programs, and the file in which it says so.

Knows nothing about processes; it is told what happened.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_LATEST = 50


@dataclass(slots=True, kw_only=True)
class Row:
    """One program. ``state`` is starting, running, waiting (to be restarted), failed or stopped."""

    name: str
    service_type: str
    distribution: str
    url: str
    state: str = "starting"
    pid: int = 0
    started: float = 0.0
    ready_seconds: float = 0.0
    restarts: int = 0
    last_error: str = ""


class State:
    """The rows and the latest events, written after each change."""

    def __init__(self, path: Path, rows: list[Row]) -> None:
        self._path = path
        self.rows = {row.name: row for row in rows}
        self._happened: list[dict[str, object]] = []

    def note(self, program: str, what: str) -> None:
        """Remember that something happened, and write the file."""
        self._happened.append({"time": time.time(), "program": program, "what": what})
        del self._happened[:-_LATEST]
        self.write()

    def write(self) -> None:
        """Write the file, whole or not at all."""
        content = {
            "pid": os.getpid(),
            "programs": [asdict(row) for row in self.rows.values()],
            "events": self._happened,
        }
        beside = self._path.with_name(self._path.name + ".new")
        beside.write_text(json.dumps(content, indent=1))
        beside.replace(self._path)
