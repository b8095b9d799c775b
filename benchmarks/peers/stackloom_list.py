# SPDX-License-Identifier: Apache-2.0
"""stackloom's loop over all networks, page after page; see ``sdk_list.py``."""

from __future__ import annotations

import asyncio
import json
import sys
import time

import stackloom


async def main(limit: int) -> None:
    async with stackloom.connect() as cloud:
        async for _network in cloud.networks.list(limit=1):
            break
        count = 0
        started, busy = time.perf_counter(), time.process_time()
        async for network in cloud.networks.list(limit=limit):
            count += bool(network.id and network.name)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - busy
    print(json.dumps({"count": count, "seconds": seconds, "cpu_seconds": cpu_seconds}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
