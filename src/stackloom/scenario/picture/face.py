# SPDX-License-Identifier: Apache-2.0
"""How big a card is and where its text stands in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackloom.scenario.picture.arrangement import CardPlace, ChipPlace, Rect, Text
from stackloom.scenario.picture.cards import Card, Chip
from stackloom.scenario.picture.metrics import fitted, text_width

# The letters are bold, and so a little wider than those that were measured.
TITLE_SIZE = 13.6
LINE_SIZE = 11.0
CHIP_SIZE = 10.5
CHIP_HEIGHT = 18
NARROWEST, WIDEST = 140, 196
_PADDING = 10
_ICON = 22
_STATUS = 16
_MARKER = 12
_TITLE_HEIGHT = 30
_LINE_HEIGHT = 16
_CHIP_GAP = 5
_CHIP_ICON = 20
_CHIP_PADDING = 8
_CHANGE_MARK = 12


@dataclass(frozen=True, slots=True)
class _Flow:
    """Chips in rows: where each is inside its row, and how high all rows are."""

    chips: tuple[ChipPlace, ...]
    height: int


def width_of(cards: Iterable[Card]) -> int:
    """Return the width that all cards of a picture have, so that they stand in columns."""
    wanted = [NARROWEST]
    for card in cards:
        title = text_width(card.title, TITLE_SIZE) + _ICON + (_STATUS if card.status else 0)
        lines = [
            text_width(line.text, LINE_SIZE) + (_MARKER if line.bar else 0) for line in card.lines
        ]
        chips = [_chip_width(chip) for chip in card.chips]
        wanted.append(round(max(title, *lines, *chips, 0.0)) + 2 * _PADDING)
    return min(max(wanted), WIDEST)


def height_of(card: Card, width: int) -> int:
    """Return the height of a card."""
    chips = flow(card.chips, Rect(0, 0, width - 2 * _PADDING, 0)).height
    bottom = _PADDING if card.lines or chips else 4
    return _TITLE_HEIGHT + _LINE_HEIGHT * len(card.lines) + (chips + 3 if chips else 0) + bottom


def placed(card: Card, rect: Rect) -> CardPlace:
    """Put the text of a card into its rectangle."""
    room = rect.width - 2 * _PADDING
    left = rect.x + _PADDING
    title_room = room - _ICON - (_STATUS if card.status else 0)
    title = fitted(card.title, TITLE_SIZE, title_room)
    texts = [Text(x=left + _ICON, y=rect.y + 21, text=title, style="title")]
    base = rect.y + _TITLE_HEIGHT + 10
    for line in card.lines:
        marker = _MARKER if line.bar else 0
        text = fitted(line.text, LINE_SIZE, room - marker)
        texts.append(Text(x=left + marker, y=base, text=text, style="line", bar=line.bar))
        base += _LINE_HEIGHT
    top = rect.y + _TITLE_HEIGHT + _LINE_HEIGHT * len(card.lines) + 3
    chips = flow(card.chips, Rect(left, top, room, 0)).chips
    return CardPlace(card=card, rect=rect, texts=tuple(texts), chips=chips)


def flow(chips: Sequence[Chip], room: Rect) -> _Flow:
    """Put chips side by side and, where the width of *room* ends, into further rows."""
    places: list[ChipPlace] = []
    x, y = room.x, room.y
    for chip in chips:
        width = min(_chip_width(chip), room.width)
        if x > room.x and x + width > room.right:
            x, y = room.x, y + CHIP_HEIGHT + _CHIP_GAP
        text = fitted(chip.text, CHIP_SIZE, width - _chip_frame(chip))
        places.append(ChipPlace(chip=chip, rect=Rect(x, y, width, CHIP_HEIGHT), text=text))
        x += width + _CHIP_GAP
    return _Flow(tuple(places), y - room.y + CHIP_HEIGHT if chips else 0)


def chip_text_left(chip: Chip) -> int:
    """Return where the text of a chip begins, from its left end."""
    return _CHIP_ICON + (_CHANGE_MARK if chip.remark.change.symbol else 0)


def _chip_frame(chip: Chip) -> int:
    return chip_text_left(chip) + _CHIP_PADDING


def _chip_width(chip: Chip) -> int:
    return round(text_width(chip.text, CHIP_SIZE)) + 1 + _chip_frame(chip)
