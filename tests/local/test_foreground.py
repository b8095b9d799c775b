# SPDX-License-Identifier: Apache-2.0
"""A command in the foreground: its exit code comes back, and signals reach it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from stackloom.local import foreground

pytestmark = pytest.mark.slow

# Signals are for the whole process, so each test has one of its own.
_OUTER = """
import os, sys
from stackloom.local import foreground
sys.exit(foreground.run(sys.argv[1:], os.environ))
"""
_WAITS = "trap 'echo told; exit 9' {signal}; echo ready; while :; do sleep 0.05; done"


def _started(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _OUTER, *command], stdout=subprocess.PIPE)


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_its_exit_code_is_ours(script: str, code: int) -> None:
    """And a signal that ended it is told as shells do."""
    outer = _started("sh", "-c", script)
    outer.communicate()
    assert outer.returncode == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_to_us_is_passed_on(number: signal.Signals) -> None:
    """The command decides what to do with it."""
    outer = _started("sh", "-c", _WAITS.format(signal=number.name.removeprefix("SIG")))
    assert outer.stdout is not None
    assert outer.stdout.readline() == b"ready\n"
    outer.send_signal(number)
    output, _ = outer.communicate()
    assert (output, outer.returncode) == (b"told\n", 9)


def test_signals_that_we_block_are_not_blocked_in_the_command() -> None:
    """Nor ignored: it starts as if from a shell."""
    output, _ = _started("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status").communicate()
    values = [int(line.split()[1], 16) for line in output.splitlines()]
    assert [value & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGTERM - 1) for value in values] == [
        0,
        0,
    ]


def test_what_cannot_be_run_is_an_error_of_the_system() -> None:
    """And our own signals are as they were."""
    with pytest.raises(FileNotFoundError):
        foreground.run(["/nonexistent/program"], os.environ)
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
