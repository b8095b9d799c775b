# SPDX-License-Identifier: Apache-2.0
"""Put one shelf after the other on a sheet, and lead its lines to the lanes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stackloom.scenario.picture import face
from stackloom.scenario.picture.arrangement import (
    BarPlace,
    CardPlace,
    ChipPlace,
    JointPlace,
    Point,
    Rect,
    Text,
    Wire,
)
from stackloom.scenario.picture.cards import Card, Chip, badge_chips, joint_chips
from stackloom.scenario.picture.lanes import LaneKey, Routing
from stackloom.scenario.picture.metrics import fitted, text_width
from stackloom.scenario.picture.overlay import Picture
from stackloom.scenario.picture.shelves import Shelf, Slot
from stackloom.scenario.picture.topology import Joint, Topology

GAP = 16
_RAIL = 14
_TRACK = 9
_ABOVE_TRACKS = 8
_LABEL = 28
_STUB = 16
_BETWEEN_LEGS = 14
_NAME_SIZE, _NOTE_SIZE = 14.2, 11.5


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What has its place so far; the lists grow with each shelf.

    Attributes:
        left: where shelves begin.
        width: of each card.
        lane_x: where each lane is.
        remote: by bar, where boxes stand on it that have their place at another one.
        met: at which heights lines lead to each lane.
    """

    picture: Picture
    topology: Topology
    routing: Routing
    left: int
    width: int
    lane_x: dict[LaneKey, int]
    remote: dict[str, list[Joint]]
    bars: list[BarPlace] = field(default_factory=list)
    cards: list[CardPlace] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    joints: list[JointPlace] = field(default_factory=list)
    met: dict[LaneKey, list[int]] = field(default_factory=dict)

    def put_shelf(self, shelf: Shelf, top: int, between: int) -> int:
        """Put bars with all that stands at them below *top*; return where they end.

        Args:
            between: how far from the shelf above, which ends at *top*.
        """
        spans = self._spans(shelf)
        rows = self._rows_of_homes(shelf)
        rails: list[int] = []
        y = self._beside(rows, spans, top) if self.bars else None
        y = top + between if y is None else y
        for number, row in enumerate(rows):
            is_last = number == len(rows) - 1
            y = self._put_homes(row, spans, y, shelf if is_last else None)
            if not is_last:
                y += _STUB
                rails.append(y)
                for slot, cards in row:
                    self._rail(slot, spans[slot.bar], cards, y)
        bar_y = y + _LABEL
        rightmost = shelf.slots[-1].bar
        bottom = bar_y
        for slot in shelf.slots:
            left, right = spans[slot.bar]
            has_rails = bool(rails) or len(slot.hanging) > slot.units
            self._put_bar(slot, left - _RAIL if has_rails else left, right, bar_y)
            if rails:
                points = ((left - _RAIL, rails[0]), (left - _RAIL, bar_y))
                self.wires.append(Wire(key=slot.bar, is_bar=True, points=points))
            if slot.bar == rightmost:
                self._lead_bar(slot.bar, ((right, bar_y),))
            bottom = max(bottom, self._put_hanging(slot, left, bar_y))
        self._stub_homes(rows, rails, bar_y)
        return bottom

    def put_row(self, cards: Sequence[Card], top: int) -> int:
        """Put cards that stand on nothing side by side; return where they end."""
        height = max((face.height_of(card, self.width) for card in cards), default=0)
        for number, card in enumerate(cards):
            self._put_card(card, self.left + number * (self.width + GAP), top, height)
        return top + height

    def close_lanes(self) -> None:
        """Draw the lanes, each as far as lines lead to it."""
        for lane, heights in self.met.items():
            x = self.lane_x[lane]
            points = ((x, min(heights)), (x, max(heights)))
            self.wires.append(Wire(key=lane.key, is_bar=lane.is_bar, points=points))

    # --- what stands above a bar ------------------------------------------------------------------

    def _spans(self, shelf: Shelf) -> dict[str, tuple[int, int]]:
        spans: dict[str, tuple[int, int]] = {}
        x = self.left
        for slot in shelf.slots:
            width = slot.units * (self.width + GAP) - GAP
            spans[slot.bar] = (x, x + width)
            x += width + GAP
        return spans

    def _rows_of_homes(self, shelf: Shelf) -> list[list[tuple[Slot, tuple[Card, ...]]]]:
        """Return the rows from top to bottom; the last is there even if it is empty."""
        if len(shelf.slots) > 1:
            return [[(slot, slot.homes) for slot in shelf.slots]]
        slot = shelf.slots[0]
        size = max(slot.units - 1, 1)
        pieces = [slot.homes[i : i + size] for i in range(0, len(slot.homes), size)]
        return [[(slot, piece)] for piece in pieces[::-1]] or [[(slot, ())]]

    def _beside(
        self,
        rows: Sequence[Sequence[tuple[Slot, tuple[Card, ...]]]],
        spans: dict[str, tuple[int, int]],
        bottom: int,
    ) -> int | None:
        """Return where a row of cards may begin beside what hangs in the shelf above, if it may.

        Args:
            bottom: where the shelf above ends.
        """
        if len(rows) > 1 or len(rows[0]) > 1:
            return None
        slot, cards = rows[0][0]
        first = spans[slot.bar][1] - len(cards) * (self.width + GAP) + GAP
        above = self.bars[-1].y
        hanging = [place.rect.right for place in self.cards if place.rect.y > above]
        if not cards or max(hanging, default=0) + GAP > first:
            return None
        tracks = len(cards) * _TRACK + _ABOVE_TRACKS
        height = tracks + max(face.height_of(card, self.width) for card in cards)
        return max(above + _ABOVE_TRACKS, bottom + GAP - height)

    def _put_homes(
        self,
        row: Sequence[tuple[Slot, tuple[Card, ...]]],
        spans: dict[str, tuple[int, int]],
        top: int,
        shelf: Shelf | None,
    ) -> int:
        """Put a row of cards below the tracks that they need, and lead them away.

        Args:
            shelf: whose bars need tracks in this row as well; None above the last row.
        """
        # From the lowest track up: from right to left, each bar before the cards above it.
        tracks: list[Slot | Card] = []
        for slot, cards in row[::-1]:
            if shelf and slot is not shelf.slots[-1] and self._lanes_of_bar(slot.bar):
                tracks.append(slot)
            tracks += cards[::-1]
        first = top + len(tracks) * _TRACK + (_ABOVE_TRACKS if tracks else 0)
        height = max(
            (face.height_of(card, self.width) for _slot, cards in row for card in cards), default=0
        )
        places: dict[str, Rect] = {}
        for slot, cards in row:
            x = spans[slot.bar][1] - len(cards) * (self.width + GAP) + GAP
            for card in cards:
                own = face.height_of(card, self.width)
                places[card.key] = self._put_card(card, x, first + height - own, own)
                x += self.width + GAP
        below = first + height + _LABEL
        for number, track in enumerate(tracks):
            y = first - _ABOVE_TRACKS - number * _TRACK
            if isinstance(track, Slot):
                x = spans[track.bar][1] + GAP // 2
                points = ((spans[track.bar][1], below), (x, below), (x, y))
                self._lead_bar(track.bar, points)
            else:
                self._lead_card(track, places[track.key], y)
        return first + height

    def _stub_homes(
        self,
        rows: Sequence[Sequence[tuple[Slot, tuple[Card, ...]]]],
        rails: Sequence[int],
        bar_y: int,
    ) -> None:
        """Join the cards above a bar to it, or to the rail below their row."""
        rects = {place.card.key: place.rect for place in self.cards}
        for row, y in zip(rows, [*rails, bar_y], strict=True):
            for slot, cards in row:
                for card in cards:
                    joint = next(joint for joint in card.joints if joint.bar == slot.bar)
                    rect = rects[card.key]
                    self._stub(card, joint, _leads_at(rect), y, rect.bottom)

    def _lead_card(self, card: Card, rect: Rect, track: int) -> None:
        lanes: dict[LaneKey, list[Joint]] = {}
        for joint in card.joints:
            lane = self.routing.lane_by_joint.get((card.key, joint.bar))
            if lane:
                lanes.setdefault(lane, []).append(joint)
        for lane, joints in lanes.items():
            self.met.setdefault(lane, []).append(track)
            if lane.is_bar:
                dot = (self.lane_x[lane], track)
                self.joints.append(JointPlace(card=card.key, joint=joints[0], dots=(dot,)))
        end = max(self.lane_x[lane] for lane in lanes)
        x = _leads_at(rect)
        points = ((x, rect.y), (x, track), (end, track))
        self.wires.append(Wire(key=card.key, is_bar=False, points=points))

    # --- bars -------------------------------------------------------------------------------------

    def _lanes_of_bar(self, bar: str) -> dict[LaneKey, Joint | None]:
        """Return the lanes that a bar leads to: its own, and those of boxes that stand on it."""
        lanes: dict[LaneKey, Joint | None] = {}
        own = LaneKey(bar, is_bar=True)
        if own in self.lane_x:
            lanes[own] = None
        for joint in self.remote.get(bar, ()):
            lane = self.routing.lane_by_joint[joint.box, bar]
            if not lane.is_bar:
                lanes[lane] = joint
        return lanes

    def _lead_bar(self, bar: str, points: tuple[Point, ...]) -> None:
        """Lead a bar to the lanes, from the last of *points* on to the right."""
        lanes = self._lanes_of_bar(bar)
        if not lanes:
            return
        y = points[-1][1]
        for lane, joint in lanes.items():
            self.met.setdefault(lane, []).append(y)
            if joint is not None:
                dot = (self.lane_x[lane], y)
                self.joints.append(JointPlace(card=joint.box, joint=joint, dots=(dot,)))
        end = max(self.lane_x[lane] for lane in lanes)
        self.wires.append(Wire(key=bar, is_bar=True, points=(*points, (end, y))))

    def _put_bar(self, slot: Slot, left: int, right: int, y: int) -> None:
        bar = self.topology.bars[slot.bar]
        start = max(left, self.left)
        end = right
        if slot.homes:
            row = min(len(slot.homes), max(slot.units - 1, 1))
            first = Rect(right - row * (self.width + GAP) + GAP, 0, self.width, 0)
            end = _leads_at(first) - 2 * _BETWEEN_LEGS
        texts, x = self._bar_texts(slot.bar, start, end, y)
        chips = self._bar_chips(slot.bar)
        places: tuple[ChipPlace, ...] = ()
        if chips and end - x > face.CHIP_HEIGHT * 2:
            row_of = Rect(x, y - _LABEL + 5, end - x, 0)
            places = tuple(c for c in face.flow(chips, row_of).chips if c.rect.y == row_of.y)
        self.bars.append(
            BarPlace(
                bar=bar,
                left=left,
                right=right,
                y=y,
                hue=len(self.bars),
                texts=texts,
                chips=places,
                joints=tuple(joint for joint in self.topology.joints if joint.bar == slot.bar),
            )
        )

    def _bar_texts(self, key: str, left: int, right: int, y: int) -> tuple[tuple[Text, ...], int]:
        """Return what stands above a bar, and where there is room again."""
        bar = self.topology.bars[key]
        icon = 20 if bar.is_external else 0
        base = y - 10
        name = fitted(bar.label, _NAME_SIZE, right - left - icon)
        texts = [Text(x=left + icon, y=base, text=name, style="name")]
        x = left + icon + round(text_width(name, _NAME_SIZE)) + 10
        notes = [note.note for note in self.topology.notes[key]]
        told = [
            bar.note,
            bar.status,
            "of others" if bar.is_borrowed and not bar.is_external else "",
        ]
        words = "  ·  ".join([*notes, *(word for word in told if word)])
        if words and right - x > 40:
            text = fitted(words, _NOTE_SIZE, right - x)
            texts.append(Text(x=x, y=base, text=text, style="note"))
            x += round(text_width(text, _NOTE_SIZE)) + 12
        return tuple(texts), x

    def _bar_chips(self, key: str) -> tuple[Chip, ...]:
        badges = badge_chips(self.picture, self.topology.badges.get(key, ()))
        return (*badges, *joint_chips(self.picture, self.topology, self.remote.get(key, ())))

    def _put_hanging(self, slot: Slot, left: int, bar_y: int) -> int:
        """Put cards in rows below a bar, the second and further ones on rails; return the end."""
        y, bottom = bar_y, bar_y
        for first in range(0, len(slot.hanging), slot.units):
            cards = slot.hanging[first : first + slot.units]
            if first:
                y = bottom + _STUB
                end = left + (len(cards) - 1) * (self.width + GAP) + self.width // 2
                self.wires.append(
                    Wire(
                        key=slot.bar,
                        is_bar=True,
                        points=((left - _RAIL, bar_y), (left - _RAIL, y), (end, y)),
                    )
                )
            for number, card in enumerate(cards):
                x = left + number * (self.width + GAP)
                rect = self._put_card(card, x, y + _STUB, face.height_of(card, self.width))
                self._stub(card, card.joints[0], rect.middle, y, rect.y)
                bottom = max(bottom, rect.bottom)
        return bottom

    def _rail(self, slot: Slot, span: tuple[int, int], cards: Sequence[Card], y: int) -> None:
        """Draw the line that a row of cards further up stands on."""
        left, right = span
        points = ((left - _RAIL, y), (right - self.width // 2, y))
        assert cards, "only full rows stand further up"
        self.wires.append(Wire(key=slot.bar, is_bar=True, points=points))

    def _stub(self, card: Card, joint: Joint, middle: int, bar_y: int, card_y: int) -> None:
        """Join a card to a bar with one short line for each leg."""
        legs = len(joint.legs)
        apart = min(_BETWEEN_LEGS, (self.width - _BETWEEN_LEGS) // legs)
        first = middle - apart * (legs - 1) // 2
        dots = tuple((first + apart * number, bar_y) for number in range(legs))
        stubs = tuple((dot, (dot[0], card_y)) for dot in dots)
        self.joints.append(JointPlace(card=card.key, joint=joint, dots=dots, stubs=stubs))

    def _put_card(self, card: Card, x: int, y: int, height: int) -> Rect:
        rect = Rect(x, y, self.width, height)
        self.cards.append(face.placed(card, rect))
        return rect


def _leads_at(rect: Rect) -> int:
    """Return where lines leave a card above a bar: not in line with the cards below."""
    return rect.x + rect.width * 3 // 4
