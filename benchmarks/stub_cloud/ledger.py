# SPDX-License-Identifier: Apache-2.0
"""What the stub was asked, how often, when, and what answering has cost it."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field

_ID = re.compile(r"/(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{32})(?=/|$)")


@dataclass(slots=True)
class Ledger:
    """Counts since the last ``reset``; times are seconds since then.

    Attributes:
        timeline: ``(arrived, answered, status, "METHOD /path")``, ids in paths left out.
    """

    timeline: list[tuple[float, float, int, str]] = field(default_factory=list)
    begun: float = 0.0
    busy_at_begin: float = 0.0

    def reset(self, now: float) -> None:
        """Forget everything."""
        self.timeline.clear()
        self.begun = now
        self.busy_at_begin = time.process_time()

    def note(self, *, method: str, path: str, arrived: float, answered: float, status: int) -> None:
        """Write one request down."""
        what = f"{method} {_ID.sub('/{id}', path)}"
        self.timeline.append((arrived - self.begun, answered - self.begun, status, what))

    def report(self) -> dict[str, object]:
        """Return requests in all, by method and path, and the CPU seconds of this process."""
        counts = Counter(what for *_, what in self.timeline)
        return {
            "requests": len(self.timeline),
            "busy_seconds": round(time.process_time() - self.busy_at_begin, 4),
            "refused": sum(status >= 400 for _, _, status, _ in self.timeline),
            "most_at_once": self._most_at_once(),
            "by_path": dict(sorted(counts.items())),
        }

    def _most_at_once(self) -> int:
        moments = [(arrived, 1) for arrived, *_ in self.timeline]
        moments += [(answered, -1) for _, answered, *_ in self.timeline]
        most = count = 0
        for _, change in sorted(moments):
            count += change
            most = max(most, count)
        return most
