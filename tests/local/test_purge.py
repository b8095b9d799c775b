# SPDX-License-Identifier: Apache-2.0
"""Everything of the local clouds is removed; a cloud that runs in ``tests/cloud``."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from stackloom.errors import Busy
from stackloom.local import layout, lifecycle, lock, status
from stackloom.local.layout import Layout


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """Return a layout with two clouds that are down, and what they were made from."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    found = layout.from_environment(os.environ)
    for name in ("one", "two"):
        found.cloud(name).data.mkdir(parents=True)
    for folder in (found.environment("2026.2"), found.prepared("2026.2"), found.cache):
        folder.mkdir(parents=True)
    return found


def test_one_cloud_is_removed_and_the_rest_stays(everything: Layout) -> None:
    """What is installed among it; the file on which one command at a time worked goes too."""
    asyncio.run(lifecycle.purge(name="one"))
    assert status.names() == ["two"]
    assert list(everything.locks.iterdir()) == []
    assert everything.environment("2026.2").is_dir()


def test_all_is_removed(everything: Layout) -> None:
    """With the locks of clouds that were removed earlier: not even a directory is left."""
    everything.locks.mkdir()
    everything.lock("cloud-of-yore").touch()
    everything.lock("start-of-yore").touch()
    asyncio.run(lifecycle.purge_all())
    assert not everything.root.exists()


def test_a_cloud_that_never_was_leaves_no_lock(everything: Layout) -> None:
    """Whatever is asked of it."""
    assert asyncio.run(lifecycle.down(name="none")) is False
    assert asyncio.run(lifecycle.reset(name="none")) is None
    assert list(everything.locks.iterdir()) == []


def test_what_is_being_installed_is_not_removed_from_under_it(everything: Layout) -> None:
    """The other command is named."""

    async def purge_while_installing() -> None:
        async with lock.hold(everything.lock("install"), doing="installs"):
            await lifecycle.purge_all()

    with pytest.raises(Busy, match="another command installs OpenStack"):
        asyncio.run(purge_while_installing())
    assert everything.environment("2026.2").is_dir()
