# SPDX-License-Identifier: Apache-2.0
"""Remove what was installed and prepared for earlier versions, when nobody has used it for long.

Each ``up`` marks what it uses. What a cloud that is up was started from stays, however old: its
services import from there, and ``reset`` copies from there. Knows nothing of what is inside.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

from stackloom.local import lock, processes
from stackloom.local.layout import CloudLayout, Layout

_DAY_SECONDS = 86_400.0
# An installation is 500 MB and costs 15 s; another version of stackloom may still want it.
_ENVIRONMENT_SECONDS = 14 * _DAY_SECONDS
_PREPARED_SECONDS = _DAY_SECONDS
# The locks of one cloud: cloud-NAME, and start-NAME of a test run.
_OF_ONE_CLOUD = ("cloud-", "start-")


def prune(everything: Layout, environment: Path, prepared: Path) -> list[Path]:
    """Mark the two as used now, remove what is superseded, and return it.

    The caller holds the lock on installations.
    """
    now = time.time()
    for used in (environment, prepared):
        os.utime(used)
    old = superseded(everything, now=now)
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    remove_locks(everything)
    return old


def remove_locks(everything: Layout) -> None:
    """Remove the files of locks on clouds that are not there any more."""
    for prefix in _OF_ONE_CLOUD:
        for path in everything.locks.glob(f"{prefix}*.lock"):
            if not (everything.clouds / path.stem.removeprefix(prefix)).exists():
                lock.remove_free(path)


def superseded(everything: Layout, *, now: float) -> list[Path]:
    """Return what no cloud that is up was started from, and nobody has used for long."""
    kept = _in_use(everything)
    return [
        path
        for folder, seconds in (
            (everything.environments, _ENVIRONMENT_SECONDS),
            (everything.prepared_all, _PREPARED_SECONDS),
        )
        for path in sorted(folder.glob("*"))
        if path not in kept and now - path.stat().st_mtime > seconds
    ]


def _in_use(everything: Layout) -> set[Path]:
    clouds = (CloudLayout(name=path.name, directory=path) for path in everything.clouds.glob("*"))
    return {path for cloud in clouds for path in _used_by(cloud)}


def _used_by(cloud: CloudLayout) -> tuple[Path, ...]:
    try:
        raw = json.loads(cloud.instructions.read_bytes())
        pid = int(cloud.supervisor_pid.read_text())
    except (OSError, ValueError):
        return ()
    if not processes.is_running(pid, str(cloud.instructions)):
        return ()
    return Path(raw["environment"]), Path(raw["prepared"])
