# SPDX-License-Identifier: Apache-2.0
"""A transport without a network: answers by rules, and remembers what it was asked.

It knows no services; ``fakes/cloud.py`` teaches it to be Keystone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import msgspec

from stackloom.transport.client import Answer, Lost, NotSent, Request
from stackloom.transport.stream import is_streamed

Reply = Answer | NotSent | Lost | Callable[[Request], Answer]


class FakeTransport:
    """Answers each request by the rule for its method and path; of several replies, the last stays.

    Attributes:
        requests: everything that was sent, in order, the lost and refused included.
        most_at_once: how many requests were under way at the same time at most.
        is_closed: ``close`` was called.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.most_at_once = 0
        self.is_closed = False
        self._under_way = 0
        self._replies: dict[tuple[str, str], list[Reply]] = {}

    def on(self, method: str, path: str, *replies: Reply) -> None:
        """Answer *method* on *path* with *replies*, one after the other."""
        self._replies[method, path] = list(replies)

    async def send(self, request: Request) -> Answer:
        """Answer *request* by its rule."""
        self.requests.append(request)
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            await asyncio.sleep(0)  # a network lets others run
            return _put_into_sink(request, self._answer(request))
        finally:
            self._under_way -= 1

    async def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True

    def _answer(self, request: Request) -> Answer:
        replies = self._replies.get((request.method, urlsplit(request.url).path))
        assert replies, f"nobody told what to answer to {request.method} {request.url}"
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if isinstance(reply, NotSent | Lost):
            raise reply
        return reply if isinstance(reply, Answer) else reply(request)

    def sent(self, method: str, path: str) -> list[Request]:
        """Return the requests to one place."""
        return [
            request
            for request in self.requests
            if (request.method, urlsplit(request.url).path) == (method, path)
        ]

    @property
    def lines(self) -> list[str]:
        """The requests as ``METHOD path?query``, in order."""
        return [f"{each.method} /{each.url.split('/', 3)[3]}" for each in self.requests]


def _put_into_sink(request: Request, answer: Answer) -> Answer:
    if request.sink is None or not is_streamed(answer.status):
        return answer
    request.sink.begin()
    request.sink.write(answer.body)
    return msgspec.structs.replace(answer, body=b"")


def whole_body(request: Request) -> bytes:
    """Return what a request carries, in pieces or not."""
    return b"".join(request.upload.pieces()) if request.upload else request.body or b""


def answer(status: int = 200, document: object = None, **headers: str) -> Answer:
    """Build an answer of JSON; header names are written with underscores."""
    return raw_answer(status, b"" if document is None else msgspec.json.encode(document), **headers)


def raw_answer(status: int, body: bytes, **headers: str) -> Answer:
    """Build an answer of any bytes."""
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Answer(status=status, headers=named, body=body)


def body_of(request: Request) -> object:
    """Return the JSON that a request carries."""
    assert request.body is not None, "it carries nothing"
    return msgspec.json.decode(request.body)


def query_of(request: Request) -> dict[str, str]:
    """Return the query of a request."""
    return dict(parse_qsl(urlsplit(request.url).query))
