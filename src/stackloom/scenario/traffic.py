# SPDX-License-Identifier: Apache-2.0
"""Let requests out to the services of a cloud: as many at once as each of them can take.

``pace.py`` says how many that is, by what the cloud's meter shows; this asks it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Call
from stackloom.scenario.gate import Gate
from stackloom.scenario.pace import AT_ONCE_IN_A_LANE, MOST_AT_ONCE, Pace
from stackloom.transport.meter import Meter

# Two services may be kept busy at the same time, and lists and polls besides.
_CONNECTIONS = 2 * MOST_AT_ONCE + 10


class Traffic:
    """All that goes out for one run."""

    def __init__(self, cloud: Cloud) -> None:
        cloud.allow(_CONNECTIONS)
        self._meter = cloud.meter
        self._gates: dict[str, Gate] = {}
        self._lanes: dict[str, Gate] = {}
        self._paces: dict[str, Pace] = {}
        self._calm = asyncio.Event()

    async def until_calm(self) -> None:
        """Wait until nothing that is to be sent waits for its turn."""
        while self._is_crowded:
            self._calm.clear()
            await self._calm.wait()

    @property
    def _is_crowded(self) -> bool:
        return any(gate.is_crowded for gate in self._gates.values())

    @asynccontextmanager
    async def turn(self, service: str, request: Call, *, level: int = 0) -> AsyncIterator[None]:
        """Wait until *service* can take *request* beside what it has to do already.

        Args:
            level: how far its step is in the plan (``graph.levels``); the furthest goes first. So
                servers build while networks are still made, and all services have something to do.
        """
        pace = self._pace(service)
        sort = Meter.sort(request.method, request.path)
        gate = self._gates.setdefault(service, Gate())
        async with gate.passed(lambda: pace.at_once(sort), level=level):
            if not self._is_crowded:
                self._calm.set()
            try:
                yield
            finally:
                pace.answered(sort)

    @asynccontextmanager
    async def lane(self, name: str, service: str, request: Call | None) -> AsyncIterator[None]:
        """Go beside a few others of a lane, or all of them where nobody has to wait for it.

        Args:
            name: "" for no lane.
            request: what will be sent first; where it is not known yet, one goes after the other.
        """
        if not name:
            yield
            return
        pace = self._pace(service)
        sort = Meter.sort(request.method, request.path) if request else ""
        async with self._lanes.setdefault(name, Gate()).passed(
            lambda: pace.at_once(sort, least=AT_ONCE_IN_A_LANE) if sort else 1
        ):
            yield

    def _pace(self, service: str) -> Pace:
        return self._paces.setdefault(service, Pace(self._meter, service))
