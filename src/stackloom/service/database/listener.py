# SPDX-License-Identifier: Apache-2.0
"""One connection that hears when something is new; what is new is in the tables.

A notice is "topic number": a project's id when it has new events, ``job/<id>`` when somebody wants
it cancelled, ``jobs`` when something may be due. Notices get lost when the connection does, so
whoever waits for one looks by itself as well, every few seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Self
from uuid import UUID

import psycopg

log = logging.getLogger(__name__)

JOBS = "jobs"
LOOK_SECONDS = 5.0
"""How often one looks without a notice."""

_CHANNEL = "stackloom"
_PAUSE_SECONDS = 0.5
_CONNECT_SECONDS = 5


def of_job(id: UUID) -> str:
    """Return the topic of a job's being cancelled."""
    return f"job/{id}"


class Listener:
    """Wakes those who wait for a topic. Used in an ``async with``."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._tasks = asyncio.TaskGroup()
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._listening = self._tasks.create_task(self._listen_for_ever())
        return self

    async def __aexit__(self, *reason: object) -> None:
        assert self._listening is not None, "left after it was entered"
        self._listening.cancel()
        await self._tasks.__aexit__(None, None, None)

    @contextmanager
    def woken(self, topic: str) -> Iterator[asyncio.Event]:
        """Give an event that is set by each notice of a topic, and whenever one may be lost."""
        event = asyncio.Event()
        self._waiting[topic].add(event)
        try:
            yield event
        finally:
            self._waiting[topic].discard(event)
            if not self._waiting[topic]:
                del self._waiting[topic]

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                async with self._connected() as connection:
                    # What was written while nobody listened is looked for now.
                    for events in self._waiting.values():
                        _set_all(events)
                    async for notice in connection.notifies():
                        topic = notice.payload.rpartition(" ")[0]
                        _set_all(self._waiting.get(topic, set()))
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.info("nobody listens to the database for the moment: %s", error)
            await asyncio.sleep(_PAUSE_SECONDS)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[psycopg.AsyncConnection[tuple[object, ...]]]:
        connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=2,
        )
        async with connection:
            await connection.execute(f"listen {_CHANNEL}".encode())
            yield connection


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until an event is set, not longer than *seconds*, and clear it."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass  # nothing was heard, and that is no error
    event.clear()


def _set_all(events: set[asyncio.Event]) -> None:
    for event in events:
        event.set()
