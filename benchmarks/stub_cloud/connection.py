# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 for the stub, as little of it as its clients need: each answer is due after a latency.

Written by hand because it must cost next to nothing beside what it measures: 50 µs a request. Knows
no OpenStack. Bodies have a length; chunked ones are refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, unquote

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asks; header names are lower case, a parameter has all its values."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it gets; a document of None is no body."""

    status: int = 200
    document: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Connection(asyncio.Protocol):
    """One client's connection.

    Args:
        latency: says how many seconds a path's requests wait before they are handled.
        handle: what answers them.
    """

    def __init__(
        self, latency: Callable[[str], float], handle: Callable[[Request, float], Answer]
    ) -> None:
        self._latency = latency
        self._handle = handle
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].decode("latin-1").split("\r\n")
            headers = dict(_header(line) for line in head[1:])
            if "transfer-encoding" in headers:
                self._write(Answer(status=411, document={"message": "a body needs a length"}))
                return
            length = int(headers.get("content-length", "0"))
            if len(self._received) < end + 4 + length:
                return
            body = self._received[end + 4 : end + 4 + length]
            self._received = self._received[end + 4 + length :]
            method, target, _version = head[0].split(" ")
            self._begin(method, target, headers, body)

    def _begin(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        path, _, query = target.partition("?")
        request = Request(
            method=method,
            path=unquote(path).rstrip("/"),
            query=parse_qs(query, keep_blank_values=True),
            headers=headers,
            body=msgspec.json.decode(body) if body else {},
        )
        arrived = self._loop.time()
        delay = self._latency(request.path)
        if delay:
            self._loop.call_later(delay, self._finish, request, arrived)
        else:
            self._finish(request, arrived)

    def _finish(self, request: Request, arrived: float) -> None:
        self._write(self._handle(request, arrived))

    def _write(self, answer: Answer) -> None:
        assert self._transport is not None, "a request came over it"
        if self._transport.is_closing():
            return
        body = b"" if answer.document is None else msgspec.json.encode(answer.document)
        lines = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        if body:
            lines.append("Content-Type: application/json")
        self._transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
