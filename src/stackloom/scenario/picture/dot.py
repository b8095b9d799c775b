# SPDX-License-Identifier: Apache-2.0
"""Write a picture in the language of Graphviz. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stackloom.scenario.picture.cards import cards_of
from stackloom.scenario.picture.overlay import Change, Picture, Remark, gravest
from stackloom.scenario.picture.topology import topology

_SHAPES = {"router": "hexagon", "server": "box", "port": "ellipse"}
_COLOURS = {
    Change.KEEP: "#4d5d75",
    Change.CREATE: "#15803d",
    Change.UPDATE: "#b45309",
    Change.REPLACE: "#c2410c",
    Change.DELETE: "#b91c1c",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def dot(picture: Picture, *, expand: bool = False) -> str:
    """Return a picture as an undirected graph; nodes are named by their keys.

    Args:
        expand: show each of many boxes that are alike by itself.
    """
    return "\n".join(_lines(picture, expand=expand)) + "\n"


def _lines(picture: Picture, *, expand: bool) -> Iterator[str]:
    known = topology(picture.parts)
    cards = cards_of(picture, known, expand=expand)
    yield f"graph {_quoted(picture.title or 'topology')} {{"
    yield "  graph [rankdir=LR, ranksep=1.2]"
    yield '  node [fontname="sans-serif", fontsize=11]'
    yield '  edge [fontname="sans-serif", fontsize=9]'
    for key, bar in known.bars.items():
        notes = known.notes[key]
        remark = gravest([picture.remark(key), *(picture.remark(note.key) for note in notes)])
        kind = "external" if bar.is_external else "of others" if bar.is_borrowed else ""
        words = [_marked(bar.label, remark), *(note.note for note in notes), bar.note, kind]
        badges = [placed.badge.label for placed in known.badges.get(key, ())]
        label = _label([*words, bar.status, *badges])
        style = _style(picture.remark(key), "rounded,bold")
        yield f"  {_quoted(key)} [shape=box, label={label}, {style}]"
    for card in cards:
        words = [_marked(card.title, card.remark), card.boxes[0].note, card.status]
        label = _label([*words, *(_marked(chip.text, chip.remark) for chip in card.chips)])
        shape = _SHAPES.get(card.sort, "box")
        yield f"  {_quoted(card.key)} [shape={shape}, label={label}, {_style(card.remark)}]"
    for card in cards:
        for joint in card.joints:
            remark = gravest(picture.remark_on_leg(leg) for leg in joint.legs)
            label = _label([_marked(joint.note, remark)])
            ends = f"{_quoted(joint.bar)} -- {_quoted(joint.box)}"
            yield f"  {ends} [label={label}, {_style(remark)}]"
    yield "}"


def _style(remark: Remark, style: str = "solid") -> str:
    style = f"{style},dashed" if remark.change is Change.DELETE else style
    return f'color="{_COLOURS[remark.change]}", style="{style}"'


def _marked(text: str, remark: Remark) -> str:
    return f"{remark.change.symbol} {text}".strip()


def _label(words: list[str]) -> str:
    return '"' + "\\n".join(_escaped(word) for word in words if word) + '"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return _CONTROL.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')
