# SPDX-License-Identifier: Apache-2.0
"""What happens to the processes of the service while it works: one thing every few seconds."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.chaos.stage import Stage

# Longer than a lease of 8 s, so that somebody else takes over; then the paused one comes back.
_PAUSE_SECONDS = 12.0
_DEEDS = (
    "worker killed",
    "worker killed",
    "worker killed",
    "API killed",
    "parent of an API killed",
    "worker paused",
    "worker told to end",
)


@dataclass(kw_only=True)
class Monkey:
    """Disturbs a stage.

    Attributes:
        every_seconds: between two deeds, from when all workers are back.
        done: how often each was done.
    """

    stage: Stage
    random: random.Random
    every_seconds: float
    done: Counter[str] = field(default_factory=Counter)

    async def rage(self, *, restarts_after: tuple[float, ...]) -> None:
        """Go on until cancelled; PostgreSQL is restarted so many seconds after the beginning."""
        async with asyncio.TaskGroup() as group:
            for number, seconds in enumerate(restarts_after):
                group.create_task(self._restart(seconds, is_crash=bool(number % 2)))
            while True:
                # On a machine with much else to do nobody would come to do anything else.
                await self.stage.until_all_work()
                await asyncio.sleep(self.every_seconds * self.random.uniform(0.6, 1.4))
                self._do(self.random.choice(_DEEDS), group)

    def _do(self, deed: str, group: asyncio.TaskGroup) -> None:
        worker = self.random.choice(self.stage.workers)
        api = self.random.choice(self.stage.apis)
        if deed == "worker killed":
            is_done = worker.send(signal.SIGKILL)
        elif deed == "worker told to end":
            is_done = worker.send(signal.SIGTERM)
        elif deed == "API killed":
            is_done = api.kill_part()
        elif deed == "parent of an API killed":
            is_done = api.send(signal.SIGKILL)
        else:
            is_done = worker.send(signal.SIGSTOP)
            group.create_task(self._wake(worker.child.pid))
        self.done[deed] += is_done

    async def _wake(self, pid: int) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)
        for worker in self.stage.workers:
            if worker.child.pid == pid:
                worker.send(signal.SIGCONT)

    async def _restart(self, after_seconds: float, *, is_crash: bool) -> None:
        await asyncio.sleep(after_seconds)
        await self.stage.restart_postgres(is_crash=is_crash)
        self.done["PostgreSQL crashed" if is_crash else "PostgreSQL restarted"] += 1

    def leave(self) -> None:
        """Wake whoever was left paused."""
        for worker in self.stage.workers:
            worker.send(signal.SIGCONT)
