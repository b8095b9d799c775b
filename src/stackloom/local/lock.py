# SPDX-License-Identifier: Apache-2.0
"""One command at a time on one thing: a lock that ends with the process that holds it.

Knows nothing about what is locked.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from stackloom.errors import Busy
from stackloom.local import files

_PAUSE_SECONDS = 0.1


@asynccontextmanager
async def hold(
    path: Path,
    *,
    doing: str,
    wait_seconds: float = 0.0,
    when_waiting: Callable[[], None] = lambda: None,
) -> AsyncIterator[None]:
    """Hold the lock on *path* while the block runs.

    Args:
        doing: what the other command is doing, for the message: "works on the cloud local".
        wait_seconds: how long to wait for the other command to end.
        when_waiting: called once before waiting.

    Raises:
        Busy: another process still holds it.
    """
    descriptor = _try(path)
    if descriptor < 0:
        when_waiting()
        descriptor = await _wait(path, doing, wait_seconds)
    try:
        yield
    finally:
        os.close(descriptor)


def remove_free(path: Path) -> None:
    """Remove the file of a lock, unless somebody holds it; who waits for it makes a new one."""
    descriptor = _try(path)
    if descriptor >= 0:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _try(path: Path) -> int:
    """Return a descriptor that holds the lock, -1 where another process does."""
    while True:
        files.make_directory(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return -1
        # Who held it before may have removed the file: then it is not what others lock.
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)


async def _wait(path: Path, doing: str, wait_seconds: float) -> int:
    """Try again until it works: a blocking wait in a thread could not be cancelled."""
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline:
        await asyncio.sleep(_PAUSE_SECONDS)
        if (descriptor := _try(path)) >= 0:
            return descriptor
    raise Busy(f"another command {doing}", hint="wait until it has ended, then try again")
