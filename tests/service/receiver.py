# SPDX-License-Identifier: Apache-2.0
"""A real HTTP server that takes what is sent to it and answers as it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(slots=True)
class Receiver:
    """What came in.

    Attributes:
        answers: what is sent back, the last one again and again; "" for no answer.
        requests: line, headers by their names in lower case, body.
        came: set once something has come in.
        at_work: a task for each connection.
    """

    port: int = 0
    answers: list[str] = field(default_factory=lambda: ["204 No Content"])
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    at_work: list[asyncio.Task[None] | None] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request, and let go of the connection."""
        self.at_work.append(asyncio.current_task())
        with suppress(OSError):
            await self._answer(reader, writer)
            writer.close()
            await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append((head[0], headers, body))
        self.came.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer:
            writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
        else:
            await reader.read()  # until the other side gives up


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Listen on the loopback for an ``async with``."""
    taken = Receiver()
    server = await asyncio.start_server(taken.take, "127.0.0.1", 0)
    taken.port = server.sockets[0].getsockname()[1]
    try:
        yield taken
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*(task for task in taken.at_work if task))
