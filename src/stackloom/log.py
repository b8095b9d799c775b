# SPDX-License-Identifier: Apache-2.0
"""Logging that cannot leak: values that hide themselves, and names for loggers.

Knows nothing about what is logged; the edge (``cli/main.py``) decides level and destination.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging


class Log:
    """A logger of ``logging`` for modules that every command loads; it begins with that import.

    Whoever wants messages has imported ``logging`` to say so. Where nobody has, there is nobody to
    tell, and the command has saved 3 ms; only a warning is told all the same.

    Args:
        name: the logger's, such as ``stackloom.transport.exchange``.
        propagates: whether the loggers above it get the messages too.
    """

    def __init__(self, name: str, *, propagates: bool = True) -> None:
        self._name = name
        self._propagates = propagates
        self._logger: logging.Logger | None = None

    def tells_debug(self) -> bool:
        """Tell whether anybody wants to know that much."""
        logger = self._wanted()
        return logger is not None and logger.isEnabledFor(10)  # logging.DEBUG

    def debug(self, message: str, *arguments: object) -> None:
        """Tell what helps to find a mistake; *arguments* as ``logging`` puts them in."""
        if logger := self._wanted():
            logger.debug(message, *arguments, stacklevel=2)

    def info(self, message: str, *arguments: object) -> None:
        """Tell what is going on."""
        if logger := self._wanted():
            logger.info(message, *arguments, stacklevel=2)

    def warning(self, message: str, *arguments: object) -> None:
        """Tell what somebody should look at, unless this process is hushed."""
        import logging  # noqa: PLC0415 - see above

        if _HUSHED:
            return
        logging.getLogger(self._name).warning(message, *arguments, stacklevel=2)

    def _wanted(self) -> logging.Logger | None:
        """Return the logger, None where nobody can have asked for messages."""
        if self._logger is None and "logging" in sys.modules:
            self._logger = sys.modules["logging"].getLogger(self._name)
            self._logger.propagate = self._propagates
        return self._logger


_HUSHED: list[bool] = []


def hush(hushed: bool) -> None:
    """Keep warnings of this process to itself: ``--quiet`` wants errors only."""
    _HUSHED[:] = [True] if hushed else []


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
        import hashlib  # noqa: PLC0415 - 2 ms for OpenSSL, which most commands need for nothing

        return hashlib.sha256(self._value.encode()).hexdigest()[:12]

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)
