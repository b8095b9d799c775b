# SPDX-License-Identifier: Apache-2.0
"""What is superseded goes, what is used stays."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stackloom.local import lock, prune
from stackloom.local.layout import Layout

DAY = 86_400


@pytest.fixture
def everything(tmp_path: Path) -> Layout:
    """Return a layout with four environments and four sets of prepared data, by age."""
    root = Layout(root=tmp_path)
    for folder in (root.environments, root.prepared_all):
        for name, days in (("now", 0), ("young", 0.5), ("week", 7), ("old", 20)):
            path = folder / name
            path.mkdir(parents=True)
            then = time.time() - days * DAY
            os.utime(path, (then, then))
    return root


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_nobody_has_used_for_long_is_removed(everything: Layout) -> None:
    """Databases after a day, installations after two weeks."""
    prune.prune(everything, everything.environment("now"), everything.prepared("now"))
    assert _names(everything.environments) == ["now", "week", "young"]
    assert _names(everything.prepared_all) == ["now", "young"]


def test_what_is_used_now_is_marked_so(everything: Layout) -> None:
    """However old it is."""
    prune.prune(everything, everything.environment("old"), everything.prepared("old"))
    assert _names(everything.environments) == ["now", "old", "week", "young"]
    assert _names(everything.prepared_all) == ["now", "old", "young"]


def test_locks_of_clouds_that_are_gone_are_removed(everything: Layout) -> None:
    """But neither one that a command holds, nor those of other things."""
    everything.cloud("mine").directory.mkdir(parents=True)
    everything.locks.mkdir()
    names = ["cloud-gone", "cloud-held", "cloud-mine", "install", "start-gone", "users-gone"]
    for name in names:
        everything.lock(name).touch()

    async def remove() -> None:
        async with lock.hold(everything.lock("cloud-held"), doing="is at work"):
            prune.remove_locks(everything)

    asyncio.run(remove())
    assert _names(everything.locks) == [
        f"{name}.lock" for name in ("cloud-held", "cloud-mine", "install", "users-gone")
    ]


def test_what_a_running_cloud_came_from_stays(everything: Layout) -> None:
    """Its services import from it, and its reset copies from it; one that is down needs neither."""
    cloud = everything.cloud("mine")
    cloud.run.mkdir(parents=True)
    used = {
        "environment": str(everything.environment("old")),
        "prepared": str(everything.prepared("week")),
    }
    cloud.instructions.write_text(json.dumps(used))
    command = [sys.executable, "-c", "print(flush=True); input()", str(cloud.instructions)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    cloud.supervisor_pid.write_text(f"{process.pid}\n")
    old = prune.superseded(everything, now=time.time())
    assert old == [everything.prepared("old")]
    process.kill()
    process.communicate()
    assert prune.superseded(everything, now=time.time()) == [
        everything.environment("old"),
        everything.prepared("old"),
        everything.prepared("week"),
    ]
