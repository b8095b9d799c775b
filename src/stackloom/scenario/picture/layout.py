# SPDX-License-Identifier: Apache-2.0
"""Arrange a picture: networks are bars from top to bottom, everything else hangs off them. Pure.

::

                                      ┌──────┐ track ────────────┐  ┐
                                      │ hub  │                   │  │
    blue  10.0.0.0/24                 └──┬───┘                   │  │ a shelf
    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━   │  │
      ┌─┴─┐ ┌─┴─┐ ┌─┴─┐                                          │  ┘
      └───┘ └───┘ └───┘                                        lanes

A box on one network hangs below its bar, in rows. A box on several stands above one of them, its
home; a line of its own, its track, goes above all that stands there to the lanes on the right, in a
gutter where no box ever is. Bars come one below the other; where there are many, small ones share a
shelf, and then those on the left reach the gutter over tracks as well. Tracks are nested: the
further to the left, the higher. So no line ever runs through a box, and the picture grows downward
and not sideways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stackloom.scenario.picture import face
from stackloom.scenario.picture.arrangement import Arrangement, ChipPlace, Rect, Text
from stackloom.scenario.picture.cards import Card, badge_chips, cards_of
from stackloom.scenario.picture.lanes import LaneKey, Routing, columns, route
from stackloom.scenario.picture.overlay import Picture
from stackloom.scenario.picture.sheet import GAP, Sheet
from stackloom.scenario.picture.shelves import (
    NARROWEST,
    ONE_BELOW_THE_OTHER_AT_MOST,
    Shelf,
    Stock,
    shelves,
    stock,
    units_wanted,
)
from stackloom.scenario.picture.topology import Joint, Placed, Topology, topology

WIDEST = 1464
MARGIN = 34
_BETWEEN_SHELVES = 30
_HEADING = 26
_LANE, _CLOSEST_LANE = 13, 5
_GUTTER = 26
_GUTTER_AT_MOST = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The width of everything: how many cards side by side, and where the lanes are."""

    shelves: Sequence[Shelf]
    units: int
    lane_x: dict[LaneKey, int]
    width: int


def arrange(picture: Picture, *, expand: bool = False) -> Arrangement:
    """Give everything in a picture its place; the same parts always get the same.

    Args:
        expand: show each of many boxes that are alike by itself.
    """
    known = topology(picture.parts)
    cards = cards_of(picture, known, expand=expand)
    routing = route({card.key: card.bars for card in cards if len(card.bars) > 1}, [*known.bars])
    goods = stock(known, cards, routing)
    width = face.width_of(cards)
    frame = _frame(known, goods, routing, width)
    sheet = Sheet(
        picture=picture,
        topology=known,
        routing=routing,
        left=MARGIN,
        width=width,
        lane_x=frame.lane_x,
        remote=_remote(cards, routing),
    )
    y = MARGIN - 10
    for shelf in frame.shelves:
        y = sheet.put_shelf(shelf, y, _BETWEEN_SHELVES if sheet.bars else 0)
    y += _BETWEEN_SHELVES
    sheet.close_lanes()
    headings, y = _put_unattached(sheet, goods.unattached, frame.units, y)
    chips, more, y = _put_loose(picture, known, frame.width, y)
    return Arrangement(
        topology=known,
        width=frame.width,
        height=y - _BETWEEN_SHELVES + MARGIN if sheet.bars or sheet.cards or chips else 2 * MARGIN,
        bars=tuple(sheet.bars),
        cards=tuple(sheet.cards),
        wires=tuple(sheet.wires),
        joints=tuple(sheet.joints),
        headings=(*headings, *more),
        chips=chips,
    )


def _frame(known: Topology, goods: Stock, routing: Routing, width: int) -> _Frame:
    """Choose how many cards stand side by side, so that with all lanes it is not too wide."""
    unit = width + GAP
    most = (WIDEST - 2 * MARGIN + GAP) // unit
    has_many = len(known.bars) > ONE_BELOW_THE_OTHER_AT_MOST
    units = most if has_many else min(most, units_wanted(known, goods, unit))
    while True:
        rows = shelves(known, goods, units=units, unit=unit)
        column_by_lane = columns(_spans(rows, routing))
        lanes = max(column_by_lane.values(), default=-1) + 1
        pitch = min(_LANE, max(_CLOSEST_LANE, _GUTTER_AT_MOST // max(lanes, 1)))
        right = MARGIN + units * unit - GAP
        gutter = _GUTTER + (lanes - 1) * pitch if lanes else 0
        total = right + gutter + MARGIN
        if total <= WIDEST or units <= NARROWEST:
            break
        units -= 1
    lane_x = {lane: right + _GUTTER + column * pitch for lane, column in column_by_lane.items()}
    return _Frame(shelves=rows, units=units, lane_x=lane_x, width=total)


def _spans(rows: Sequence[Shelf], routing: Routing) -> dict[LaneKey, list[int]]:
    """Return the shelves in which each lane is met."""
    shelf_by_bar = {slot.bar: number for number, row in enumerate(rows) for slot in row.slots}
    spans: dict[LaneKey, list[int]] = {}
    for (box, bar), lane in routing.lane_by_joint.items():
        home = routing.home_by_box[box]
        spans.setdefault(lane, []).extend((shelf_by_bar[bar], shelf_by_bar[home]))
    return spans


def _remote(cards: Sequence[Card], routing: Routing) -> dict[str, list[Joint]]:
    """Return by bar where boxes stand on it that have their place at another one."""
    remote: dict[str, list[Joint]] = {}
    for card in cards:
        for joint in card.joints:
            if (card.key, joint.bar) in routing.lane_by_joint:
                remote.setdefault(joint.bar, []).append(joint)
    return remote


def _put_unattached(
    sheet: Sheet, cards: Sequence[Card], units: int, top: int
) -> tuple[tuple[Text, ...], int]:
    """Put what is on no network below everything else."""
    if not cards:
        return (), top
    heading = Text(x=sheet.left, y=top + 12, text="on no network", style="heading")
    y = top + _HEADING
    for first in range(0, len(cards), units):
        y = sheet.put_row(cards[first : first + units], y) + GAP
    return (heading,), y - GAP + _BETWEEN_SHELVES


def _put_loose(
    picture: Picture, known: Topology, width: int, top: int
) -> tuple[tuple[ChipPlace, ...], tuple[Text, ...], int]:
    """Put badges that are on nothing last."""
    placed = [Placed(badge=badge, on=(badge.on,)) for badge in known.loose]
    if not placed:
        return (), (), top
    heading = Text(x=MARGIN, y=top + 12, text="not in use", style="heading")
    room = Rect(MARGIN, top + _HEADING, width - 2 * MARGIN, 0)
    flow = face.flow(badge_chips(picture, placed), room)
    return flow.chips, (heading,), top + _HEADING + flow.height + _BETWEEN_SHELVES
