# SPDX-License-Identifier: Apache-2.0
"""Whether a process can do its work: the database answers, Keystone answers, nobody forbids it.

Everybody may ask, so the answer names no address, and asking often costs nobody anything.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from stackloom.errors import StackloomError
from stackloom.service.database.pool import Pool, connected
from stackloom.service.flights import Flights
from stackloom.service.own_cloud import keystone_url, own_cloud, tls_of
from stackloom.service.settings import ServiceSettings
from stackloom.transport.client import Lost, NotSent, Request, Tls, Transport
from stackloom.transport.reqwest import ReqwestTransport
from stackloom.wire.health import Health, HealthPart, PartName

log = logging.getLogger(__name__)

# An answer is that of everybody who asks within a second.
_FRESH_SECONDS = 1.0
_FAILURES = (StackloomError, NotSent, Lost)


class HealthChecks:
    """Of one process.

    Args:
        transport: what asks Keystone; tests pass their own.
        now: the monotonic clock, in seconds.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        pool: Pool,
        *,
        transport: Transport | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings.health
        self._pool = pool
        self._url, tls = _keystone(settings)
        self._transport = transport or ReqwestTransport(tls=tls)
        self._now = now
        self._flights: Flights[str, Health] = Flights()
        self._last: tuple[float, Health] | None = None

    def offered(self) -> Health:
        """Return whether the operator wants the process to be used."""
        part = self._operator()
        return Health(is_well=part.is_well, parts=(part,))

    async def ready(self) -> Health:
        """Return whether everything that the process needs is there."""
        if self._last is None or self._now() - self._last[0] >= _FRESH_SECONDS:
            await self._flights.join("ready", self._look)
        assert self._last is not None, "somebody has looked"
        found = (*self._last[1].parts, self._operator())
        return Health(is_well=all(part.is_well for part in found), parts=found)

    async def close(self) -> None:
        """Give the connections back."""
        await self._transport.close()

    async def _look(self) -> Health:
        async with asyncio.TaskGroup() as group:
            database = group.create_task(self._checked("database", self._ask_database))
            keystone = group.create_task(self._checked("keystone", self._ask_keystone))
        parts = (database.result(), keystone.result())
        self._last = (self._now(), Health(is_well=True, parts=parts))
        return self._last[1]

    async def _checked(self, name: PartName, ask: Callable[[], Awaitable[str]]) -> HealthPart:
        seconds = self._settings.check_seconds
        try:
            async with asyncio.timeout(seconds):
                detail = await ask()
        except TimeoutError:
            detail = f"no answer within {seconds:g} s"
        except _FAILURES as error:
            log.warning("not ready: %s: %s", name, error)
            detail = "it cannot be reached"
        return _part(name, detail)

    async def _ask_database(self) -> str:
        async with connected(self._pool) as connection:
            await connection.execute("select 1")
        return ""

    async def _ask_keystone(self) -> str:
        answer = await self._transport.send(Request(method="GET", url=self._url, headers={}))
        return f"it answers {answer.status}" if answer.status >= 500 else ""

    def _operator(self) -> HealthPart:
        file = self._settings.disabled_file
        return _part("operator", "taken out of use" if file and Path(file).exists() else "")


def _part(name: PartName, detail: str) -> HealthPart:
    return HealthPart(name=name, is_well=not detail, detail=detail)


def _keystone(settings: ServiceSettings) -> tuple[str, Tls]:
    if settings.identity.auth_url:
        return keystone_url(settings.identity), tls_of(settings.identity)
    cloud = own_cloud(settings)
    return cloud.auth_url, cloud.tls
