# SPDX-License-Identifier: Apache-2.0
"""Somebody who asks a service whose processes die: each request until it is answered."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import msgspec

from stackloom.client.watching import Watch

_AGAIN_SECONDS = 0.5
_TIMEOUT_SECONDS = 40.0
# What says nothing of the request: asked again, it is answered.
_PASSING = frozenset({429, 502, 503, 504})
_UNDER_WAY = "stackloom.idempotency.under-way"


@dataclass(kw_only=True)
class Answer:
    """What came in the end."""

    status: int
    body: Any
    etag: str

    @property
    def code(self) -> str:
        """Of a refusal."""
        return str(self.body["errors"][0]["code"])


@dataclass(kw_only=True)
class Asker:
    """Somebody with a token for one project.

    Attributes:
        urls: of the API processes; the next one is asked where one does not answer.
        unanswered: how many requests have had to be sent again.
        refusals: answers of 5xx that are none of the passing ones; there must be none.
    """

    urls: list[str]
    token: str
    client: httpx2.AsyncClient
    unanswered: int = 0
    refusals: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next_url = itertools.cycle(self.urls)
        self._url = next(self._next_url)

    async def ask(self, method: str, path: str, body: object = None, *, etag: str = "") -> Answer:
        """Send a request until it is answered, a POST each time with the same key."""
        headers = {"X-Auth-Token": self.token}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        if etag:
            headers["If-Match"] = etag
        while True:
            answer = await self._once(method, path, body, headers)
            if answer is not None:
                if answer.status >= 500:
                    self.refusals.append(f"{method} {path}: {answer.body}")
                return answer
            self.unanswered += 1
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _once(
        self, method: str, path: str, body: object, headers: dict[str, str]
    ) -> Answer | None:
        try:
            came = await self.client.request(
                method,
                f"{self._url}{path}",
                json=body,
                headers=headers,
                timeout=_TIMEOUT_SECONDS,
            )
        except httpx2.HTTPError:
            self._url = next(self._next_url)
            return None
        if came.status_code in _PASSING or _UNDER_WAY in came.text:
            return None
        document = msgspec.json.decode(came.content) if came.content else None
        return Answer(status=came.status_code, body=document, etag=came.headers.get("etag", ""))

    async def got(self, path: str) -> Any:
        """Return a document that is there."""
        answer = await self.ask("GET", path)
        assert answer.status == 200, answer.body
        return answer.body

    async def watch(self, watch: Watch, path: str) -> AsyncIterator[Any]:
        """Yield events after the last one of *watch*, through every break, until cancelled."""
        urls = itertools.cycle(self.urls)
        while not watch.is_over:
            watch.begin()
            try:
                async for piece in self._pieces(next(urls), path, watch.after):
                    for event in watch.take(piece):
                        yield event
            except httpx2.HTTPError:
                pass  # it comes back with the number of the last event
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _pieces(self, url: str, path: str, after: int) -> AsyncIterator[bytes]:
        headers = {
            "X-Auth-Token": self.token,
            "Accept": "text/event-stream",
            "Last-Event-ID": str(after),
        }
        # In every silence the service sends something: a line that is silent for longer is dead.
        timeout = httpx2.Timeout(_TIMEOUT_SECONDS, read=25.0)
        async with self.client.stream(
            "GET", f"{url}{path}", headers=headers, timeout=timeout
        ) as answer:
            if answer.status_code != 200:
                return
            async for piece in answer.aiter_bytes():
                yield piece
