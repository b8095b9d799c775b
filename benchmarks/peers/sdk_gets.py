# SPDX-License-Identifier: Apache-2.0
"""openstacksdk in threads: one list, asked for again and again; prints what that has cost.

``sdk_gets.py REQUESTS AT_ONCE PATH``: ``PATH`` is below Neutron's address. A log-in and a first
request come before the clock starts. Every thread may keep its connection: with the SDK's own pool
of ten, 50 threads open a new one for most requests.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import openstack
from keystoneauth1.session import TCPKeepAliveAdapter


def main(requests: int, at_once: int, path: str) -> None:
    cloud = openstack.connect()
    adapter = TCPKeepAliveAdapter(pool_connections=at_once, pool_maxsize=at_once)
    cloud.session.session.mount("http://", adapter)

    def get(_number: int) -> int:
        return len(cloud.network.get(path).json()["networks"])

    listed = get(0)
    with ThreadPoolExecutor(at_once) as pool:
        started, busy = time.perf_counter(), time.process_time()
        counts = list(pool.map(get, range(requests)))
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - busy
    assert counts == [listed] * requests
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
