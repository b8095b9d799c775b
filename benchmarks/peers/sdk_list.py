# SPDX-License-Identifier: Apache-2.0
"""openstacksdk's loop over all networks, page after page; prints what that has cost.

``sdk_list.py LIMIT``: that many a page. A log-in and a first request come before the clock starts.
"""

from __future__ import annotations

import json
import sys
import time

import openstack


def main(limit: int) -> None:
    cloud = openstack.connect()
    next(iter(cloud.network.networks(limit=1)))
    started, busy = time.perf_counter(), time.process_time()
    count = sum(1 for network in cloud.network.networks(limit=limit) if network.id and network.name)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - busy
    print(json.dumps({"count": count, "seconds": seconds, "cpu_seconds": cpu_seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
