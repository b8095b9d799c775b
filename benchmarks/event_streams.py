# SPDX-License-Identifier: Apache-2.0
"""Follow the events of a project on many connections at once, and say how late they came.

``event_streams.py URL STREAMS PLANS``, the token in ``TOKEN``: prints ``open`` once all are, waits
until each has seen so many plans become ready, and prints JSON. Raw sockets and asyncio: a client
library would take longer than what is measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

# Of one bus of the loopback, so that 500 connections are not made in one moment.
_OPENING_AT_ONCE = 50
_PATIENCE_SECONDS = 120.0


@dataclass(slots=True)
class Stream:
    """One connection.

    Attributes:
        positions: of the events that have come, in their order.
        late_ms: from the moment at which each was written, by the database's clock.
    """

    positions: list[int] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)

    async def follow(self, url: str, plans: int, slots: asyncio.Semaphore, opened) -> None:
        parts = urlsplit(url)
        async with slots:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(
                f"GET /v1/events HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                f"Accept: text/event-stream\r\nX-Auth-Token: {os.environ['TOKEN']}\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n")[0], head.decode()
            opened()
        while plans:
            line = await reader.readline()
            assert line, "the stream has ended"
            if line.startswith(b"data: {"):
                now = time.time()
                event = json.loads(line[6:])
                written = datetime.fromisoformat(event["at"]).timestamp()
                self.positions.append(event["position"])
                self.late_ms.append((now - written) * 1e3)
                plans -= event["type"] == "plan_ready"
        writer.close()


async def main() -> None:
    url, count, plans = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    slots = asyncio.Semaphore(_OPENING_AT_ONCE)
    streams = [Stream() for _ in range(count)]
    waiting = count

    def opened() -> None:
        nonlocal waiting
        waiting -= 1
        if not waiting:
            print("open", flush=True)

    async with asyncio.timeout(_PATIENCE_SECONDS), asyncio.TaskGroup() as group:
        for stream in streams:
            group.create_task(stream.follow(url, plans, slots, opened))
    late = [each for stream in streams for each in stream.late_ms]
    first = streams[0].positions
    whole = list(range(first[0], first[0] + len(first)))
    found = {
        "events": len(first),
        "wrong": sum(stream.positions != whole for stream in streams),
        "p50": statistics.median(late),
        "p99": statistics.quantiles(late, n=100)[98],
        "most": max(late),
    }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
