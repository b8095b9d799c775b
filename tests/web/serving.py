# SPDX-License-Identifier: Apache-2.0
"""The page on a socket, over a fake API that its scripts can ask as well."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import msgspec
import uvicorn
from tests.fakes.fake_api import FakeApi

from stackloom.web.api import AsgiApp, Receive, Scope, Send, Visitor
from stackloom.web.pages import create_pages
from stackloom.web.site import Site
from stackloom.wire.event import Event


class Service:
    """The page, and beside it the addresses that its scripts ask.

    Attributes:
        url: ``http://127.0.0.1:port``, once it is served.
    """

    def __init__(self, api: FakeApi, site: Site | None = None) -> None:
        self.api = api
        self.url = ""
        self.resumed_after: list[int] = []
        self._pages: AsgiApp = create_pages(api, site=site)  # type: ignore[assignment] # Litestar's own types
        self._events: list[Event] = []
        self._breaks = 0
        self._ends = True

    def tell(self, events: Iterable[Event], *, breaks: int = 0, ends: bool = True) -> None:
        """Send these events to who follows.

        Args:
            breaks: after so many of them the line breaks, once; 0 for never.
            ends: these are all that the run has; else the line stays open.
        """
        self._events, self._breaks, self._ends = list(events), breaks, ends

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope["path"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if path.endswith("/events") and "event-stream" in headers.get("accept", ""):
            await self._stream(scope, headers, receive, send)
        elif path.startswith("/v1/"):
            await self._document(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _stream(
        self, scope: Scope, headers: MutableMapping[str, str], receive: Receive, send: Send
    ) -> None:
        query = scope["query_string"].decode()
        after = int(headers.get("last-event-id") or query.partition("after=")[2] or 0)
        self.resumed_after.append(after)
        await _start(send, 200, "text/event-stream")
        rest = [event for event in self._events if event.seq > after]
        breaks, self._breaks = self._breaks, 0
        text = "retry: 50\n\n"
        for event in rest[:breaks] if breaks else rest:
            data = msgspec.json.encode(event).decode()
            text += f"id: {event.seq}\nevent: {msgspec.json.decode(data)['type']}\n"
            text += f"data: {data}\n\n"
        text += "event: end\ndata: {}\n\n" if self._ends and not breaks else ""
        is_open = not self._ends and not breaks
        await send({"type": "http.response.body", "body": text.encode(), "more_body": is_open})
        while is_open and (await receive())["type"] != "http.disconnect":
            pass

    async def _document(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive()).get("body", b"")
        path = scope["path"]
        if scope["query_string"]:
            path += "?" + scope["query_string"].decode()
        answer = await self.api.ask(scope["method"], path, visitor=Visitor(), body=body)
        await _start(send, answer.status, "application/json")
        await send({"type": "http.response.body", "body": answer.body})


async def _start(send: Send, status: int, media_type: str) -> None:
    headers = [(b"content-type", media_type.encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})


class _Server(uvicorn.Server):
    """Says when it listens, which the original does not."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@contextmanager
def served(service: Service) -> Iterator[Service]:
    """Serve the page on the loopback, in a thread of its own."""
    config = uvicorn.Config(
        service,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        log_level="error",
        loop="asyncio",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        assert server.listens.wait(20), "the page is not served"
        port = server.servers[0].sockets[0].getsockname()[1]
        service.url = f"http://127.0.0.1:{port}"
        yield service
    finally:
        server.should_exit = True
        thread.join(20)
