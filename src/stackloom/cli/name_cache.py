# SPDX-License-Identifier: Apache-2.0
"""The names that a Tab has offered, for the next one: a few seconds, for this user's eyes alone.

A shell asks at each Tab, and a person presses it several times for one word.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.token_cache import cache_directory, key_of

_KEPT_SECONDS = 15.0


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    names: tuple[str, ...]
    read_at: float


class NameCache:
    """The names of one kind, as one user sees them in one scope.

    Args:
        now: seconds since 1970.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        config: CloudConfig,
        kind_module: str,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        whose = hashlib.sha256(f"{key_of(config)}/{kind_module}".encode()).hexdigest()
        tokens = cache_directory(environment, config.cache_path)
        self._file = tokens.with_name("names") / f"{whose}.json" if config.cache_tokens else None
        self._now = now

    def read(self) -> list[str] | None:
        """Return what was kept a moment ago, or None."""
        if not self._file:
            return None
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            return None
        return [*kept.names] if 0 <= self._now() - kept.read_at < _KEPT_SECONDS else None

    def write(self, names: Sequence[str]) -> None:
        """Keep *names*; a disk that is full or read-only costs speed, not the completion."""
        if not self._file:
            return
        content = msgspec.json.encode(_Kept(names=tuple(names), read_at=self._now()))
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent)  # 0600 by itself
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(self._file)
