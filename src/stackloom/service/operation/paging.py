# SPDX-License-Identifier: Apache-2.0
"""Pages of lists: one row more than asked for tells that there is a next page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def cut(
    rows: Sequence[T], limit: int, key: Callable[[T], object]
) -> tuple[tuple[T, ...], object | None]:
    """Return the rows of a page, and the marker of the next one; None where there is none.

    Args:
        rows: ``limit + 1`` at most.
        key: what a row is known by in a marker.
    """
    shown = tuple(rows[:limit])
    return shown, key(shown[-1]) if len(rows) > limit else None
