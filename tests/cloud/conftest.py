# SPDX-License-Identifier: Apache-2.0
"""Connections of openstacksdk to the run's local cloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openstack.connection import Connection
from tests.cloud.connecting import connect

from stackloom.local.access import Access


@pytest.fixture
def demo(local_cloud: Access) -> Iterator[Connection]:
    """Return a connection as the plain member ``demo``."""
    with connect(local_cloud, "demo") as connection:
        yield connection


@pytest.fixture
def admin(local_cloud: Access) -> Iterator[Connection]:
    """Return a connection as ``admin`` in the project ``admin``."""
    with connect(local_cloud, "admin") as connection:
        yield connection
