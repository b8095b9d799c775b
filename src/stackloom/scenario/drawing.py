# SPDX-License-Identifier: Apache-2.0
"""Draw a topology in characters: networks are bars, what stands on them hangs below. Pure.

Whatever stands on several bars appears under each and is joined by a line in the gutter at the
right; lines get columns of their own, so they never run through a box. The picture grows downward
with the number of networks and servers, not sideways.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackloom.cloud.sketch import Bar, BarNote, Box, Leg, Part

_SYMBOLS = {"router": "◈", "server": "▣"}
_PLAIN = str.maketrans("━┯├└─┐┘┤│┼◈▣○", "=+|`-+++|+R#o")
_INDENT = 2
_BAR_AT_LEAST = 40


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of text, and the box that a leg in it belongs to."""

    text: str
    box: str = ""


def draw(parts: Iterable[Part], *, plain: bool = False) -> str:
    """Return the picture as lines of text, without a newline at the end; "" for no parts.

    Args:
        plain: only ASCII characters; a letter of a name that is none becomes "?".
    """
    everything = list(parts)
    rows = _rows(everything)
    text = "\n".join(_with_gutter(rows))
    return text.translate(_PLAIN).encode("ascii", "replace").decode() if plain else text


def _rows(parts: Sequence[Part]) -> list[_Row]:
    boxes = {part.key: part for part in parts if isinstance(part, Box)}
    notes: dict[str, list[str]] = {}
    legs: dict[str, list[Leg]] = {}
    for part in parts:
        if isinstance(part, BarNote):
            notes.setdefault(part.bar, []).append(part.note)
        elif isinstance(part, Leg) and part.box in boxes:
            legs.setdefault(part.bar, []).append(part)
    name_width = max((len(box.label) for box in boxes.values()), default=0)
    note_width = max((len(leg.note) for each in legs.values() for leg in each), default=0)
    bars = [part for part in parts if isinstance(part, Bar)]
    # A leg may stand on a network that is not ours, and so is not among the parts.
    known = {bar.key for bar in bars}
    bars += [Bar(key=key, label=key, note="of others") for key in sorted(set(legs) - known)]
    rows: list[_Row] = []
    for bar in bars:
        rows += [_Row("")] if rows else []
        heading = "  ".join(
            [bar.label, *sorted(notes.get(bar.key, [])), *([bar.note] if bar.note else [])]
        )
        rows.append(_Row(heading))
        standing = sorted(legs.get(bar.key, []), key=lambda leg: _order(boxes[leg.box]))
        rows += [_Row("━" * _INDENT + ("┯" if standing else "━"))]
        for leg in standing:
            last = leg is standing[-1]
            rows.append(_leg_row(leg, boxes[leg.box], last, name_width, note_width))
    connected = {leg.box for each in legs.values() for leg in each}
    loose = [box for key, box in boxes.items() if key not in connected]
    if loose:
        rows += [_Row("")] if rows else []
        rows.append(_Row("on no network:"))
        rows += [_Row(f"    {_box_text(box, name_width)}".rstrip()) for box in loose]
    return rows


def _order(box: Box) -> tuple[bool, str]:
    """Servers first, by name; what leads on to other networks stands last."""
    return box.sort == "router", box.label


def _leg_row(leg: Leg, box: Box, last: bool, name_width: int, note_width: int) -> _Row:
    text = f"{' ' * _INDENT}{'└' if last else '├'}─{_SYMBOLS.get(box.sort, '○')} "
    columns = [box.label.ljust(name_width), *([leg.note.ljust(note_width)] if note_width else [])]
    text += "  ".join([*columns, *_words(box)])
    return _Row(text.rstrip(), leg.box)


def _box_text(box: Box, name_width: int) -> str:
    words = "  ".join(_words(box))
    return f"{_SYMBOLS.get(box.sort, '○')} {box.label.ljust(name_width)}  {words}"


def _words(box: Box) -> list[str]:
    return [word for word in (box.note, box.status) if word]


def _with_gutter(rows: Sequence[_Row]) -> list[str]:
    """Lengthen the bars, and join the rows of each box that stands on several of them."""
    width = max((len(row.text) for row in rows), default=0) + 1
    spans = _spans(rows)
    columns = _columns(spans)
    lines: list[str] = []
    for index, row in enumerate(rows):
        bar = row.text.startswith("━")
        text = row.text + "━" * (max(width, _BAR_AT_LEAST) - 1 - len(row.text)) if bar else row.text
        cells = list(
            text.ljust(max(width, _BAR_AT_LEAST) + 2 * max(columns.values(), default=-1) + 2)
        )
        own = columns.get(row.box)
        if own is not None:
            place = max(width, _BAR_AT_LEAST) + 2 * own
            start = len(row.text) + 1
            cells[start:place] = "─" * (place - start)
        for box, (first, last) in spans.items():
            place = max(width, _BAR_AT_LEAST) + 2 * columns[box]
            if first <= index <= last:
                cells[place] = _joint(index, first, last, box == row.box, cells[place])
        lines.append("".join(cells).rstrip())
    return lines


def _spans(rows: Sequence[_Row]) -> dict[str, tuple[int, int]]:
    """Return the first and last row of every box that has several."""
    indexes: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.box:
            indexes.setdefault(row.box, []).append(index)
    return {box: (each[0], each[-1]) for box, each in indexes.items() if len(each) > 1}


def _columns(spans: dict[str, tuple[int, int]]) -> dict[str, int]:
    """Give each line the first column of the gutter that is free along its length."""
    ends: list[int] = []
    columns: dict[str, int] = {}
    for box, (first, last) in sorted(spans.items(), key=lambda item: item[1]):
        free = next((column for column, end in enumerate(ends) if end < first), len(ends))
        ends[free : free + 1] = [last]
        columns[box] = free
    return columns


def _joint(index: int, first: int, last: int, own: bool, under: str) -> str:
    if not own:
        return "┼" if under == "─" else "│"
    if index == first:
        return "┐"
    return "┘" if index == last else "┤"
