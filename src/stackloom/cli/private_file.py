# SPDX-License-Identifier: Apache-2.0
"""Write a file that only its owner reads."""

from __future__ import annotations

import os
from pathlib import Path

from stackloom.errors import UsageError


def write_private(path: Path, text: str) -> None:
    """Write *text* into a file with mode 0600; all of it or nothing.

    Raises:
        UsageError: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
