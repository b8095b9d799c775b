# SPDX-License-Identifier: Apache-2.0
"""Keeps parts up: started in order, started again when they end, ended in the order given."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Task, TaskGroup
from collections.abc import Sequence

from stackloom.errors import Interrupted, NotServed
from stackloom.service.machine.part import Part

log = logging.getLogger(__name__)

# A part that has been up that long has shown that it can: the next pause is the first again.
_GOOD_SECONDS = 30.0
# The first is short because a database that is away for less than 5 s is not noticed by runs.
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 10.0


class Supervisor:
    """Of the parts of one service.

    Args:
        parts: in the order in which they are ended.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        self._is_at_once = False

    async def keep(self, stop: asyncio.Event) -> None:
        """Keep parts up that have been started, until *stop*; then end them.

        Raises:
            Interrupted: they were ended at once (``kill``).
        """
        async with TaskGroup() as group:
            keepers = [group.create_task(_keep(part)) for part in self._parts]
            await stop.wait()
            await self._end(keepers)
        if self._is_at_once:
            raise Interrupted("ended at once; what was under way is taken over at the next start")

    async def stop(self) -> None:
        """End those that were started, where not all could be."""
        for part in self._parts:
            await part.stop()

    def kill(self) -> None:
        """End all of them at once."""
        self._is_at_once = True
        for part in self._parts:
            part.kill()

    async def _end(self, keepers: Sequence[Task[None]]) -> None:
        for part, keeper in zip(self._parts, keepers, strict=True):
            # Only its own: the others are kept up until it has ended.
            keeper.cancel()
            await part.stop()
            log.info("the %s has ended", part.name)


async def _keep(part: Part) -> None:
    clock = asyncio.get_running_loop().time
    pause = _FIRST_PAUSE_SECONDS
    while True:
        began = clock()
        code = await part.ended()
        pause = _FIRST_PAUSE_SECONDS if clock() - began > _GOOD_SECONDS else pause
        ended = f"signal {-code}" if code < 0 else f"code {code}"
        log.warning("the %s ended with %s; it is started again", part.name, ended)
        pause = await _start_again(part, pause)
        log.info("the %s is up again", part.name)


async def _start_again(part: Part, pause: float) -> float:
    """Start a part until it is up; return how long to wait the next time."""
    while True:
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        try:
            await part.start()
        except NotServed as error:
            log.error("%s; the next try is in %.1f s", error, pause)
        else:
            return pause
