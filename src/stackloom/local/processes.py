# SPDX-License-Identifier: Apache-2.0
"""What the kernel says about a process: whether it is the one we mean, its memory, its age.

Linux only: reads ``/proc``.
"""

from __future__ import annotations

from pathlib import Path


def is_running(pid: int, argument: str) -> bool:
    """Tell whether *pid* is alive and was started with *argument* as its last argument.

    So a process id that was given to another program since is not mistaken for ours.
    """
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except OSError:
        return False
    return words[-1] == argument.encode()


def started_with(argument: str) -> list[int]:
    """List the processes whose last argument is *argument*."""
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [pid for pid in pids if is_running(pid, argument)]


def has_ended(pid: int) -> bool:
    """Tell whether the process holds nothing any more: no memory, no file, no port.

    A process that is just ending has no command line any more, but may still hold its ports.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return text.rpartition(")")[2].split()[0] in {"Z", "X"}


def memory_mib(pid: int) -> float:
    """Return its proportional set size: memory shared with others counts in parts."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
