# SPDX-License-Identifier: Apache-2.0
"""The parts of a picture as rows of a table: each thing once, with all that is said of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from stackloom.cloud.sketch import Badge, Bar, BarNote, Box, Leg, Part, Port

_SHORT_ID = 8


@dataclass(slots=True, kw_only=True)
class Thing:
    """One thing in the cloud.

    Attributes:
        key: the cloud's id.
        places: what it is on or belongs to: ``blue 10.10.1.5``.
    """

    key: str
    kind: str
    name: str = ""
    note: str = ""
    status: str = ""
    is_borrowed: bool = False
    places: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    def stands(self, place: str) -> None:
        """Take where it is; where that is said twice, once."""
        if place not in self.places:
            self.places.append(place)

    def add(self, note: str, status: str, details: Iterable[str]) -> None:
        """Take what another part says of the same thing."""
        self.note = self.note or note
        self.status = self.status or status
        self.details += [line for line in details if line not in self.details]


def things_of(parts: Iterable[Part]) -> tuple[Thing, ...]:
    """Return what parts are about: networks, then what has a place of its own, then the rest."""
    parts = tuple(parts)
    things: dict[str, Thing] = {}
    for part in parts:
        if isinstance(part, Bar | Box | Port | Badge) and part.key:
            thing = things.setdefault(part.key, Thing(key=part.key, kind=_kind(part)))
            # What has no name is called by its id in pictures, which has a column of its own here.
            thing.name = thing.name or (part.label if part.label != part.key else "")
            thing.is_borrowed = thing.is_borrowed or (isinstance(part, Bar) and part.is_borrowed)
            thing.add(part.note, part.status, part.details)
    for part in parts:
        _place(part, things)
    order = {"network": 0, "router": 1, "server": 2}
    return tuple(
        sorted(things.values(), key=lambda each: (order.get(each.kind, 3), each.kind, each.name))
    )


def _kind(part: Bar | Box | Port | Badge) -> str:
    if isinstance(part, Bar):
        return "network"
    return "port" if isinstance(part, Port) else part.sort


def _place(part: Part, things: dict[str, Thing]) -> None:
    if isinstance(part, BarNote) and part.bar in things:
        things[part.bar].places.append(f"subnet {part.note}")
    elif isinstance(part, Leg) and part.box in things:
        things[part.box].stands(f"{_name(part.bar, things)} {part.note}".rstrip())
    elif isinstance(part, Badge) and part.on:
        things[part.key].stands(f"on {_name(part.on, things)}")
    elif isinstance(part, Port):
        things[part.key].stands(f"on {_name(part.bar, things)}")


def _name(key: str, things: dict[str, Thing]) -> str:
    """Return what people call a thing: its name, or what it is and the beginning of its id."""
    thing = things.get(key)
    if thing and thing.name:
        return thing.name
    sort = f"{thing.kind} " if thing else ""
    return f"{sort}{thing.note}" if thing and thing.note else f"{sort}{key[:_SHORT_ID]}…"
