# SPDX-License-Identifier: Apache-2.0
"""A clock that moves only when somebody sleeps on it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class FakeClock:
    """Tells the time, and lets it pass at once.

    Attributes:
        pauses: the seconds of every sleep, in order.
    """

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.seconds = 0.0

    async def sleep(self, seconds: float) -> None:
        """Let *seconds* pass, and others run."""
        self.pauses.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    def now(self) -> float:
        """Return the seconds since the start."""
        return self.seconds

    def today(self) -> datetime:
        """Return the date and time, in UTC."""
        return START + timedelta(seconds=self.seconds)
