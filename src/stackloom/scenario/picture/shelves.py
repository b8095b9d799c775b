# SPDX-License-Identifier: Apache-2.0
"""Which bar stands on which shelf, and how wide it is, in cards. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stackloom.scenario.picture.cards import Card
from stackloom.scenario.picture.lanes import Routing
from stackloom.scenario.picture.metrics import text_width
from stackloom.scenario.picture.topology import Topology

# Up to here every network has the whole width, which is easiest to read.
ONE_BELOW_THE_OTHER_AT_MOST = 12
NARROWEST = 3
_LABEL_SIZE = 13.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A bar and what stands at it.

    Attributes:
        units: how many cards fit side by side.
        hanging: the cards that stand on this bar alone.
        homes: the cards that stand on others as well, and above this one.
    """

    bar: str
    units: int
    hanging: tuple[Card, ...]
    homes: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Bars side by side; where several are, each has one row of cards above and one below."""

    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What has to be put on shelves: the cards by their bars."""

    hanging: Mapping[str, Sequence[Card]]
    homes: Mapping[str, Sequence[Card]]
    unattached: Sequence[Card]


def stock(topology: Topology, cards: Sequence[Card], routing: Routing) -> Stock:
    """Sort cards by the bars that they stand at."""
    hanging: dict[str, list[Card]] = {key: [] for key in topology.bars}
    homes: dict[str, list[Card]] = {key: [] for key in topology.bars}
    unattached = []
    for card in cards:
        if not card.bars:
            unattached.append(card)
        elif len(card.bars) == 1:
            hanging[card.bars[0]].append(card)
        else:
            homes[routing.home_by_box[card.key]].append(card)
    return Stock(hanging=hanging, homes=homes, unattached=unattached)


def units_wanted(topology: Topology, goods: Stock, unit: int) -> int:
    """Return how many cards side by side a picture wants, at least."""
    needs = [_need(topology, goods, bar, unit) for bar in topology.bars]
    return max([NARROWEST, len(goods.unattached), *needs])


def shelves(topology: Topology, goods: Stock, *, units: int, unit: int) -> list[Shelf]:
    """Put bars on shelves in their order.

    Args:
        units: how many cards fit side by side on a shelf.
        unit: how many pixels one takes.
    """
    has_many = len(topology.bars) > ONE_BELOW_THE_OTHER_AT_MOST
    result: list[Shelf] = []
    row: list[Slot] = []
    for key, bar in topology.bars.items():
        size = units
        if has_many and not bar.is_external:
            size = _slot_size(_need(topology, goods, key, unit), units)
        if row and sum(slot.units for slot in row) + size > units:
            result.append(_shelf(row, units))
            row = []
        row.append(
            Slot(
                bar=key,
                units=size,
                hanging=tuple(goods.hanging[key]),
                homes=tuple(goods.homes[key]),
            )
        )
    return [*result, *([_shelf(row, units)] if row else [])]


def _need(topology: Topology, goods: Stock, key: str, unit: int) -> int:
    """Return how many cards side by side a bar wants; above it, its name takes room as well."""
    homes = len(goods.homes[key])
    words = [topology.bars[key].label, *(note.note for note in topology.notes[key])]
    label = -(-round(text_width("    ".join(words), _LABEL_SIZE)) // unit)
    return max(len(goods.hanging[key]), homes + min(label, NARROWEST) if homes else label, 1)


def _slot_size(need: int, units: int) -> int:
    """Return a third, a half or the whole: so bars of several shelves stand in line."""
    for parts in (3, 2):
        if need <= units // parts:
            return units // parts
    return units


def _shelf(row: Sequence[Slot], units: int) -> Shelf:
    """Let the last bar of a shelf take what is left of it."""
    *others, last = row
    rest = units - sum(slot.units for slot in others)
    grown = Slot(bar=last.bar, units=rest, hanging=last.hanging, homes=last.homes)
    return Shelf(slots=(*others, grown))
