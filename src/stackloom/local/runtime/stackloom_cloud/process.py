# SPDX-License-Identifier: Apache-2.0
"""Forked processes that die with their parent and log into a file.

Knows nothing about what they do.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends, however that ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def set_name(name: str) -> None:
    """Set the name that ``ps`` and ``top`` show; the kernel keeps 15 characters."""
    _libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def log_to(path: Path) -> None:
    """Send everything that this process prints to the end of *path*."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def fork(name: str, log: Path, body: Callable[[], int], *, close: tuple[int, ...] = ()) -> int:
    """Run *body* in a child process and return the child's pid.

    A signal that meets the child in its first moment waits until it has let go of the parent's
    handlers: they would tell the parent of it, which would take it for its own.

    Args:
        close: descriptors of the parent that the child must not keep open.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        pid = os.fork()
        if pid == 0:
            _run_child(name, log, body, close, parent)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _run_child(
    name: str, log: Path, body: Callable[[], int], close: tuple[int, ...], parent: int
) -> NoReturn:
    code = 1
    try:
        die_with_parent(parent)
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        for descriptor in close:
            os.close(descriptor)
        log_to(log)
        set_name(name)
        code = body()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
        if not isinstance(error.code, int):
            sys.stderr.write(f"{error.code}\n")
    except BaseException:  # noqa: BLE001 - the last frame of a child; its log is all there is
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        # Not sys.exit: the exit handlers and threads of the services take seconds, and the
        # databases are safe without them.
        os._exit(code)
