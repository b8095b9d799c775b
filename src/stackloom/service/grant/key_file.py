# SPDX-License-Identifier: Apache-2.0
"""The keys that secrets are sealed with, in a file of nobody else's: one a line, the first seals.

A line is ``ID BASE64``, where the second is 32 random bytes; lines that begin with ``#`` are
remarks.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path

from stackloom.errors import BadConfig
from stackloom.service.grant.seal import KEY_BYTES, MOST_ID_BYTES, Seal, SealKey
from stackloom.service.private_file import read_private, write_private
from stackloom.service.settings import ServiceSettings

_FORM_HINT = "a line is: ID BASE64, the second being 32 random bytes (openssl rand -base64 32)"

_WHERE_HINT = (
    "[secrets] keys_file names the file; stackloom serve makes one beside a database of its own"
)


def read_keys(path: Path) -> tuple[SealKey, ...]:
    """Read a file of keys, in its order.

    Raises:
        BadConfig: it cannot be read, others may read it, or it has no usable key.
    """
    keys: dict[str, SealKey] = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        key = _key(words)
        if key is None or key.id in keys:
            what = "is no key" if key is None else f'has the id "{key.id}" again'
            raise BadConfig(f"{path}:{number} {what}", hint=_FORM_HINT)
        keys[key.id] = key
    if not keys:
        raise BadConfig(f"{path} has no key in it", hint=_FORM_HINT)
    return tuple(keys.values())


def write_new_key(path: Path) -> None:
    """Put a new key before those in the file, which is made where it is missing.

    The file is replaced as a whole, so that nobody ever reads half of one.

    Raises:
        BadConfig: the file that is there cannot be read, or others may read it.
    """
    older = _text(path) if path.exists() else ""
    id = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(3)}"
    line = f"{id} {b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"
    write_private(path, line + older)


def _text(path: Path) -> str:
    return read_private(path, what="the keys for secrets in the database", hint=_WHERE_HINT)


def _key(words: list[str]) -> SealKey | None:
    """Return the key of a line, None where it is none."""
    if len(words) != 2 or not words[0].isascii() or len(words[0]) > MOST_ID_BYTES:
        return None
    try:
        secret = b64decode(words[1], validate=True)
    except ValueError:
        return None
    return SealKey(id=words[0], secret=secret) if len(secret) == KEY_BYTES else None


def seal_of(settings: ServiceSettings) -> Seal:
    """Return the seal of the settings.

    Raises:
        BadConfig: no file is named, or it cannot be used.
    """
    if not settings.secrets.keys_file:
        raise BadConfig("nothing could be sealed: [secrets] keys_file is not set", hint=_WHERE_HINT)
    return Seal(read_keys(Path(settings.secrets.keys_file)))
