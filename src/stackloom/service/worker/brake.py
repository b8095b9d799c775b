# SPDX-License-Identifier: Apache-2.0
"""Stops the work on a job: at a safe point first, at once when asked again or after a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

Cause = Literal["", "cancelled", "drained"]


class Brake:
    """Whether, and why, the work on one job is to stop.

    Attributes:
        cause: "" while it goes on; somebody's cancelling counts more than a worker's end.
        leave: ends the work at once; set by whoever has begun it.
    """

    def __init__(self) -> None:
        self.cause: Cause = ""
        self.leave: Callable[[], object] = lambda: None
        self._stop: Callable[[], object] | None = None

    def engage(self, cause: Cause) -> None:
        """Let what is under way come to its end, and nothing more begin.

        Where nothing has been sent that changes anything, the work ends at once.
        """
        if cause == "cancelled" or not self.cause:
            self.cause = cause
        if self._stop:
            self._stop()
        else:
            self.leave()

    @contextmanager
    def stopping_by(self, stop: Callable[[], object]) -> Iterator[None]:
        """Have *stop* called in the place of leaving at once, for a ``with``."""
        self._stop = stop
        if self.cause:
            stop()
        try:
            yield
        finally:
            self._stop = None
