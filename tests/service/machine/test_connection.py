# SPDX-License-Identifier: Apache-2.0
"""Connections: how long the head of a request may be, and how long it may take."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
import uvicorn
from tests.service.hearing import said

from stackloom.service.machine.connection import Connection
from stackloom.service.rest.asgi import Receive, Scope, Send

T = TypeVar("T")
_REQUEST = b"GET / HTTP/1.1\r\nHost: service.test\r\n"


class _Hasty(Connection):
    head_seconds = 0.1


async def _answers(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def at(kind: type[Connection], ask: Callable[[int], Awaitable[T]]) -> T:
    """Return what *ask* finds out at a port."""

    async def run() -> T:
        config = uvicorn.Config(_answers, http=kind, lifespan="off", log_config=None, ws="none")
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(config)
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve([listener]))
            try:
                return await ask(listener.getsockname()[1])
            finally:
                server.should_exit = True

    return asyncio.run(run())


async def heard(port: int, *pieces: bytes) -> tuple[int, str]:
    """Send pieces and wait until the other side hangs up; return status and code, 0 for none."""
    status, body = await said("127.0.0.1", port, *(pieces or (b"",)))
    return status, json.loads(body)["errors"][0]["code"] if body else ""


@pytest.mark.parametrize(
    "pieces",
    [(), (b"GET / HT",), (_REQUEST,), (_REQUEST, b"X-Slow: a\r\n")],
    ids=["nothing", "half a line", "half a head", "in pieces"],
)
def test_a_head_that_does_not_come(pieces: tuple[bytes, ...]) -> None:
    """408, and the connection ends; also where nothing was said at all."""
    told = at(_Hasty, lambda port: heard(port, *pieces))
    assert told == (408, "stackloom.request.took-too-long")


@pytest.mark.parametrize(
    "pieces",
    [
        (b"GET /" + b"a" * 100_000,),
        (_REQUEST, *[b"X-Many: a\r\n"] * 10_000),
        (_REQUEST + b"X-Many: a\r\n" * 10_000 + b"\r\n",),
        (_REQUEST + b"X-Long: ", b"a" * 50_000, b"a" * 50_000),
    ],
    ids=["a path", "many headers", "many at once", "a long header"],
)
def test_a_head_without_end(pieces: tuple[bytes, ...]) -> None:
    """431 as soon as it is too long."""
    told = at(Connection, lambda port: heard(port, *pieces))
    assert told == (431, "stackloom.header.too-large")


def test_what_is_complete_has_all_the_time() -> None:
    """A head of nearly all that may be, twice on one connection, with pauses in between."""
    head = _REQUEST + b"X-Long: " + b"a" * 60_000 + b"\r\n\r\n"

    async def ask(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = b""
        for _ in range(2):
            writer.write(head)
            lines += (await reader.readuntil(b"\r\n\r\n")).splitlines()[0]
        writer.close()
        return lines

    assert at(Connection, ask) == b"HTTP/1.1 204 No Content" * 2
