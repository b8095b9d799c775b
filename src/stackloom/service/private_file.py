# SPDX-License-Identifier: Apache-2.0
"""Files with secrets of the service: nobody but their owner reads them, now or half written."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from stackloom.errors import BadConfig
from stackloom.log import Secret


def read_private(path: Path, *, what: str, hint: str) -> str:
    """Return the text of a file.

    Args:
        what: it is expected to have: ``the keys for secrets in the database``.
        hint: what to do where it cannot be read.

    Raises:
        BadConfig: it cannot be read, or others than its owner may use it.
    """
    try:
        with path.open() as file:  # the same file is looked at and read
            mode = os.fstat(file.fileno()).st_mode
            if mode & 0o077:
                raise BadConfig(
                    f"{path} has {what}, and others than its owner may use it",
                    hint=f"chmod 600 {path}",
                )
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{what} cannot be read: {error}", hint=hint) from error


def write_private(path: Path, text: str) -> None:
    """Put *text* into a file with mode 0600, in place of what was there: all of it or nothing."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_secret(path: Path, *, what: str, hint: str) -> Secret:
    """Return the one secret of a file, without blanks and line ends around it.

    Raises:
        BadConfig: as ``read_private``, and where nothing is in it.
    """
    text = read_private(path, what=what, hint=hint).strip()
    if not text:
        raise BadConfig(f"{path} is empty; it should have {what}", hint=hint)
    return Secret(text)
