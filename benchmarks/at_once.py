# SPDX-License-Identifier: Apache-2.0
"""Let many ask the same at the same moment, each once: ``at_once.py URL CALLERS``, ``TOKEN`` set.

Connections are made before the clock starts. Prints how long the last had to wait, in ms.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from urllib.parse import urlsplit


async def main() -> None:
    url, callers = urlsplit(sys.argv[1]), int(sys.argv[2])
    request = (
        f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n"
        f"X-Auth-Token: {os.environ['TOKEN']}\r\n\r\n"
    ).encode()
    slots = asyncio.Semaphore(50)  # so that 500 connections are not made in one moment
    connected, all_ready, go = 0, asyncio.Event(), asyncio.Event()

    async def ask() -> float:
        nonlocal connected
        async with slots:
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
        connected += 1
        if connected == callers:
            all_ready.set()
        await go.wait()
        writer.write(request)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200 "), answer[:300].decode()
        writer.close()
        return time.perf_counter()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask()) for _ in range(callers)]
        await all_ready.wait()
        started = time.perf_counter()
        go.set()
    print(json.dumps({"last": (max(task.result() for task in tasks) - started) * 1e3}))


if __name__ == "__main__":
    asyncio.run(main())
