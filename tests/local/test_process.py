# SPDX-License-Identifier: Apache-2.0
"""Forked programs die with their parent, and what the kernel says of a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stackloom.local import processes
from stackloom.local.blueprint import RUNTIME

_PARENT = """
import sys, time
from pathlib import Path
from stackloom_cloud import process
def child():
    print("in the log", flush=True)
    if sys.argv[1] == "fail":
        raise ValueError("why")
    time.sleep(60)
    return 0
pid = process.fork("child", Path(sys.argv[2]), child)
print(pid, flush=True)
import os
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""

# As the supervisor hears of signals: each that it is sent is a byte in a socket.
_LISTENING_PARENT = """
import os, signal, socket, sys, time
from pathlib import Path
from stackloom_cloud import process
read, write = socket.socketpair()
for end in (read, write):
    end.setblocking(False)
signal.set_wakeup_fd(write.fileno())
signal.signal(signal.SIGTERM, lambda number, frame: None)
codes = set()
for _ in range(200):
    pid = process.fork("child", Path(sys.argv[1]), lambda: time.sleep(60) or 0)
    os.kill(pid, signal.SIGTERM)
    codes.add(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(codes)
try:
    print(read.recv(64))
except BlockingIOError:
    print("nothing heard")
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where the child logs."""
    return tmp_path / "child.log"


def _parent(what: str, log: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _PARENT, what, str(log)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(RUNTIME)},
    )


def test_a_child_dies_with_its_parent(log: Path) -> None:
    """Also when the parent is killed and can do nothing for it."""
    parent = _parent("wait", log)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 10
    while not processes.has_ended(child):
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.01)


def test_a_failing_child_leaves_its_traceback_in_the_log(log: Path) -> None:
    """And says so with its exit code."""
    output, _ = _parent("fail", log).communicate()
    assert output.split()[1] == b"1"
    text = log.read_text()
    assert text.startswith("in the log\nTraceback")
    assert text.endswith("ValueError: why\n")


def test_a_signal_to_a_new_child_is_not_taken_for_the_parents(log: Path) -> None:
    """However early it comes: the child ends by it, and the parent goes on."""
    ended = subprocess.run(
        [sys.executable, "-c", _LISTENING_PARENT, str(log)],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(RUNTIME)},
        check=False,
        timeout=60,
    )
    assert ended.stdout == b"{-15}\nnothing heard\n"


def test_a_process_is_known_by_its_last_argument() -> None:
    """Not by its number, which may be another's by now."""
    command = [sys.executable, "-c", "print(flush=True); input()", "mark-of-a-test"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert processes.is_running(process.pid, "mark-of-a-test")
    assert not processes.is_running(process.pid, "mark-of-another")
    assert processes.started_with("mark-of-a-test") == [process.pid]
    assert processes.memory_mib(process.pid) > 1
    process.kill()
    process.communicate()
    assert processes.has_ended(process.pid)
    assert processes.memory_mib(process.pid) == 0
