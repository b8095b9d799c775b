# SPDX-License-Identifier: Apache-2.0
"""A program that is started, watched and ended, and that dies with whoever started it.

Knows nothing about what it does, nor when it is to be started again.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_STDERR = 2


class Child:
    """One program of ours.

    It has a session of its own, so that Ctrl-C in a terminal meets only its parent, which ends it
    in its turn.

    Args:
        name: what messages call it.
        dies_by: the signal that the kernel sends it when its parent has ended, however that was.
        stops_by: the signal that asks it to end.
        log: the file that gets what it prints, at its end; None for our own stderr.
        descriptors: of ours that it keeps open.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        dies_by: signal.Signals = signal.SIGKILL,
        stops_by: signal.Signals = signal.SIGTERM,
        log: Path | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        self.name = name
        self._command = tuple(command)
        self._environment = dict(environment)
        self._dies_by = dies_by
        self._stops_by = stops_by
        self._log = log
        self._descriptors = tuple(descriptors)
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """Its process id; of the last one, where it has ended."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process.pid

    @property
    def is_up(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it.

        Call it on the main thread: the kernel watches the thread that starts a child, not the
        process (prctl(2), PR_SET_PDEATHSIG).
        """
        assert not self.is_up, f"{self.name} is up already"
        output = _STDERR if self._log is None else _opened(self._log)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment,
                pass_fds=self._descriptors,
                start_new_session=True,
                preexec_fn=dying_with_parent(self._dies_by),
            )
        finally:
            if output != _STDERR:
                os.close(output)

    async def ended(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        assert self._process is not None, f"{self.name} was not started"
        return await self._process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        if self.is_up:
            assert self._process is not None
            self._process.send_signal(number)

    async def stop(self, within_seconds: float) -> bool:
        """Ask it to end, and kill it where it has not; return whether it ended by itself."""
        if not self.is_up:
            return True
        self.send(self._stops_by)
        try:
            async with asyncio.timeout(within_seconds):
                await self.ended()
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self.ended()
            return False
        return True


def _opened(log: Path) -> int:
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def dying_with_parent(number: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """Return what a child of this process does before it becomes its program: ``preexec_fn``.

    The kernel keeps the wish when the child becomes another program (prctl(2)). Only calls that
    take no lock: another thread of the parent may have held one at the fork.
    """
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
