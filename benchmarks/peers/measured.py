# SPDX-License-Identifier: Apache-2.0
"""What a command costs as a whole process: wall clock, CPU of it and its children, peak memory.

It is run by a small program of its own, this file: Linux lets a process begin with the peak memory
of the one that starts it, and this one is the smallest that Python can be.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of one command; *requests* and what its services used are -1 where nobody counted."""

    seconds: float
    cpu_seconds: float
    memory_mb: float
    exit_code: int
    output: str
    requests: int = -1
    services_cpu_seconds: float = -1.0


def measure(command: Sequence[str], environment: Mapping[str, str], *, allowed=(0,)) -> Measured:
    """Run a command to its end.

    Raises:
        SystemExit: it ended with another exit code than those *allowed*; shows what it said.
    """
    watcher = [sys.executable, "-I", "-S", __file__, *command]
    reader, writer = os.pipe()
    child = subprocess.Popen(
        watcher,
        env={**environment, "STACKLOOM_MEASURED": str(writer)},
        pass_fds=[writer],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(writer)
    output = child.communicate()[0]
    with os.fdopen(reader) as pipe:
        found = Measured(**json.loads(pipe.read()), output=output)
    if found.exit_code not in allowed:
        raise SystemExit(f"{' '.join(command)}\nended with {found.exit_code}:\n{output[-3000:]}")
    return found


def _watch(command: list[str], writer: int) -> None:
    os.set_inheritable(writer, False)
    started = time.perf_counter()
    exit_code = subprocess.call(command)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "memory_mb": used.ru_maxrss / 1024,
        "exit_code": exit_code,
    }
    os.write(writer, json.dumps(found).encode())


if __name__ == "__main__":
    _watch(sys.argv[1:], int(os.environ.pop("STACKLOOM_MEASURED")))
