# SPDX-License-Identifier: Apache-2.0
"""Logging that cannot leak: values that hide themselves, and names for loggers.

Knows nothing about what is logged; the edge (``cli/main.py``) decides level and destination.
"""

from __future__ import annotations

import hashlib
import logging

logger = logging.getLogger("stackloom")


class Secret:
    """A password, token or key that never shows itself in text.

    ``str()``, ``repr()`` and ``format()`` see stars, JSON encoders refuse it; only ``reveal()``
    gives the value, and only code that puts it on the wire or into a 0600 file calls that.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def fingerprint(self) -> str:
        """Return the first 12 hex digits of its SHA-256, to tell two apart in a log."""
        return hashlib.sha256(self._value.encode()).hexdigest()[:12]

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)
