# SPDX-License-Identifier: Apache-2.0
"""What has been worked out of a whole scenario, for each of its resources asks for it.

Without it a plan would take time in the number of those who ask times that of all resources.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from stackloom.cloud.kind import Declared

T = TypeVar("T")


class Remembered(Generic[T]):
    """Works something out of a scenario once, and keeps that of the scenario asked for last.

    A scenario that is being expanded grows, and is worked through once more then; nothing of it is
    changed or taken away.

    Args:
        work_out: what reads it off all specs.
    """

    def __init__(self, work_out: Callable[[Declared], T]) -> None:
        self._work_out = work_out
        self._last: tuple[Declared, int, T] | None = None

    def __call__(self, declared: Declared) -> T:
        """Return it for one scenario."""
        last = self._last
        if last is None or last[0] is not declared or last[1] != len(declared):
            last = self._last = (declared, len(declared), self._work_out(declared))
        return last[2]
