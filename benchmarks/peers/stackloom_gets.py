# SPDX-License-Identifier: Apache-2.0
"""stackloom with asyncio: one list, asked for again and again; prints what that has cost.

``stackloom_gets.py REQUESTS AT_ONCE PATH``: see ``sdk_gets.py``. The same work: a JSON document
that is read whole.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import msgspec

import stackloom


async def main(requests: int, at_once: int, path: str) -> None:
    async with stackloom.connect() as cloud:

        async def get() -> int:
            answer = await cloud.request("network", "GET", path)
            return len(msgspec.json.decode(answer.body)["networks"])

        async def work(numbers: list[int]) -> None:
            while numbers:
                numbers.pop()
                counts.append(await get())

        counts: list[int] = []
        listed = await get()
        started, busy = time.perf_counter(), time.process_time()
        numbers = list(range(requests))
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work(numbers))
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - busy
    assert counts == [listed] * requests
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
