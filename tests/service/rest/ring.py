# SPDX-License-Identifier: Apache-2.0
"""The application with routes of a test: no database, no cloud, a clock that can be set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
from tests.fakes.people import CHALLENGE, FakePeople
from tests.service.serving import URL

from stackloom.service.app import Application
from stackloom.service.grant.seal import KEY_BYTES, Seal, SealKey
from stackloom.service.identity.cookie import Cookies
from stackloom.service.rest.context import Context
from stackloom.service.rest.rates import Rates
from stackloom.service.rest.refusals import Refusals
from stackloom.service.rest.route import Route
from stackloom.service.rest.stream import Streams
from stackloom.service.settings import LimitsSettings, ServiceSettings
from stackloom.web.site import Site

SEAL = Seal([SealKey(id="test", secret=bytes(KEY_BYTES))])


class Ring:
    """The application around *routes*, and what it has told of the requests.

    Attributes:
        seen: path of the route, method and status of each request.
        now: what the clock of its rates says, in seconds.
    """

    def __init__(
        self, *routes: Route, limits: LimitsSettings | None = None, url: str = URL
    ) -> None:
        self.seen: list[tuple[str, str, int]] = []
        self.now = 0.0
        self.url = url
        self._settings = ServiceSettings(limits=limits or LimitsSettings())
        self.app = Application(self._opened, routes, Site())

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Context]:
        limits = self._settings.limits
        # What no route of these tests asks for.
        nothing = cast("Any", None)
        yield Context(
            settings=self._settings,
            public_url=self.url,
            desk=nothing,
            identities=FakePeople(),
            rates=Rates(limits, clock=lambda: self.now),
            streams=Streams(limits),
            refusals=Refusals(help_url=f"{self.url}/v1/docs", challenge=CHALLENGE),
            cookies=Cookies(SEAL, is_secure=False),
            log_ins=nothing,
            health=nothing,
            observe=lambda route, method, status, _seconds: self.seen.append(
                (route, method, status)
            ),
        )

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[httpx2.AsyncClient]:
        """Open it, and a client that calls it in memory."""
        transport = httpx2.ASGITransport(self.app)
        async with (
            self.app.running(),
            httpx2.AsyncClient(transport=transport, base_url=self.url) as client,
        ):
            yield client


def told(answer: httpx2.Response) -> list[tuple[str, str]]:
    """Return codes and details of a refusal."""
    return [(each["code"], each["detail"]) for each in answer.json()["errors"]]
