# SPDX-License-Identifier: Apache-2.0
"""What every test may ask for: above all one local cloud for the whole run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackloom.local import lifecycle, status
from stackloom.local.access import Access

_PREFIX = "test-"


@pytest.fixture(scope="session")
def local_cloud() -> Iterator[Access]:
    """A cloud of this run's own; what is installed is shared with the person's."""
    name = f"{_PREFIX}{os.getpid()}"
    _remove_leftovers()
    yield asyncio.run(lifecycle.up(name=name))
    asyncio.run(lifecycle.purge(name=name))


def _remove_leftovers() -> None:
    """Take away the clouds of runs that were killed."""
    for name in status.names():
        pid = name.removeprefix(_PREFIX).partition("-")[0]
        if name.startswith(_PREFIX) and pid.isdigit() and not Path(f"/proc/{pid}").exists():
            asyncio.run(lifecycle.purge(name=name))
