# SPDX-License-Identifier: Apache-2.0
"""Who leads a line to whom where several networks meet, and which column each line has. Pure.

A box on several networks stands at one of them, its home. To each other one there is a lane, a
line down the side of the picture: either the box's own, which then serves all its networks (a
router on a hundred), or the network's, which serves all its boxes (a hundred routers on one). With
the wrong choice a hundred lanes would be needed where one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

# Where more boxes than this stand, a network's own lane serves them better than its shelf.
_CROWD = 3


@dataclass(frozen=True, slots=True, order=True)
class LaneKey:
    """Whose lane it is."""

    key: str
    is_bar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """How boxes on several networks are connected.

    Attributes:
        home_by_box: the bar at which each of them stands.
        lane_by_joint: by ``(box, bar)``, for all bars but the home.
    """

    home_by_box: Mapping[str, str]
    lane_by_joint: Mapping[tuple[str, str], LaneKey]


def route(bars_by_box: Mapping[str, Sequence[str]], bars: Sequence[str]) -> Routing:
    """Choose homes and lanes.

    Args:
        bars_by_box: the networks of each box that is on several.
        bars: all networks from top to bottom.
    """
    place = {key: number for number, key in enumerate(bars)}
    ordered = {box: sorted(on, key=place.__getitem__) for box, on in bars_by_box.items()}
    crowd: dict[str, int] = {}
    for on in ordered.values():
        for bar in on:
            crowd[bar] = crowd.get(bar, 0) + 1
    # Never the first: so there is always something above a router that it leads to.
    home = {
        box: min(on[1:], key=lambda bar: (crowd[bar] > _CROWD, place[bar]))
        for box, on in ordered.items()
    }
    away = [(box, bar) for box, on in ordered.items() for bar in on if bar != home[box]]
    return Routing(home_by_box=home, lane_by_joint=_fewest_lanes(away))


def _fewest_lanes(joints: Sequence[tuple[str, str]]) -> dict[tuple[str, str], LaneKey]:
    """Give the lane first to whom it serves most; at a tie to the box."""
    left: dict[LaneKey, dict[tuple[str, str], None]] = {}
    for box, bar in joints:
        left.setdefault(LaneKey(box, is_bar=False), {})[box, bar] = None
        left.setdefault(LaneKey(bar, is_bar=True), {})[box, bar] = None
    chosen: dict[tuple[str, str], LaneKey] = {}
    waiting = [_rank(lane, len(served)) for lane, served in left.items()]
    heapify(waiting)
    while waiting:
        count, is_bar, key = heappop(waiting)
        lane = LaneKey(key, is_bar)
        served = left[lane]
        if len(served) != -count:  # others have served some of them meanwhile
            if served:
                heappush(waiting, _rank(lane, len(served)))
            continue
        for box, bar in served:
            chosen[box, bar] = lane
            other = LaneKey(box, is_bar=False) if is_bar else LaneKey(bar, is_bar=True)
            del left[other][box, bar]
        served.clear()
    return chosen


def _rank(lane: LaneKey, serves: int) -> tuple[int, bool, str]:
    return -serves, lane.is_bar, lane.key


def columns(spans: Mapping[LaneKey, Iterable[int]]) -> dict[LaneKey, int]:
    """Give each lane the innermost column that is free along its length; from 0.

    Lanes that many lines lead to come innermost, for each of those lines crosses all lanes that are
    further in.

    Args:
        spans: the rows in which each lane is met; it takes all between the first and the last.
    """
    rows = {lane: sorted(met) for lane, met in spans.items()}
    taken: list[list[tuple[int, int]]] = []
    result: dict[LaneKey, int] = {}
    for lane in sorted(rows, key=lambda each: (-len(rows[each]), rows[each], each)):
        first, last = rows[lane][0], rows[lane][-1]
        column = next(
            (
                number
                for number, spans_there in enumerate(taken)
                if all(last < begin or end < first for begin, end in spans_there)
            ),
            len(taken),
        )
        if column == len(taken):
            taken.append([])
        taken[column].append((first, last))
        result[lane] = column
    return result
