# SPDX-License-Identifier: Apache-2.0
"""A picture with a place for everything: what a layout yields and a writer writes down. Data.

Lengths are whole pixels, from the top left corner.
"""

from __future__ import annotations

from dataclasses import dataclass

from stackloom.cloud.sketch import Bar
from stackloom.scenario.picture.cards import Card, Chip
from stackloom.scenario.picture.topology import Joint, Topology

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Where it ends on the right."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Where it ends below."""
        return self.y + self.height

    @property
    def middle(self) -> int:
        """The middle of its width."""
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of text that fits where it stands; ``y`` is its base line.

    Attributes:
        style: ``title``, ``line``, ``name``, ``note`` or ``heading``.
        bar: the key of the network that it is about, if any.
    """

    x: int
    y: int
    text: str
    style: str
    bar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipPlace:
    """A badge and where it is; ``text`` is what fits into it."""

    chip: Chip
    rect: Rect
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """A box and where it is, with its text inside."""

    card: Card
    rect: Rect
    texts: tuple[Text, ...]
    chips: tuple[ChipPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPlace:
    """A network and where it is.

    Attributes:
        left, right, y: the thick line.
        hue: the number of its colour, from 0.
        joints: all that stand on it.
    """

    bar: Bar
    left: int
    right: int
    y: int
    hue: int
    texts: tuple[Text, ...]
    chips: tuple[ChipPlace, ...]
    joints: tuple[Joint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A line of a box or a bar to where they meet, with corners.

    Attributes:
        key: of the box or bar whose line it is.
        is_bar: it is a bar's, and has its colour.
    """

    key: str
    is_bar: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPlace:
    """Where a box meets a bar.

    Attributes:
        card: the key of the box.
        dots: one for each leg, or one for all where they meet in one point.
        stubs: the short lines from the dots to the box; none where a wire leads there.
    """

    card: str
    joint: Joint
    dots: tuple[Point, ...]
    stubs: tuple[tuple[Point, Point], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The whole picture; ``headings`` stand above what is on no network."""

    topology: Topology
    width: int
    height: int
    bars: tuple[BarPlace, ...]
    cards: tuple[CardPlace, ...]
    wires: tuple[Wire, ...]
    joints: tuple[JointPlace, ...]
    headings: tuple[Text, ...]
    chips: tuple[ChipPlace, ...]
