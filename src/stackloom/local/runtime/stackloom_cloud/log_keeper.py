# SPDX-License-Identifier: Apache-2.0
"""Keep the logs of a cloud that runs for weeks from filling the disk.

A log that has grown long is renamed to ``.log.1``, in place of the one before, and its program told
to open a new one: nothing that it writes meanwhile is lost. Knows nothing of what is in a log.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

LONG_BYTES = 50_000_000


def rotate(pid_by_log: Mapping[Path, int], *, long_bytes: int = LONG_BYTES) -> list[Path]:
    """Set the long ones aside and return them.

    Args:
        pid_by_log: the program that writes it, which takes SIGHUP for "open it anew".
    """
    long = []
    for path, pid in pid_by_log.items():
        try:
            if path.stat().st_size < long_bytes:
                continue
            path.replace(path.with_suffix(".log.1"))
            os.kill(pid, signal.SIGHUP)
        except (FileNotFoundError, ProcessLookupError):
            continue  # No log, or nobody any more who writes it: the next one makes a new file.
        long.append(path)
    return long
