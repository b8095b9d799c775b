# SPDX-License-Identifier: Apache-2.0
"""What a picture says of each thing in full: for tooltips, and for who does not see it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from stackloom.cloud.sketch import Badge, Bar, Box
from stackloom.scenario.picture.arrangement import BarPlace
from stackloom.scenario.picture.cards import Card, Chip
from stackloom.scenario.picture.overlay import Picture, Remark, Stage
from stackloom.scenario.picture.topology import Joint, Topology

_MOST_LINES = 40
_OUTCOMES = {
    Stage.WAITING: "waits",
    Stage.RUNNING: "under way",
    Stage.DONE: "done",
    Stage.FAILED: "failed",
    Stage.SKIPPED: "not begun",
}


def card_words(card: Card, topology: Topology) -> str:
    """Say everything that is known of a box, or of those that it stands for."""
    lines = [
        line
        for box in card.boxes
        for line in _box_words(box, card, topology, is_alone=len(card.boxes) == 1)
    ]
    if len(card.boxes) > 1:
        lines.insert(0, f"{len(card.boxes)} alike: {card.title}")
    return _few([*lines, *remark_words(card.remark)])


def _box_words(box: Box, card: Card, topology: Topology, *, is_alone: bool) -> Iterable[str]:
    joints = [joint for joint in (*card.joints, *card.more) if joint.box == box.key]
    places = [_place(joint, topology) for joint in joints]
    if not is_alone:
        yield f"{box.label}: {'; '.join(places)}"
        return
    yield ", ".join(
        word for word in (f"{_sort(box.sort)} {box.label}", box.note, box.status) if word
    )
    yield from (f"on {place}" for place in places)
    yield from box.details
    for placed in card.badges:
        yield badge_words(placed.badge)


def bar_words(place: BarPlace, topology: Topology, remark: Remark) -> str:
    """Say everything that is known of a network."""
    bar = place.bar
    told = [f"{_bar_sort(bar)} {bar.label}", bar.note, bar.status]
    lines = [", ".join(word for word in told if word), *bar.details]
    lines += [", ".join([f"subnet {note.note}", *note.details]) for note in topology.notes[bar.key]]
    lines += [badge_words(placed.badge) for placed in topology.badges.get(bar.key, ())]
    for joint in place.joints:
        box = topology.boxes[joint.box]
        lines.append(f"{_sort(box.sort)} {box.label} {joint.note}".rstrip())
    return _few([*lines, *remark_words(remark)])


def joint_words(joint: Joint, topology: Topology, remark: Remark) -> str:
    """Say who stands where, with which address."""
    box = topology.boxes[joint.box]
    way = " by its gateway" if any(leg.is_gateway for leg in joint.legs) else ""
    lines = [f"{_sort(box.sort)} {box.label} on {_place(joint, topology)}{way}"]
    lines += dict.fromkeys(line for leg in joint.legs for line in leg.details)
    return _few([*lines, *remark_words(remark)])


def chip_words(chip: Chip, topology: Topology) -> str:
    """Say everything that is known of a badge, or of those that it stands for."""
    lines = [badge_words(badge) for badge in dict.fromkeys(chip.badges)]
    if len(lines) == 1:
        lines += chip.badges[0].details
    lines += [
        f"{_sort(topology.boxes[joint.box].sort)} {topology.boxes[joint.box].label} {joint.note}"
        for joint in chip.joints
    ]
    return _few([line.rstrip() for line in [*lines, *remark_words(chip.remark)]])


def badge_words(badge: Badge) -> str:
    """Say what a badge is, in one line."""
    told = [f"{_sort(badge.sort)} {badge.label}", badge.note, badge.status]
    return ", ".join(word for word in told if word)


def remark_words(remark: Remark) -> list[str]:
    """Say what happens to something, and why."""
    lines = []
    if remark.change.symbol:
        lines.append(f"{remark.change.symbol} {remark.change.value}")
    lines += [f"  {line}" for line in remark.lines]
    if remark.stage:
        lines.append(_OUTCOMES[remark.stage] + (f": {remark.reason}" if remark.reason else ""))
    return lines


def summary(picture: Picture, topology: Topology) -> str:
    """Say what a picture shows: ``2 networks, 1 router, 2 servers``."""
    counts = Counter(_sort(box.sort) for box in topology.boxes.values())
    told = [_many(len(topology.bars), "network")] if topology.bars else []
    told += [_many(number, sort) for sort, number in sorted(counts.items())]
    text = ", ".join(told) or "nothing"
    if picture.has_overlay:
        text += "; " + changes(picture)
    return text


def changes(picture: Picture) -> str:
    """Say how much changes: ``3 to create, 1 to delete``."""
    told = ", ".join(f"{number} to {change.value}" for change, number in picture.counts.items())
    return told or "nothing changes"


def _place(joint: Joint, topology: Topology) -> str:
    return f"{topology.bars[joint.bar].label} {joint.note}".rstrip()


def _bar_sort(bar: Bar) -> str:
    words = ["external"] if bar.is_external else []
    return " ".join([*words, "network", *(["of others"] if bar.is_borrowed else [])])


def _sort(sort: str) -> str:
    return {"floating_ip": "floating IP", "qos_policy": "QoS policy"}.get(
        sort, sort.replace("_", " ")
    )


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _few(lines: list[str]) -> str:
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more"]
    return "\n".join(lines)
