# SPDX-License-Identifier: Apache-2.0
"""Run one command in the foreground: signals are passed on to it, its exit code comes back.

Knows nothing about clouds.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence

_SIGNAL_CODE = 128  # what shells add to the number of a signal that ended a command
# Python ignores them; the command is not to.
_DEFAULTS = (signal.SIGPIPE, signal.SIGXFSZ)
_PASSED_ON = frozenset(
    {
        signal.SIGHUP,
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGTERM,
        signal.SIGUSR1,
        signal.SIGUSR2,
        signal.SIGWINCH,
    }
)
# siginfo's si_code of what the kernel sends by itself, such as a terminal's Ctrl-C
# (include/uapi/asm-generic/siginfo.h, SI_KERNEL).
_FROM_THE_KERNEL = 0x80


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command to its end; return its exit code, or 128 and the signal that ended it.

    It shares our terminal and process group, so what the terminal sends reaches it by itself; what
    is sent to us alone is passed on.

    Raises:
        OSError: there is no such program, or it cannot be run.
    """
    waited_for = _PASSED_ON | {signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
    try:
        pid = os.posix_spawnp(
            command[0], list(command), dict(environment), setsigmask=before, setsigdef=_DEFAULTS
        )
        while True:
            caught = signal.sigwaitinfo(waited_for)
            if caught.si_signo != signal.SIGCHLD:
                if caught.si_code != _FROM_THE_KERNEL:
                    os.kill(pid, caught.si_signo)
                continue
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else _SIGNAL_CODE - code
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
