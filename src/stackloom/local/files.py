# SPDX-License-Identifier: Apache-2.0
"""Files and directories that only their owner can read, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def make_directory(path: Path) -> Path:
    """Create the directory and those above it, closed to others, and return it."""
    if not path.is_dir():
        make_directory(path.parent)
        path.mkdir(exist_ok=True, mode=0o700)
    return path


def write(path: Path, text: str) -> None:
    """Replace the file's content in one step."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    beside.replace(path)


def tail(path: Path, lines: int = 25) -> str:
    """Return the last lines of a log; empty where there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 40_000))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
