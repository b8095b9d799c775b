# SPDX-License-Identifier: Apache-2.0
"""Write a picture as Mermaid, which GitHub and GitLab draw where they find it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from stackloom.scenario.picture.cards import Card, cards_of
from stackloom.scenario.picture.overlay import Change, Picture, Remark, gravest
from stackloom.scenario.picture.topology import Joint, Topology, topology

# Rounded ends, a hexagon, a rectangle: Mermaid's shapes.
_SHAPES = {"router": ("{{", "}}"), "server": ("[", "]"), "port": ("(", ")")}
_CLASSES = {
    Change.CREATE: "stroke:#15803d,stroke-width:3px",
    Change.UPDATE: "stroke:#b45309,stroke-width:3px",
    Change.REPLACE: "stroke:#c2410c,stroke-width:3px",
    Change.DELETE: "stroke:#b91c1c,stroke-width:3px,stroke-dasharray:5 4",
}
# What means something inside quotes there, or ends a line.
_ESCAPES = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "#": "#35;", "`": "#96;", "\n": " ", "\r": " "}


def mermaid(picture: Picture, *, expand: bool = False) -> str:
    """Return a picture as the text of a flowchart.

    Args:
        expand: show each of many boxes that are alike by itself.
    """
    known = topology(picture.parts)
    cards = cards_of(picture, known, expand=expand)
    names = {key: f"n{number}" for number, key in enumerate(known.bars)}
    names |= {card.key: f"b{number}" for number, card in enumerate(cards)}
    lines = ["flowchart LR"]
    lines += _bars(picture, known, names)
    lines += _cards(cards, names)
    lines += [_joint(picture, joint, names) for card in cards for joint in card.joints]
    lines += _classes(picture, known, cards, names)
    return "\n".join(lines) + "\n"


def _bars(picture: Picture, known: Topology, names: dict[str, str]) -> Iterator[str]:
    for key, bar in known.bars.items():
        remark = gravest(
            [picture.remark(key), *(picture.remark(note.key) for note in known.notes[key])]
        )
        kind = "external" if bar.is_external else "of others" if bar.is_borrowed else ""
        words = [_marked(bar.label, remark), *(note.note for note in known.notes[key])]
        words += [word for word in (bar.note, kind, bar.status) if word]
        words += [
            " ".join(filter(None, (placed.badge.label, placed.badge.note)))
            for placed in known.badges.get(key, ())
        ]
        yield f'  {names[key]}(["{_lines(words)}"])'


def _cards(cards: list[Card], names: dict[str, str]) -> Iterator[str]:
    for card in cards:
        begin, end = _SHAPES.get(card.sort, ("[", "]"))
        words = [_marked(card.title, card.remark)]
        words += [word for word in (card.boxes[0].note, card.status) if word]
        words += [_marked(chip.text, chip.remark) for chip in card.chips]
        yield f'  {names[card.key]}{begin}"{_lines(words)}"{end}'


def _joint(picture: Picture, joint: Joint, names: dict[str, str]) -> str:
    remark = gravest(picture.remark_on_leg(leg) for leg in joint.legs)
    note = _marked(joint.note, remark)
    wire = "-.-" if remark.change is Change.DELETE else "---"
    label = f'|"{_escaped(note)}"|' if note else ""
    return f"  {names[joint.bar]} {wire}{label} {names[joint.box]}"


def _classes(
    picture: Picture, known: Topology, cards: list[Card], names: dict[str, str]
) -> Iterator[str]:
    remarks = {key: picture.remark(key) for key in known.bars}
    remarks |= {card.key: card.remark for card in cards}
    for change, look in _CLASSES.items():
        same = [names[key] for key, remark in remarks.items() if remark.change is change]
        if same:
            yield f"  classDef {change.value} {look}"
            yield f"  class {','.join(same)} {change.value}"


def _marked(text: str, remark: Remark) -> str:
    return f"{remark.change.symbol} {text}".strip()


def _lines(words: list[str]) -> str:
    return "<br/>".join(map(_escaped, words))


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in text)
