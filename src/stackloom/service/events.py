# SPDX-License-Identifier: Apache-2.0
"""Events as they happen, for all who watch in this process: read once a project, handed on here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Self

from stackloom.service.database.events import Place, ProjectEvents, is_last
from stackloom.service.database.listener import LOOK_SECONDS, Listener, wait_for
from stackloom.service.database.pool import DatabaseAway, Pool
from stackloom.service.database.store import Store
from stackloom.service.refusal import Refused
from stackloom.wire.event import Event

log = logging.getLogger(__name__)

# Of events read at once, and of those that a follower may be behind before it is let go.
_BATCH = 500
_BUFFER = 1_000


class Events:
    """What happens in all projects. Used in an ``async with``."""

    def __init__(self, pool: Pool, listener: Listener) -> None:
        self._pool = pool
        self._listener = listener
        self._tasks = asyncio.TaskGroup()
        self._feeds: dict[str, _Feed] = {}

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *reason: object) -> None:
        for feed in self._feeds.values():
            feed.stop()
        await self._tasks.__aexit__(None, None, None)

    async def follow(self, project_id: str, place: Place, seq: int) -> AsyncIterator[Event]:
        """Yield the events after *seq* and all that come, each once and in order.

        Ends after the last event of a job; never ends for a scenario or a project.

        Raises:
            Refused: whoever reads is too slow, or the database is away: come back with the number
                of the last event that was seen.
        """
        events = Store(self._pool, project_id).events
        with self._following(project_id, place) as (feed, coming):
            # From here on everything that is read below, or comes after it, is handed on.
            await feed.ready.wait()
            # What has ended was written before this is asked, so all of it is read below.
            is_over = place.job_id is not None and await events.is_over(place.job_id)
            while batch := await events.after(place, seq, _BATCH):
                for event in batch:
                    seq = place.number(event)
                    yield event
                    if place.job_id is not None and is_last(event):
                        return
            if is_over:
                return
            async for event in coming:
                # Those that were read above come here again.
                if place.number(event) <= seq:
                    continue
                seq = place.number(event)
                yield event
                if place.job_id is not None and is_last(event):
                    return

    @contextmanager
    def _following(self, project_id: str, place: Place) -> Iterator[tuple[_Feed, _Follower]]:
        feed = self._feeds.get(project_id)
        if feed is None:
            feed = _Feed(Store(self._pool, project_id).events, self._listener, project_id)
            self._feeds[project_id] = feed
            feed.start(self._tasks)
        follower = _Follower(place)
        feed.followers.add(follower)
        try:
            yield feed, follower
        finally:
            feed.followers.discard(follower)
            if not feed.followers and self._feeds.get(project_id) is feed:
                feed.stop()
                del self._feeds[project_id]


class _Follower:
    """One who watches: what it has not read yet, so and so much at most."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(_BUFFER)
        self._is_behind = False

    def give(self, event: Event) -> None:
        if self._is_behind or not self._place.holds(event):
            return
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            # It would miss this one, so it gets none after it either.
            self._is_behind = True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        if self._is_behind and self._waiting.empty():
            raise Refused(
                "busy",
                f"whoever watches is {_BUFFER} events behind",
                hint="come back with the number of the last event that was seen",
            )
        return await self._waiting.get()


class _Feed:
    """Reads what is new in one project while anybody watches it."""

    def __init__(self, events: ProjectEvents, listener: Listener, project_id: str) -> None:
        self._events = events
        self._listener = listener
        self._project_id = project_id
        self._task: asyncio.Task[None] | None = None
        self.followers: set[_Follower] = set()
        self.ready = asyncio.Event()
        """Set once it is known where it begins."""

    def start(self, tasks: asyncio.TaskGroup) -> None:
        self._task = tasks.create_task(self._read_for_ever())

    def stop(self) -> None:
        assert self._task is not None, "stopped after it was started"
        self._task.cancel()

    async def _read_for_ever(self) -> None:
        place = Place()
        position: int | None = None
        with self._listener.woken(self._project_id) as woken:
            while True:
                try:
                    if position is None:
                        # Older ones are read by each follower for itself.
                        position = await self._events.last_position()
                        self.ready.set()
                    while batch := await self._events.after(place, position, _BATCH):
                        position = batch[-1].position
                        self._hand_on(batch)
                except DatabaseAway:
                    pass  # nothing is lost: it is asked again after the same position
                except Exception:
                    # The edge: what is wrong in one project, such as an event that only a newer
                    # version knows, ends nobody else's watching, and not the process.
                    log.exception("events of project %s cannot be read", self._project_id)
                await wait_for(woken, LOOK_SECONDS)

    def _hand_on(self, batch: tuple[Event, ...]) -> None:
        for follower in self.followers:
            for event in batch:
                follower.give(event)
