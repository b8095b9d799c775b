# SPDX-License-Identifier: Apache-2.0
"""What stands in each box of a picture: boxes with their text, alike ones as one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackloom.cloud.sketch import Badge, Box
from stackloom.scenario.picture.overlay import Picture, Remark, gravest
from stackloom.scenario.picture.topology import Joint, Placed, Topology

# So many alike are still easier to read one by one; in a big picture fewer are.
_ALIKE_AT_MOST = 6
_ALIKE_AT_MOST_IN_A_BIG_PICTURE = 2
_BIG = 300
_MOST_JOINT_LINES = 4
_MOST_CHIPS = 4
_TAIL = re.compile(r"([._-]*\d+|[._-][a-z])+[._-]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text in a card; ``bar`` is the key of the network that it is about, if any."""

    text: str
    bar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A badge as it is shown, or on a bar the name of a box that a line leads to.

    One may stand for several badges or boxes of a sort.
    """

    sort: str
    text: str
    remark: Remark
    badges: tuple[Badge, ...] = ()
    joints: tuple[Joint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A box of the picture, or many that are alike.

    Attributes:
        boxes: one, or all those that it stands for.
        joints: where the first of them stands, in the order of the bars.
        more: the joints of the others.
        badges: what each of them has on it.
        remark: what happens to it; the lines of all of them.
    """

    boxes: tuple[Box, ...]
    joints: tuple[Joint, ...]
    more: tuple[Joint, ...]
    badges: tuple[Placed, ...]
    remark: Remark
    title: str
    lines: tuple[Line, ...]
    chips: tuple[Chip, ...]

    @property
    def key(self) -> str:
        """The key of the first."""
        return self.boxes[0].key

    @property
    def sort(self) -> str:
        """The name of its kind."""
        return self.boxes[0].sort

    @property
    def status(self) -> str:
        """The cloud's word, which is the same for all of them."""
        return self.boxes[0].status

    @property
    def bars(self) -> tuple[str, ...]:
        """The keys of the networks that it stands on."""
        return tuple(joint.bar for joint in self.joints)


def cards_of(picture: Picture, topology: Topology, *, expand: bool = False) -> list[Card]:
    """Return the cards of a picture, in the order of their names.

    Args:
        expand: show each of many that are alike by itself.
    """
    joints_by_box = topology.joints_by_box()
    alike: dict[object, list[Box]] = {}
    for box in topology.boxes.values():
        alike.setdefault(_likeness(picture, topology, box, joints_by_box[box.key]), []).append(box)
    is_big = len(topology.boxes) > _BIG
    most = _ALIKE_AT_MOST_IN_A_BIG_PICTURE if is_big else _ALIKE_AT_MOST
    together = {
        box.key: same for same in alike.values() if len(same) > most and not expand for box in same
    }
    cards: list[Card] = []
    for box in topology.boxes.values():
        same = together.get(box.key, [box])
        if same[0] is box:
            cards.append(_card(picture, topology, same, joints_by_box))
    return cards


def stem(label: str) -> str:
    """Return a name without number and letter behind it: ``web`` for ``web-07``, ``web-1-a``."""
    return _TAIL.sub("", label)


def _likeness(picture: Picture, topology: Topology, box: Box, joints: Sequence[Joint]) -> object:
    """Return what two boxes have to have in common to be shown as one."""
    if box.sort == "router":
        return box.key
    remark = picture.remark(box.key)
    legs = [picture.remark_on_leg(leg) for joint in joints for leg in joint.legs]
    return (
        *(box.sort, stem(box.label), box.note, box.status),
        tuple((joint.bar, len(joint.legs)) for joint in joints),
        tuple(
            (placed.badge.sort, placed.badge.note) for placed in topology.badges.get(box.key, ())
        ),
        *(remark.change, remark.stage),
        gravest(legs).change,
    )


def _card(
    picture: Picture, topology: Topology, boxes: list[Box], joints_by_box: dict[str, list[Joint]]
) -> Card:
    joints = tuple(joints_by_box[boxes[0].key])
    badges = [placed for box in boxes for placed in topology.badges.get(box.key, ())]
    first = boxes[0]
    title = first.label
    if len(boxes) > 1:
        title = f"{stem(first.label) or first.sort} ×{len(boxes)}"
    return Card(
        boxes=tuple(boxes),
        joints=joints,
        more=tuple(joint for box in boxes[1:] for joint in joints_by_box[box.key]),
        badges=tuple(badges),
        remark=gravest(picture.remark(box.key) for box in boxes),
        title=title,
        lines=tuple(_lines(topology, boxes, joints)),
        chips=badge_chips(picture, badges),
    )


def _lines(topology: Topology, boxes: Sequence[Box], joints: Sequence[Joint]) -> Iterable[Line]:
    first = boxes[0]
    if len(joints) == 1 and len(boxes) == 1:
        if joints[0].note:
            yield Line(text=joints[0].note)
    elif len(boxes) > 1:
        yield Line(text=f"{first.label} … {boxes[-1].label}")
    if len(joints) > 1:
        shown = joints if len(joints) <= _MOST_JOINT_LINES else joints[: _MOST_JOINT_LINES - 1]
        for joint in shown:
            note = joint.note if len(boxes) == 1 else ""
            label = topology.bars[joint.bar].label
            yield Line(text=f"{label}  {note}".rstrip(), bar=joint.bar)
        if len(shown) < len(joints):
            yield Line(text=f"and {len(joints) - len(shown)} more networks")
    if first.note:
        yield Line(text=first.note)


def badge_chips(picture: Picture, badges: Sequence[Placed]) -> tuple[Chip, ...]:
    """Return a chip for each badge; for many of a sort, one with their number."""
    by_sort: dict[str, dict[str, list[Placed]]] = {}
    for placed in badges:
        by_sort.setdefault(placed.badge.sort, {}).setdefault(placed.badge.key, []).append(placed)
    chips = []
    for sort, by_key in by_sort.items():
        if len(by_key) > _MOST_CHIPS:
            everything = [placed for same in by_key.values() for placed in same]
            chips.append(_chip(picture, sort, everything, f"×{len(by_key)}"))
            continue
        for same in by_key.values():
            text = "  ".join(each for each in (same[0].badge.label, same[0].badge.note) if each)
            chips.append(_chip(picture, sort, same, text))
    return tuple(chips)


def joint_chips(picture: Picture, topology: Topology, joints: Sequence[Joint]) -> tuple[Chip, ...]:
    """Return a chip for each box that a line from a bar leads to; for many, their number."""
    by_sort: dict[str, list[Joint]] = {}
    for joint in joints:
        by_sort.setdefault(topology.boxes[joint.box].sort, []).append(joint)
    chips = []
    for sort, same in by_sort.items():
        if len(same) > _MOST_CHIPS:
            chips.append(_joint_chip(picture, sort, same, f"×{len(same)}"))
            continue
        for joint in same:
            text = f"{topology.boxes[joint.box].label}  {joint.note}".rstrip()
            chips.append(_joint_chip(picture, sort, [joint], text))
    return tuple(chips)


def _joint_chip(picture: Picture, sort: str, joints: Sequence[Joint], text: str) -> Chip:
    legs = [leg for joint in joints for leg in joint.legs]
    remark = gravest(picture.remark_on_leg(leg) for leg in legs)
    return Chip(sort=sort, text=text, remark=remark, joints=tuple(joints))


def _chip(picture: Picture, sort: str, badges: Sequence[Placed], text: str) -> Chip:
    remark = gravest(picture.remark_on_badge(placed) for placed in badges)
    return Chip(
        sort=sort, text=text, remark=remark, badges=tuple(placed.badge for placed in badges)
    )
