# SPDX-License-Identifier: Apache-2.0
"""How the page asks the REST API: as the visitor would, with the visitor's own cookie, in memory.

The page has no other way to any data, so it can show nothing that the API would refuse.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote

# What ASGI passes about is typed by its specification only.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """On whose behalf the page asks: what of the browser's request goes along with each question.

    Attributes:
        cookie: the whole ``Cookie`` header, "" where there is none.
        origin: the ``Origin`` header, "" where there is none.
        host: the ``Host`` header.
        scheme: ``http`` or ``https``.
        client: address and port of the browser.
    """

    cookie: str = ""
    origin: str = ""
    host: str = "localhost"
    scheme: str = "http"
    client: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API answered.

    Attributes:
        headers: by their names in lower case; of ``Set-Cookie`` the last one.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Api(Protocol):
    """The REST API as the page sees it."""

    async def ask(
        self,
        method: str,
        path: str,
        *,
        visitor: Visitor,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Send one request and return the whole answer, whatever its status.

        Args:
            path: with its query: ``/v1/scenarios?limit=10``.
        """
        ...


class InMemoryApi:
    """Calls an ASGI app in this process, without a socket."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def ask(
        self,
        method: str,
        path: str,
        *,
        visitor: Visitor,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Send one request and return the whole answer, whatever its status."""
        answering = _Answering(body)
        scope = _scope(method, path, visitor, headers or {}, len(body))
        await self._app(scope, answering.receive, answering.send)
        return answering.answer()


class _Answering:
    """Both ends of one ASGI call: gives the body, gathers what comes back."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._status = 500
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []

    async def receive(self) -> MutableMapping[str, Any]:
        if self._body is None:
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            for name, value in message.get("headers", ()):
                self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))

    def answer(self) -> Answer:
        return Answer(status=self._status, headers=self._headers, body=b"".join(self._parts))


def _scope(
    method: str, path: str, visitor: Visitor, headers: Mapping[str, str], length: int
) -> Scope:
    path, _, query = path.partition("?")
    told = {"host": visitor.host, "cookie": visitor.cookie, "origin": visitor.origin}
    if length:
        told |= {"content-length": str(length), "content-type": "application/json"}
    told |= {name.lower(): value for name, value in headers.items()}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": visitor.scheme,
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in told.items()
            if value
        ],
        "client": visitor.client,
        "server": None,
        "state": {},
    }
