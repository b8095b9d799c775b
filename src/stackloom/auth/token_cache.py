# SPDX-License-Identifier: Apache-2.0
"""Tokens on disk, so that the next command need not log in: one 0600 file per identity and scope.

A file that is missing, unreadable, broken or not ours alone is no token, never an error. It does
not know how tokens are made.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.credentials import token_request
from stackloom.auth.token import Token
from stackloom.errors import BadAnswer
from stackloom.log import Secret

try:  # hashlib's own, without OpenSSL, which hashlib loads along: 2 ms of every command
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What one file holds."""

    secret: str
    document: str


class TokenCache:
    """The token of one configuration.

    Args:
        directory: where the files are; made with 0700 when first needed.
    """

    def __init__(self, directory: Path, config: CloudConfig) -> None:
        self._file = directory / f"{key_of(config)}.json"

    def read(self) -> Token | None:
        """Return the token kept, whatever its age, or None."""
        try:
            with self._file.open("rb") as file:  # the same file is looked at and read
                state = os.fstat(file.fileno())
                if state.st_mode & 0o077 or state.st_uid != os.geteuid():
                    return None
                content = file.read()
            kept = msgspec.json.decode(content, type=_Kept)
            return Token(Secret(kept.secret), kept.document.encode())
        except (OSError, msgspec.DecodeError, BadAnswer):
            return None

    def write(self, token: Token) -> None:
        """Keep *token*; a disk that is full or read-only costs speed, not the command."""
        import tempfile  # noqa: PLC0415 - 3 ms, for nothing where the token is kept already

        kept = _Kept(secret=token.secret.reveal(), document=token.document.decode())
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent)  # 0600 by itself
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(msgspec.json.encode(kept))
                Path(name).replace(self._file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError:
            return

    def drop(self) -> None:
        """Forget the token: it was revoked."""
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)


def cache_directory(environment: Mapping[str, str], own: str = "") -> Path:
    """Return ``$XDG_CACHE_HOME/stackloom/tokens``, by default under ``~/.cache``.

    Args:
        own: ``cache.path`` of ``clouds.yaml``, in place of ``~/.cache``; empty for none.
    """
    root = (
        own or environment.get("XDG_CACHE_HOME") or Path(environment.get("HOME") or "~") / ".cache"
    )
    return Path(root).expanduser() / "stackloom" / "tokens"


def key_of(config: CloudConfig) -> str:
    """Digest everything that makes a token what it is, the password included.

    A one-time passcode is not: the token of the last one is as good as a new one's.
    """
    credentials = config.credentials
    if credentials.passcode:
        credentials = msgspec.structs.replace(credentials, passcode=Secret(""))
    request = token_request(config.method, credentials, config.scope)
    parts: list[object] = [config.auth_url, request]
    if config.plugin:
        options = {name: value.reveal() for name, value in config.plugin.options.items()}
        parts += [config.plugin.auth_type, options]
    content = msgspec.json.encode(parts, order="deterministic")
    return blake2b(content, digest_size=32).hexdigest()
