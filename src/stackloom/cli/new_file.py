# SPDX-License-Identifier: Apache-2.0
"""Write a file that is not there yet."""

from __future__ import annotations

from pathlib import Path

from stackloom.errors import UsageError


def write_new(path: Path, text: str) -> None:
    """Write *text* into a new file; never over another.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", hint="give another name") from error
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
