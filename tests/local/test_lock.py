# SPDX-License-Identifier: Apache-2.0
"""One command at a time."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stackloom.errors import Busy
from stackloom.local import lock

_HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def _holder(path: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


async def _hold(path: Path, wait_seconds: float = 0.0) -> None:
    async with lock.hold(path, doing="is at work", wait_seconds=wait_seconds):
        pass


def test_the_second_command_is_told_what_the_first_does(tmp_path: Path) -> None:
    """It does not wait unless it is asked to."""
    holder = _holder(tmp_path / "a.lock")
    try:
        with pytest.raises(Busy, match="another command is at work"):
            asyncio.run(_hold(tmp_path / "a.lock"))
    finally:
        _end(holder)


def test_a_killed_command_holds_nothing(tmp_path: Path) -> None:
    """The kernel lets go of the lock, however the command ended; no file is in the way."""
    holder = _holder(tmp_path / "a.lock")
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    asyncio.run(_hold(tmp_path / "a.lock"))


def test_who_waits_gets_it_when_the_first_has_ended(tmp_path: Path) -> None:
    """And is told that it waits."""
    path = tmp_path / "a.lock"
    holder = _holder(path)
    said: list[str] = []

    def say() -> None:
        said.append("waiting")
        holder.kill()

    async def wait() -> None:
        async with lock.hold(path, doing="is at work", wait_seconds=30, when_waiting=say):
            said.append("got it")

    asyncio.run(wait())
    holder.communicate()
    assert said == ["waiting", "got it"]


def test_it_is_free_again_after_the_block(tmp_path: Path) -> None:
    """Also when the block fails."""

    async def fail() -> None:
        async with lock.hold(tmp_path / "a.lock", doing="is at work"):
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        asyncio.run(fail())
    asyncio.run(_hold(tmp_path / "a.lock"))


def test_a_lock_that_was_removed_meanwhile_is_no_lock(tmp_path: Path) -> None:
    """Who waited for it makes a new one: the next to come waits for that."""
    path = tmp_path / "a.lock"
    holder = _holder(path)

    def remove() -> None:
        path.unlink()
        holder.kill()

    async def wait() -> None:
        async with lock.hold(path, doing="is at work", wait_seconds=30, when_waiting=remove):
            await _hold(path)

    with pytest.raises(Busy, match="another command is at work"):
        asyncio.run(wait())
    holder.communicate()
