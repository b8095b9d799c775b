# SPDX-License-Identifier: Apache-2.0
"""Clouds that go when their last user goes, however it goes.

Each has a file of users: whoever uses the cloud holds a shared lock on it, which the kernel counts
and takes back from processes that are killed. Whoever gets the lock for itself knows that nobody
uses the cloud any more, and takes it away. Knows nothing about what the cloud is used for.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from stackloom.errors import Busy, UsageError
from stackloom.local import files, layout, lifecycle, status
from stackloom.local.access import Access
from stackloom.local.layout import Layout

_USERS = "users-"
_PAUSE_SECONDS = 0.05


class Use:
    """A share in the use of a cloud; ends when it is closed, or the process ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def is_last(self) -> bool:
        """Give up the share, and tell whether it was the last: then nobody comes in any more."""
        return _locked(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def wait_for_the_others(self) -> None:
        """Give up the share, and return when it was the last."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Let go; the cloud is still there for others."""
        os.close(self._descriptor)

    def forget(self) -> None:
        """Let go for good: the cloud is gone, and with it the file."""
        self._path.unlink(missing_ok=True)
        self.close()


def new_name(prefix: str) -> str:
    """Return a name that no other cloud has: *prefix* and eight random digits."""
    return f"{prefix}-{secrets.token_hex(4)}"


def use(name: str) -> Use:
    """Take a share in the use of the cloud, waiting while it is being taken away."""
    return _opened(_users_file(_layout(), name), fcntl.LOCK_SH)


class BringUp(Protocol):
    """``lifecycle.up`` with all that a caller wants to say of the cloud."""

    def __call__(self, *, name: str, tie: Callable[[int], None]) -> Coroutine[Any, Any, Access]:
        """Bring the cloud up, tied to a descriptor."""


@contextmanager
def throw_away(name: str, bring_up: BringUp = lifecycle.up) -> Iterator[Access]:
    """Give out a cloud for the length of a ``with``, then wait for its other users and remove it.

    It dies with this process in any case; then its directory is removed by the next call.

    Raises:
        UsageError: there is a cloud of this name already.
        LocalCloudError: it could not be brought up.
    """
    sweep()
    everything = _layout()
    if everything.cloud(name).directory.exists():
        raise UsageError(
            f'there is a local cloud "{name}" already, and this one would be thrown away',
            hint="give it another name",
        )
    share = use(name)
    tied: list[int] = []
    is_up = False
    try:
        found = asyncio.run(bring_up(name=name, tie=tied.append))
        is_up = True
        yield found
    finally:
        if is_up:
            share.wait_for_the_others()
        if is_up or share.is_last():
            _take_away(name)
            share.forget()
        else:
            share.close()
        for descriptor in tied:
            os.close(descriptor)


def until_gone(name: str, *, within_seconds: float) -> None:
    """Wait until the last user has taken the cloud away; where nobody does, do it."""
    path = _users_file(_layout(), name)
    deadline = time.monotonic() + within_seconds
    while path.exists() and time.monotonic() < deadline:
        with suppress(BlockingIOError, FileNotFoundError):
            share = _opened(path, fcntl.LOCK_EX | fcntl.LOCK_NB, flags=os.O_RDWR)
            _take_away(name)
            share.forget()
            return
        time.sleep(_PAUSE_SECONDS)


def start_lock(name: str) -> Path:
    """Return the file that is locked while one of several users starts the cloud."""
    return _layout().lock(f"start-{name}")


def sweep() -> None:
    """Take away the clouds whose users are all gone, and those that were made beside them."""
    everything = _layout()
    folder = _users_file(everything, "any").parent
    for path in folder.glob(f"{_USERS}*.lock"):
        with suppress(BlockingIOError, FileNotFoundError):
            share = _opened(path, fcntl.LOCK_EX | fcntl.LOCK_NB, flags=os.O_RDWR)
            try:
                _take_away(path.stem.removeprefix(_USERS))
            except Busy:
                share.close()
            else:
                share.forget()


def _take_away(name: str) -> None:
    """Remove the cloud, and the clouds whose names begin with its name and a hyphen."""
    beside = [each for each in status.names() if each.startswith(f"{name}-")]
    for each in (*beside, name):
        asyncio.run(lifecycle.purge(name=each))
    start_lock(name).unlink(missing_ok=True)


def _layout() -> Layout:
    return layout.from_environment(os.environ)


def _users_file(everything: Layout, name: str) -> Path:
    return everything.lock(f"{_USERS}{everything.cloud(name).name}")


def _opened(path: Path, how: int, *, flags: int = os.O_RDWR | os.O_CREAT) -> Use:
    """Open and lock the file.

    Who had the lock before may have removed the file meanwhile: then it is opened again.

    Raises:
        BlockingIOError: it is in use, and *how* does not wait.
    """
    files.make_directory(path.parent)
    while True:
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            is_still_there = os.fstat(descriptor).st_nlink > 0
        except BaseException:
            os.close(descriptor)
            raise
        if is_still_there:
            return Use(path, descriptor)
        os.close(descriptor)


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        return False
    return True
