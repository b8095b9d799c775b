# SPDX-License-Identifier: Apache-2.0
"""The order of networks from top to bottom: what hangs together stands together. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from stackloom.cloud.sketch import Bar

# What more boxes than this lead on from is the backbone of others.
_CROWD = 3
_NUMBERS = re.compile(r"(\d+)")


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts ``net2`` before ``net10``."""
    return tuple(
        (0, int(piece), piece) if piece.isdecimal() else (1, 0, piece.casefold() + "\0" + piece)
        for piece in _NUMBERS.split(text)
        if piece
    )


def bars_in_order(bars: Mapping[str, Bar], standing: Iterable[tuple[str, str]]) -> list[str]:
    """Return the keys of bars from top to bottom.

    External networks come first. Each is followed by those that are reached through it, the near
    ones before the far ones; what has no way outside begins with a network that many lead to.
    Takes time in the number of legs.

    Args:
        standing: the box and the bar of every leg.
    """
    pairs = sorted(set(standing))
    bars_by_box: dict[str, list[str]] = {}
    boxes_by_bar: dict[str, list[str]] = {key: [] for key in bars}
    for box, bar in pairs:
        bars_by_box.setdefault(box, []).append(bar)
    for box, bar in pairs:
        if len(bars_by_box[box]) > 1:
            boxes_by_bar[bar].append(box)

    def first(key: str) -> tuple[object, ...]:
        crowd = len(boxes_by_bar[key])
        return -crowd if crowd > _CROWD else 0, natural(bars[key].label), key

    def by_name(key: str) -> tuple[object, ...]:
        return not bars[key].is_external, natural(bars[key].label), key

    external = sorted((key for key, bar in bars.items() if bar.is_external), key=by_name)
    behind: dict[str, list[str]] = {}
    seen: set[str] = set()
    result: list[str] = []
    # All external ones are roots at once, so that each network is counted from the nearest.
    for roots in [external, *([key] for key in sorted(bars, key=first))]:
        fresh = [key for key in roots if key not in seen]
        _spread(fresh, boxes_by_bar, bars_by_box, seen, behind)
        result += _preorder(fresh, behind, by_name)
    return result


def _spread(
    roots: list[str],
    boxes_by_bar: Mapping[str, list[str]],
    bars_by_box: Mapping[str, list[str]],
    seen: set[str],
    behind: dict[str, list[str]],
) -> None:
    """Go outward from *roots*, and note which bar each was first reached from."""
    seen.update(roots)
    edge = roots
    used: set[str] = set()
    while edge:
        reached: list[str] = []
        for bar in edge:
            for box in boxes_by_bar[bar]:
                if box in used:
                    continue
                used.add(box)
                fresh = [key for key in bars_by_box[box] if key not in seen]
                seen.update(fresh)
                behind.setdefault(bar, []).extend(fresh)
                reached += fresh
        edge = reached


def _preorder(
    roots: list[str], behind: Mapping[str, list[str]], by_name: Callable[[str], tuple[object, ...]]
) -> list[str]:
    result: list[str] = []
    waiting = roots[::-1]
    while waiting:
        key = waiting.pop()
        result.append(key)
        waiting += sorted(behind.get(key, ()), key=by_name, reverse=True)
    return result
