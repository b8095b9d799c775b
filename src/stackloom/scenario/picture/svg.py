# SPDX-License-Identifier: Apache-2.0
"""Write a picture as SVG: one file for light and dark, readable by people and programs. Pure.

What a page may attach to: every box and bar is a ``<g>`` with the id ``node-KEY``, every joint one
with ``leg-BOX_to_BAR``; ``data-key`` has the exact keys with blanks between them, ``data-change``
and ``data-stage`` the words of ``overlay.Change`` and ``overlay.Stage`` for what happens to it.
Each has its full text as ``<title>``. The same picture is always the same bytes.

The classes, whose rules are ``theme.style_sheet``; a page that brings them itself takes the
``<style>`` out:

========================================  ======================================================
``page`` ``halo``                         the ground, and the space around wires that cross
``bar`` ``external`` ``borrowed``         a network; ``core`` is the line inside an external one
``node SORT``                             a box: ``node server``, ``node router``, ``node port``
``leg`` ``stub`` ``dot`` ``wire``         how a box is joined to a bar, and what bends to get there
``chip SORT``                             a badge: ``chip floating-ip``, ``chip volume``
``face`` ``icon`` ``marker``              of a box: its ground, its sign, the colour of a network
``title`` ``name`` ``heading`` ``note``   of texts, the gravest first
``hue0`` to ``hue4`` or ``hue``           of a network; none of them where changes have colours
``create`` to ``delete``                  what happens to it; also on ``mark``, with its ``glyph``
``waiting`` to ``skipped``                how far a run is with it
``good`` ``busy`` ``bad`` ``idle``        how it is, in the cloud's word or the run's
========================================  ======================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from stackloom.scenario.picture.arrangement import (
    Arrangement,
    BarPlace,
    CardPlace,
    ChipPlace,
    JointPlace,
    Point,
    Rect,
    Text,
    Wire,
)
from stackloom.scenario.picture.face import chip_text_left
from stackloom.scenario.picture.icons import (
    CHANGE_GLYPHS,
    EXTERNAL_ICON,
    HEALTH_SHAPES,
    ICONS,
    OTHER_ICON,
    STAGE_GLYPHS,
    health,
)
from stackloom.scenario.picture.layout import MARGIN, arrange
from stackloom.scenario.picture.metrics import fitted
from stackloom.scenario.picture.overlay import Change, Picture, Remark, Stage, gravest
from stackloom.scenario.picture.theme import HUES, Theme, style_sheet
from stackloom.scenario.picture.words import (
    bar_words,
    card_words,
    changes,
    chip_words,
    joint_words,
    summary,
)

_NOT_IN_ID = re.compile(r"[^A-Za-z0-9.-]")
# XML 1.0 has no place at all for these, escaped or not.
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LEGEND_LINE = 20
_MOST_ELSEWHERE = 6


def svg(picture: Picture, *, theme: Theme = Theme.AUTO, expand: bool = False) -> str:
    """Return a picture as an SVG document.

    Args:
        expand: show each of many boxes that are alike by itself.
    """
    arrangement = arrange(picture, expand=expand)
    writer = _Writer(picture, arrangement)
    legend, height = writer.legend()
    title = picture.title or "topology"
    size = f'width="{arrangement.width}" height="{height}"'
    view_box = f'viewBox="0 0 {arrangement.width} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view_box}',
        '  role="graphics-document document"',
        '  aria-labelledby="picture-title picture-description">',
        f'<title id="picture-title">{_text(title)}</title>',
        f'<desc id="picture-description">{_text(summary(picture, arrangement.topology))}</desc>',
        f"<style>\n{style_sheet(theme, has_overlay=picture.has_overlay)}\n</style>",
        f'<rect class="page" width="{arrangement.width}" height="{height}" rx="10"/>',
        *writer.body(),
        *legend,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


class _Writer:
    """Writes the parts of one picture; what is written later covers what came before."""

    def __init__(self, picture: Picture, arrangement: Arrangement) -> None:
        self._picture = picture
        self._arrangement = arrangement
        self._topology = arrangement.topology
        self._hues = {
            place.bar.key: "" if place.bar.is_external else self._hue(place.hue)
            for place in arrangement.bars
        }
        self._remarks = {place.card.key: place.card.remark for place in arrangement.cards}

    def body(self) -> Iterable[str]:
        """Yield bars, wires, joints, boxes and badges."""
        for wire in self._arrangement.wires:
            yield f'<path class="halo" d="{_path(wire.points)}"/>'
        for wire in self._arrangement.wires:
            yield self._wire(wire)
        for bar in self._arrangement.bars:
            yield from self._bar(bar)
        for joint in self._arrangement.joints:
            yield from self._joint(joint)
        for card in self._arrangement.cards:
            yield from self._card(card)
        for chip in self._arrangement.chips:
            yield from self._chip(chip)
        for heading in self._arrangement.headings:
            yield self._words(heading)

    def legend(self) -> tuple[list[str], int]:
        """Return what the signs mean, where there are any, and the height of everything."""
        bottom, width = self._arrangement.height, self._arrangement.width
        lines: list[str] = []
        y = bottom + 4
        if self._picture.has_overlay:
            x = MARGIN
            for change, number in self._picture.counts.items():
                lines.append(_mark(CHANGE_GLYPHS[change], change.value, (x + 8, y)))
                lines.append(f'<text x="{x + 22}" y="{y + 4}">{number} to {change.value}</text>')
                x += 120
            if x == MARGIN:
                lines.append(f'<text x="{x}" y="{y + 4}">{changes(self._picture)}</text>')
            y += _LEGEND_LINE + 6
        for line in self._small_print():
            text = fitted(line, 11.0, width - 2 * MARGIN)
            lines.append(f'<text x="{MARGIN}" y="{y + 4}">{_text(text)}</text>')
            y += _LEGEND_LINE
        return lines, y + 8 if y > bottom + 4 else bottom

    def _small_print(self) -> Iterable[str]:
        elsewhere = self._picture.elsewhere
        if elsewhere:
            shown = ", ".join(elsewhere[:_MOST_ELSEWHERE])
            rest = len(elsewhere) - _MOST_ELSEWHERE
            yield f"not in the picture: {shown}" + (f" and {rest} more" if rest > 0 else "")
        for notice in self._picture.notices:
            yield f"missing: {notice}"

    def _hue(self, number: int) -> str:
        return "hue" if self._picture.has_overlay else f"hue{number % HUES}"

    def _wire(self, wire: Wire) -> str:
        if wire.is_bar:
            external = "" if self._hues[wire.key] else " external"
            look = f" {self._hues[wire.key]}{_change(self._picture.remark(wire.key))}{external}"
        else:
            look = _change(self._remarks[wire.key])
        return f'<path class="{_classes("wire", look)}" d="{_path(wire.points)}"/>'

    def _bar(self, place: BarPlace) -> Iterable[str]:
        bar = place.bar
        notes = [self._picture.remark(note.key) for note in self._topology.notes[bar.key]]
        remark = self._picture.remark(bar.key)
        look = ["bar", self._hues[bar.key], "external" if bar.is_external else ""]
        look += ["borrowed" if bar.is_borrowed else "", _change(remark).strip()]
        words = bar_words(place, self._topology, gravest([remark, *notes]))
        yield _group(f"node-{_id(bar.key)}", " ".join(filter(None, look)), [bar.key], remark)
        yield f"<title>{_text(words)}</title>"
        ends = f'x1="{place.left}" y1="{place.y}" x2="{place.right}" y2="{place.y}"'
        yield f"<line {ends}/>"
        if bar.is_external:
            yield f'<line class="core" {ends}/>'
            first = place.texts[0]
            yield _icon(EXTERNAL_ICON, (first.x - 20, first.y - 12))
        yield from map(self._words, place.texts)
        for chip in place.chips:
            yield from self._chip(chip)
        shown = gravest([remark, *notes])
        if shown.change.symbol or shown.stage:
            # Beside each other they would cover its name.
            yield from self._marks(
                shown, (place.left - 14, place.texts[0].y - 4), next_is_below=True
            )
        yield "</g>"

    def _joint(self, place: JointPlace) -> Iterable[str]:
        joint = place.joint
        remarks = [self._picture.remark_on_leg(leg) for leg in joint.legs]
        remark = gravest(remarks)
        id = f"leg-{_id(joint.box)}_to_{_id(joint.bar)}"
        keys = [leg.key for leg in joint.legs if leg.key]
        yield _group(id, f"leg{_change(remark)}", keys, remark)
        yield f"<title>{_text(joint_words(joint, self._topology, remark))}</title>"
        hue = self._hues[joint.bar]
        for number, (start, end) in enumerate(place.stubs):
            look = _classes("stub", hue, _change(remarks[number]))
            yield f'<path class="{look}" d="{_path((start, end))}"/>'
        for number, dot in enumerate(place.dots):
            own = remarks[number] if len(place.dots) > 1 else remark
            if own.change.symbol:
                yield _mark(CHANGE_GLYPHS[own.change], own.change.value, dot, radius=6.5)
            else:
                yield f'<circle class="{_classes("dot", hue)}" cx="{dot[0]}" cy="{dot[1]}" r="4"/>'
        yield "</g>"

    def _card(self, place: CardPlace) -> Iterable[str]:
        card, rect = place.card, place.rect
        look = f"node {_class(card.sort)}{_change(card.remark)}"
        keys = [box.key for box in card.boxes]
        yield _group(f"node-{_id(card.key)}", look, keys, card.remark)
        yield f"<title>{_text(card_words(card, self._topology))}</title>"
        if len(card.boxes) > 1:
            behind = Rect(rect.x + 4, rect.y + 4, rect.width - 4, rect.height - 4)
            yield _face(behind)
            rect = Rect(rect.x, rect.y, rect.width - 4, rect.height - 4)
        yield _face(rect)
        yield _icon(ICONS.get(card.sort, OTHER_ICON), (rect.x + 10, rect.y + 10))
        for text in place.texts:
            if text.bar:
                look = _classes("marker", self._hues[text.bar] or "idle")
                yield (
                    f'<rect class="{look}" x="{text.x - 12}" y="{text.y - 8}" width="8"'
                    ' height="8" rx="2"/>'
                )
            yield self._words(text)
        if card.status:
            kind = health(card.status)
            at = f"translate({rect.right - 15} {rect.y + 16})"
            yield f'<path class="{kind}" transform="{at}" d="{HEALTH_SHAPES[kind]}"/>'
        for chip in place.chips:
            yield from self._chip(chip)
        yield from self._marks(card.remark, (rect.x + 2, rect.y + 2))
        yield "</g>"

    def _marks(self, remark: Remark, point: Point, *, next_is_below: bool = False) -> Iterable[str]:
        if remark.change.symbol:
            yield _mark(CHANGE_GLYPHS[remark.change], remark.change.value, point)
            x, y = point
            point = (x, y + 18) if next_is_below else (x + 18, y)
        if remark.stage:
            kind = {Stage.DONE: "good", Stage.FAILED: "bad", Stage.RUNNING: "busy"}
            yield _mark(STAGE_GLYPHS[remark.stage], kind.get(remark.stage, "idle"), point)

    def _chip(self, place: ChipPlace) -> Iterable[str]:
        chip, rect = place.chip, place.rect
        keys = [badge.key for badge in chip.badges]
        yield _group("", f"chip {_class(chip.sort)}{_change(chip.remark)}", keys, chip.remark)
        yield f"<title>{_text(chip_words(chip, self._topology))}</title>"
        yield (
            f'<rect x="{rect.x}" y="{rect.y}" width="{rect.width}" height="{rect.height}" rx="9"/>'
        )
        x = rect.x + 6
        if chip.remark.change.symbol:
            glyph = CHANGE_GLYPHS[chip.remark.change]
            middle = (x + 4, rect.y + rect.height // 2)
            yield _mark(glyph, chip.remark.change.value, middle, radius=6)
            x += 12
        icon = ICONS.get(chip.sort, OTHER_ICON)
        yield _icon(icon, (x, rect.y + 4), scale=0.75)
        text = Text(x=rect.x + chip_text_left(chip), y=rect.y + 13, text=place.text, style="label")
        yield self._words(text)
        yield "</g>"

    def _words(self, text: Text) -> str:
        # SVG shows several blanks as one.
        words = _text(text.text).replace("  ", "\u00a0 ")
        style = "" if text.style in {"line", "label"} else f' class="{text.style}"'
        return f'<text{style} x="{text.x}" y="{text.y}">{words}</text>'


def _group(id: str, look: str, keys: Iterable[str], remark: Remark) -> str:
    attributes = [f'id="{id}"'] if id else []
    attributes.append(f'class="{look}{f" {remark.stage.value}" if remark.stage else ""}"')
    known = " ".join(keys)
    if known:
        attributes.append(f"data-key={quoteattr(_legal(known))}")
    if remark.change is not Change.KEEP:
        attributes.append(f'data-change="{remark.change.value}"')
    if remark.stage:
        attributes.append(f'data-stage="{remark.stage.value}"')
    attributes.append('role="img"')
    if id.startswith("node-"):
        attributes.append('tabindex="0"')
    return f"<g {' '.join(attributes)}>"


def _face(rect: Rect) -> str:
    return (
        f'<rect class="face" x="{rect.x}" y="{rect.y}" width="{rect.width}"'
        f' height="{rect.height}" rx="7"/>'
    )


def _icon(path: str, point: Point, *, scale: float = 1.0) -> str:
    size = f" scale({scale})" if scale != 1 else ""
    return f'<path class="icon" transform="translate({point[0]} {point[1]}){size}" d="{path}"/>'


def _mark(glyph: str, look: str, point: Point, *, radius: float = 8) -> str:
    scale = f" scale({radius / 8:g})" if radius != 8 else ""
    return (
        f'<g transform="translate({point[0]} {point[1]}){scale}">'
        f'<circle class="mark {look}" r="8"/><path class="glyph" d="{glyph}"/></g>'
    )


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _change(remark: Remark) -> str:
    return "" if remark.change is Change.KEEP else f" {remark.change.value}"


def _classes(*names: str) -> str:
    return " ".join(" ".join(names).split())


def _class(sort: str) -> str:
    return re.sub(r"[^a-z]+", "-", sort)


def _id(key: str) -> str:
    """Return a key as a part of an id: what may not stand there as its number, ``_2f`` for "/"."""
    return _NOT_IN_ID.sub(lambda found: f"_{ord(found[0]):x}", key)


def _text(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
