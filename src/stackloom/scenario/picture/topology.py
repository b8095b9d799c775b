# SPDX-License-Identifier: Apache-2.0
"""Put together what kinds have said: who stands where, and what belongs to whom. Pure.

After this every leg has a box and a bar, every badge its place, and everything has an order that
does not depend on the order of the parts. How it is drawn is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from stackloom.cloud.sketch import Badge, Bar, BarNote, Box, Leg, Part, Port
from stackloom.scenario.picture.order import bars_in_order, natural

_Same = TypeVar("_Same", Bar, BarNote, Box, Leg, Port, Badge)
# Every port has the group "default" if nobody says otherwise; who draws one scenario does not even
# know its name.
_DROPPED_WITHOUT_NAME = frozenset({"security_group"})
_ADDRESS = re.compile(r"[a-z_]+\.(?P<name>\S+)")
# A subport is on a port that is on a server; a forwarding on a floating IP that is on a port.
_MOST_LINKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Where a box stands on a bar: all its legs there, of which there is at least one."""

    box: str
    bar: str
    legs: tuple[Leg, ...]

    @property
    def note(self) -> str:
        """The addresses of all legs."""
        return ", ".join(leg.note for leg in self.legs if leg.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A badge on what it belongs to.

    Attributes:
        badge: with everything that is known of it.
        on: the keys by which it got here; several for one that is on two ports of a server.
    """

    badge: Badge
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """What is to be drawn.

    Attributes:
        bars: by key, external ones first, then by their distance through routers, then by name.
        notes: the lines of each bar by its key.
        boxes: by key, in the order of their names.
        joints: by bar, and there by box.
        badges: by the key of the box or bar that they are on.
        loose: badges that are on nothing that is drawn.
    """

    bars: Mapping[str, Bar]
    notes: Mapping[str, tuple[BarNote, ...]]
    boxes: Mapping[str, Box]
    joints: tuple[Joint, ...]
    badges: Mapping[str, tuple[Placed, ...]]
    loose: tuple[Badge, ...]

    def joints_by_box(self) -> dict[str, list[Joint]]:
        """Return where each box stands, in the order of the bars; nothing for one that does not."""
        result: dict[str, list[Joint]] = {key: [] for key in self.boxes}
        for joint in self.joints:
            result[joint.box].append(joint)
        return result

    def joints_by_bar(self) -> dict[str, list[Joint]]:
        """Return what stands on each bar."""
        result: dict[str, list[Joint]] = {key: [] for key in self.bars}
        for joint in self.joints:
            result[joint.bar].append(joint)
        return result


def topology(parts: Iterable[Part]) -> Topology:
    """Put parts together; in whatever order they come, the result is the same."""
    everything = list(parts)
    ports = _merged([part for part in everything if isinstance(part, Port)])
    boxes = _merged([part for part in everything if isinstance(part, Box)])
    legs = _legs([part for part in everything if isinstance(part, Leg)], boxes, ports)
    boxes = {key: boxes[key] for key in sorted(boxes, key=lambda key: _box_order(boxes[key]))}
    bars = _bars(everything, legs)
    joints = _joints(legs, bars, boxes)
    bars = {key: bars[key] for key in bars_in_order(bars, [(j.box, j.bar) for j in joints])}
    place = {key: number for number, key in enumerate(bars)}
    badges, loose = _badges(
        [part for part in everything if isinstance(part, Badge)], bars, boxes, legs
    )
    return Topology(
        bars=bars,
        notes=_notes([part for part in everything if isinstance(part, BarNote)], bars),
        boxes=boxes,
        joints=tuple(sorted(joints, key=lambda j: (place[j.bar], _box_order(boxes[j.box])))),
        badges=badges,
        loose=loose,
    )


def name_of(key: str) -> str:
    """Return what to call something of which only the key is known: ``hub`` for ``router.hub``."""
    found = _ADDRESS.fullmatch(key)
    return found["name"] if found else key


def merged(parts: Sequence[_Same]) -> _Same:
    """Return what several parts say of one thing; a thing is borrowed if nobody says otherwise."""
    first = parts[0]
    if len(parts) == 1:
        return first
    fields = {
        name: _fullest(name, [getattr(part, name) for part in parts])
        for name in first.__struct_fields__
    }
    return type(first)(**fields)


def _fullest(name: str, values: Sequence[Any]) -> Any:
    """Choose between the values of a field, which are strings, booleans or tuples of strings."""
    if isinstance(values[0], bool):
        return all(values) if name == "is_borrowed" else any(values)
    if isinstance(values[0], tuple):
        return max(values, key=lambda value: (len(value), value))
    return max(values)


def _merged(parts: Iterable[_Same]) -> dict[str, _Same]:
    by_key: dict[str, list[_Same]] = {}
    for part in parts:
        by_key.setdefault(part.key, []).append(part)
    return {key: merged(each) for key, each in by_key.items()}


def _box_order(box: Box) -> tuple[object, ...]:
    """Servers by name; ports that wait for one, and what leads on to other networks, stand last."""
    rank = {"port": 1, "router": 2}.get(box.sort, 0)
    return rank, natural(box.label), box.key


def _bars(parts: Sequence[Part], legs: Sequence[Leg]) -> dict[str, Bar]:
    bars = _merged([part for part in parts if isinstance(part, Bar)])
    for leg in legs:
        if leg.bar not in bars:
            bars[leg.bar] = Bar(key=leg.bar, is_borrowed=True)
    return {
        key: bar if bar.label else msgspec.structs.replace(bar, label=name_of(key))
        for key, bar in bars.items()
    }


def _notes(notes: Sequence[BarNote], bars: Mapping[str, Bar]) -> dict[str, tuple[BarNote, ...]]:
    by_bar: dict[str, dict[tuple[str, str], list[BarNote]]] = {key: {} for key in bars}
    for note in notes:
        if note.bar in by_bar:
            which = (note.key, "" if note.key else note.note)
            by_bar[note.bar].setdefault(which, []).append(note)
    return {
        bar: tuple(sorted((merged(each) for each in same.values()), key=lambda n: (n.note, n.key)))
        for bar, same in by_bar.items()
    }


def _legs(legs: Sequence[Leg], boxes: dict[str, Box], ports: Mapping[str, Port]) -> list[Leg]:
    """Give every leg its box, and every port that nobody uses one of its own; adds to *boxes*."""
    users = _users(legs)
    for key, port in ports.items():
        if key not in users and key not in boxes:
            boxes[key] = Box(
                key=key,
                sort="port",
                label=port.label or name_of(key),
                status=port.status,
                details=port.details,
            )
            legs = [*legs, Leg(box=key, bar=port.bar, note=port.note, key=key)]
    result: list[Leg] = []
    same: dict[tuple[str, str, str], list[Leg]] = {}
    for leg in legs:
        box = _box_of(leg.box, boxes, users)
        if not box:
            continue
        with_port = _with_port(leg, ports.get(leg.port) or ports.get(leg.key))
        found = msgspec.structs.replace(with_port, box=box)
        if found.key:
            same.setdefault((box, found.bar, found.key), []).append(found)
        else:
            result.append(found)
    return sorted([*result, *(merged(each) for each in same.values())], key=_leg_order)


def _users(legs: Sequence[Leg]) -> dict[str, str]:
    """Return the boxes by the keys of their legs, and of the ports behind those."""
    ordered = sorted(legs, key=_leg_order)
    users = {leg.port: leg.box for leg in ordered if leg.port}
    return users | {leg.key: leg.box for leg in ordered if leg.key}


def _box_of(key: str, boxes: Mapping[str, Box], users: Mapping[str, str]) -> str:
    """Follow ports to the box that uses them; "" where there is none."""
    for _ in range(_MOST_LINKS):
        if key in boxes:
            return key
        key = users.get(key, "")
    return ""


def _with_port(leg: Leg, port: Port | None) -> Leg:
    if port is None or leg.box == port.key:
        return leg
    named = (f"port {port.label}",) if port.label and port.label != port.key else ()
    details = tuple(dict.fromkeys([*leg.details, *named, *port.details]))
    # A subport has its VLAN from the trunk and its addresses from the port; a NIC both from one.
    is_other = not {*leg.note.split(", ")} & {*port.note.split(", ")}
    notes = [note for note in (port.note if is_other else "", leg.note) if note]
    return msgspec.structs.replace(leg, note=", ".join(notes), details=details)


def _leg_order(leg: Leg) -> tuple[object, ...]:
    return natural(leg.note), leg.key, leg.port, leg.box, leg.bar, leg.details, leg.is_gateway


def _joints(legs: Sequence[Leg], bars: Mapping[str, Bar], boxes: Mapping[str, Box]) -> list[Joint]:
    by_place: dict[tuple[str, str], list[Leg]] = {}
    for leg in legs:
        assert leg.bar in bars, "every leg's bar was added"
        assert leg.box in boxes, "legs without a box were left out"
        by_place.setdefault((leg.box, leg.bar), []).append(leg)
    return [Joint(box=box, bar=bar, legs=tuple(each)) for (box, bar), each in by_place.items()]


def _badges(
    badges: Sequence[Badge],
    bars: Mapping[str, Bar],
    boxes: Mapping[str, Box],
    legs: Sequence[Leg],
) -> tuple[dict[str, tuple[Placed, ...]], tuple[Badge, ...]]:
    owners = _users(legs)
    owners |= {key: key for key in (*bars, *boxes)}
    by_key: dict[str, list[Badge]] = {}
    for badge in badges:
        by_key.setdefault(badge.key, []).append(badge)
    placed: dict[str, dict[str, list[Badge]]] = {}
    for badge in badges:
        for owner in _owners_of(badge.on, owners, by_key):
            placed.setdefault(owner, {}).setdefault(badge.key, []).append(badge)
    used = {key for same in placed.values() for key in same}
    known = {key: _whole(each) for key, each in by_key.items()}
    on = {
        owner: tuple(
            Placed(badge=_used(known[key], each), on=tuple(sorted({badge.on for badge in each})))
            for key, each in sorted(same.items(), key=lambda item: _badge_order(known[item[0]]))
            if not _is_dropped(known[key])
        )
        for owner, same in placed.items()
    }
    loose = (badge for key, badge in known.items() if key not in used and not _is_dropped(badge))
    return {owner: each for owner, each in on.items() if each}, tuple(
        sorted((_used(badge, [badge]) for badge in loose), key=_badge_order)
    )


def _owners_of(
    on: str, owners: Mapping[str, str], by_key: Mapping[str, Sequence[Badge]], links: int = 0
) -> list[str]:
    """Return the boxes and bars that a badge on *on* belongs to; none for "" or what is unknown."""
    if on in owners:
        return [owners[on]]
    if not on or links == _MOST_LINKS:
        return []
    found: dict[str, None] = {}
    for badge in by_key.get(on, ()):
        found |= dict.fromkeys(_owners_of(badge.on, owners, by_key, links + 1))
    return list(found)


def _whole(badges: Sequence[Badge]) -> Badge:
    """Return what is said of a thing that may have many users, by itself above all."""
    home = [badge for badge in badges if not badge.on]
    whole = merged([*badges])
    if home:
        said = merged(home)
        fields = {name: getattr(said, name) for name in ("label", "note", "status", "details")}
        given = {name: value for name, value in fields.items() if value}
        whole = msgspec.structs.replace(whole, **{"note": "", **given})
    return whole


def _used(whole: Badge, here: Sequence[Badge]) -> Badge:
    """Return a badge as it is in one place, which may have a word of its own: ``/dev/vdb``."""
    note = merged([*here]).note
    words = [word for word in dict.fromkeys([whole.note, note]) if word]
    label = whole.label or name_of(whole.key)[:13]
    return msgspec.structs.replace(whole, on=here[0].on, label=label, note=", ".join(words))


def _is_dropped(badge: Badge) -> bool:
    is_named = bool(badge.label) or name_of(badge.key) != badge.key
    return badge.sort in _DROPPED_WITHOUT_NAME and (not is_named or badge.label == "default")


def _badge_order(badge: Badge) -> tuple[object, ...]:
    return badge.sort, natural(badge.label), badge.key
