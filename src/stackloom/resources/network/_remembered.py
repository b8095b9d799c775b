# SPDX-License-Identifier: Apache-2.0
"""What was found out of a whole scenario, kept while resource after resource of it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from stackloom.cloud.kind import Declared

T = TypeVar("T")


class Remembered(Generic[T]):
    """Calls a function of all specs once a scenario.

    Without it a plan would take time in the number of those who ask times that of all resources.
    """

    def __init__(self, find_out: Callable[[Declared], T]) -> None:
        self._find_out = find_out
        self._last: tuple[Declared, T] | None = None

    def __call__(self, declared: Declared) -> T:
        """Return what the function says of a scenario."""
        last = self._last
        if last is None or last[0] is not declared:
            last = self._last = (declared, self._find_out(declared))
        return last[1]
