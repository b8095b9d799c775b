# SPDX-License-Identifier: Apache-2.0
"""What faults and latency cost a local cloud: next to nothing, and no worker where many wait.

Asks Neutron for its versions, the quickest answer that it has, so that what is added shows most::

    scripts/uv run benchmarks/local_faults.py
"""

from __future__ import annotations

import asyncio
import http.client
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from stackloom.local import faults, lifecycle, status
from stackloom.local.faults import Fault

NAME = "benchmark-faults"
REQUESTS = 1500
AT_ONCE = 50
LATENCY_SECONDS = 0.15


def main() -> int:
    asyncio.run(lifecycle.up(name=NAME))
    try:
        _measure()
    finally:
        asyncio.run(lifecycle.purge(name=NAME))
    return 0


def _measure() -> None:
    rows = status.status(NAME).services
    host = urlsplit(next(row.url for row in rows if row.service == "neutron")).netloc
    _one_after_the_other(host)
    _say("a request, no fault set", _one_after_the_other(host) * 1e6, "µs")
    faults.add(NAME, Fault(path="/elsewhere", status=503))
    _say("a request, a fault set elsewhere", _one_after_the_other(host) * 1e6, "µs")
    faults.clear(NAME)
    _say(f"{AT_ONCE} requests at once", _at_once(host) * 1e3, "ms")
    faults.add(NAME, Fault(delay_seconds=LATENCY_SECONDS))
    _say(f"{AT_ONCE} requests at once, 150 ms away", _at_once(host) * 1e3, "ms")


def _one_after_the_other(host: str) -> float:
    """Return the median time of a request."""
    connection = http.client.HTTPConnection(host)
    times = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        connection.request("GET", "/")
        connection.getresponse().read()
        times.append(time.perf_counter() - started)
    connection.close()
    return statistics.median(times)


def _at_once(host: str) -> float:
    """Return how long it takes until the last of many has its answer."""

    def ask(_number: int) -> None:
        connection = http.client.HTTPConnection(host)
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ask, range(AT_ONCE)))
        started = time.perf_counter()
        list(pool.map(ask, range(AT_ONCE)))
        return time.perf_counter() - started


def _say(what: str, number: float, unit: str) -> None:
    print(f"{what:<48} {number:8.0f} {unit}")


if __name__ == "__main__":
    sys.exit(main())
