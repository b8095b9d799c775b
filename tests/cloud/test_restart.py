# SPDX-License-Identifier: Apache-2.0
"""A cloud that was down for long."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing

import pytest
from tests.cloud.command_line import EXAMPLES, done

from stackloom.local import layout, lifecycle
from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow]


def test_a_server_boots_at_once_after_a_long_night(local_cloud: Access) -> None:
    """Nova knows its compute host as up from the first moment, however old its last report is."""
    name = f"{local_cloud.name}-night"
    asyncio.run(lifecycle.up(name=name))
    try:
        asyncio.run(lifecycle.down(name=name))
        cloud = layout.from_environment(os.environ).cloud(name)
        with closing(sqlite3.connect(cloud.data / "databases" / "nova.sqlite")) as database:
            database.execute("UPDATE services SET last_seen_up = '2020-01-01 00:00:00.000000'")
            database.commit()
        found = asyncio.run(lifecycle.up(name=name))
        done(found, "apply", str(EXAMPLES / "one-server.yaml"), "--yes")
    finally:
        asyncio.run(lifecycle.purge(name=name))
