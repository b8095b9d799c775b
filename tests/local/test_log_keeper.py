# SPDX-License-Identifier: Apache-2.0
"""Logs of a cloud that runs for long."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from stackloom.local.blueprint import RUNTIME
from stackloom.local.runtime.stackloom_cloud import log_keeper

_WRITER = """
import signal, sys
from pathlib import Path
from stackloom_cloud import process
log = Path(sys.argv[1])
signal.signal(signal.SIGHUP, lambda *_: process.log_to(log))
answers = open(int(sys.argv[2]), "w", buffering=1)
process.log_to(log)
for line in sys.stdin:
    print(line, end="", flush=True)
    answers.write(line)
"""


def test_a_long_log_is_set_aside_and_begun_anew(tmp_path: Path) -> None:
    """Nothing that is written before, between or after is lost; what is short stays."""
    log = tmp_path / "nova.log"
    read, write = os.pipe()
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(log), str(write)],
        stdin=subprocess.PIPE, text=True, bufsize=1, pass_fds=(write,),
        env={**os.environ, "PYTHONPATH": str(RUNTIME)},
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as answers:

        def say(line: str) -> None:
            assert writer.stdin is not None
            writer.stdin.write(f"{line}\n")
            assert answers.readline() == f"{line}\n"

        say("before")
        assert log_keeper.rotate({log: writer.pid}, long_bytes=100) == []
        assert log_keeper.rotate({log: writer.pid}, long_bytes=5) == [log]
        say("after")
        writer.communicate()
    aside = log.with_suffix(".log.1").read_text()
    anew = log.read_text() if log.exists() else ""
    assert aside + anew == "before\nafter\n"
    assert aside.startswith("before\n")


def test_a_program_that_has_ended_keeps_no_other_from_being_looked_at(tmp_path: Path) -> None:
    """Nor does a log that there is not."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    log = tmp_path / "nova.log"
    log.write_text("long")
    pid_by_log = {tmp_path / "none.log": gone.pid, log: gone.pid}
    assert log_keeper.rotate(pid_by_log, long_bytes=1) == []
    assert log.with_suffix(".log.1").read_text() == "long"
