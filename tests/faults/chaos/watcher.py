# SPDX-License-Identifier: Apache-2.0
"""Watches everything of one project from its first event to its last, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.faults.chaos.asker import Asker

from stackloom.client.watching import Watch


@dataclass(kw_only=True)
class Watcher:
    """One who watches.

    Attributes:
        seen: every event, in the order in which it came.
    """

    asker: Asker
    seen: list[Any] = field(default_factory=list)
    more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def watch(self) -> None:
        """Take events in until cancelled."""
        async for event in self.asker.watch(Watch("position", 0), "/v1/events"):
            async with self.more:
                self.seen.append(event)
                self.more.notify_all()

    async def until(self, position: int) -> None:
        """Wait until so many events were seen."""
        async with self.more:
            await self.more.wait_for(lambda: self.position >= position)

    @property
    def position(self) -> int:
        """Of the last event that was seen."""
        return int(self.seen[-1].position) if self.seen else 0
