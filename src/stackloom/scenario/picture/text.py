# SPDX-License-Identifier: Apache-2.0
"""Draw a picture in characters: networks are bars, what stands on them hangs below. Pure.

Whatever stands on several bars appears under each and is joined by a line in the gutter at the
right; lines get columns of their own, so they never run through text. The picture grows downward
with the number of networks and servers, not sideways.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stackloom.cloud.sketch import Bar, Box, Leg
from stackloom.scenario.picture.overlay import Picture, Remark, Stage, gravest
from stackloom.scenario.picture.topology import Placed, Topology, topology
from stackloom.scenario.picture.words import badge_words, changes

_SYMBOLS = {"router": "◈", "server": "▣", "port": "◌"}
_STAGES = {
    Stage.WAITING: "·",
    Stage.RUNNING: "▸",
    Stage.DONE: "✓",
    Stage.FAILED: "✗",
    Stage.SKIPPED: "»",
}
_PLAIN = str.maketrans("━┯├└─┐┘┤│┼◈▣○◌×±·▸✓✗»→…", "=+|`-+++|+R#o.x%.>*!/>_")
_INDENT = 2
_BAR_AT_LEAST = 40


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of text, and the box that a leg in it belongs to."""

    text: str
    box: str = ""


def draw(picture: Picture, *, plain: bool = False) -> str:
    """Return the picture as lines of text, without a newline at the end; "" for no parts.

    Args:
        plain: only ASCII characters; ``±`` becomes ``%``, a letter that is none "?".
    """
    known = topology(picture.parts)
    rows = [*_bar_rows(picture, known), *_unattached_rows(picture, known)]
    lines = [*_with_gutter(rows), *_small_print(picture)]
    text = "\n".join(lines[1:] if lines and not lines[0] else lines)
    return text.translate(_PLAIN).encode("ascii", "replace").decode() if plain else text


def _bar_rows(picture: Picture, known: Topology) -> Iterator[_Row]:
    legs = [leg for joint in known.joints for leg in joint.legs]
    names = max((len(box.label) for box in known.boxes.values()), default=0)
    notes = max((len(leg.note) for leg in legs), default=0)
    has_several = {key: len(joints) > 1 for key, joints in known.joints_by_box().items()}
    for key, joints in known.joints_by_bar().items():
        yield _Row("")
        yield _Row(_heading(picture, known, known.bars[key]))
        yield _Row("━" * _INDENT + ("┯" if joints else "━"))
        standing = [(joint, leg) for joint in joints for leg in joint.legs]
        for joint, leg in standing:
            corner = "└" if leg is standing[-1][1] else "├"
            text = _leg_text(picture, known, known.boxes[joint.box], leg, (names, notes))
            box = joint.box if has_several[joint.box] else ""
            yield _Row(f"{' ' * _INDENT}{corner}─{text}".rstrip(), box)


def _heading(picture: Picture, known: Topology, bar: Bar) -> str:
    notes = [f"{_sign(picture.remark(note.key))}{note.note}" for note in known.notes[bar.key]]
    kind = "external" if bar.is_external else "of others" if bar.is_borrowed else ""
    words = [word for word in (bar.note, kind, bar.status) if word]
    badges = _badge_texts(picture, known.badges.get(bar.key, ()))
    return "  ".join([f"{_sign(picture.remark(bar.key))}{bar.label}", *notes, *words, *badges])


def _leg_text(
    picture: Picture, known: Topology, box: Box, leg: Leg, widths: tuple[int, int]
) -> str:
    """Return who stands there, with which address; *widths* are those of names and addresses."""
    remark = gravest([picture.remark(box.key), picture.remark_on_leg(leg)])
    columns = [f"{_sign(remark)}{_SYMBOLS.get(box.sort, '○')} {box.label.ljust(widths[0])}"]
    columns += [leg.note.ljust(widths[1])] if widths[1] else []
    columns += _words(box)
    columns += _badge_texts(picture, known.badges.get(box.key, ()))
    return "  ".join(columns)


def _words(box: Box) -> list[str]:
    """Return what stands behind a name; that a router is as always is not worth a word."""
    status = "" if box.sort == "router" and box.status == "ACTIVE" else box.status
    return [word for word in (box.note, status) if word]


def _badge_texts(picture: Picture, badges: Sequence[Placed]) -> list[str]:
    return [
        f"[{_sign(picture.remark_on_badge(placed))}{badge_words(placed.badge)}]"
        for placed in badges
    ]


def _unattached_rows(picture: Picture, known: Topology) -> Iterator[_Row]:
    standing = {joint.box for joint in known.joints}
    alone = [box for key, box in known.boxes.items() if key not in standing]
    width = max((len(box.label) for box in alone), default=0)
    if alone:
        yield from (_Row(""), _Row("on no network:"))
    for box in alone:
        words = _words(box)
        badges = _badge_texts(picture, known.badges.get(box.key, ()))
        sign = f"{_sign(picture.remark(box.key))}{_SYMBOLS.get(box.sort, '○')}"
        text = "  ".join([f"{sign} {box.label.ljust(width)}", *words, *badges])
        yield _Row(f"    {text}".rstrip())
    if known.loose:
        yield from (_Row(""), _Row("not in use:"))
    for badge in known.loose:
        yield _Row(f"    {_sign(picture.remark(badge.key))}{badge_words(badge)}")


def _small_print(picture: Picture) -> Iterator[str]:
    if picture.has_overlay:
        yield from ("", changes(picture))
    if picture.elsewhere:
        yield "not in the picture: " + ", ".join(picture.elsewhere)
    yield from (f"missing: {notice}" for notice in picture.notices)


def _sign(remark: Remark) -> str:
    """Return the signs of what happens to something, and a blank; "" where nothing does."""
    signs = remark.change.symbol + (_STAGES[remark.stage] if remark.stage else "")
    return f"{signs} " if signs else ""


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
