# SPDX-License-Identifier: Apache-2.0
"""Write a scenario that would bring about what a project has. Pure.

Every kind says how one of its own would stand in a file. Names become names of the file: those of
the cloud where they can be one and nobody else has it. What cannot have a name there keeps that of
the scenario that made it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from stackloom.cloud.kind import Kind, Listed
from stackloom.cloud.mark import Address, read_mark, without_mark
from stackloom.scenario.model import Kinds

_LONGEST_NAME = 63


@dataclass(slots=True)
class Captured:
    """A scenario that was written off a project.

    Attributes:
        document: what the file will say.
        skipped: what could not be written, in words.
    """

    document: dict[str, Any]
    skipped: list[str] = field(default_factory=list)


class FileNames:
    """What ids are called in the file that is being written; see ``cloud.kind.Names``.

    Args:
        outside: names of what a file only refers to, such as images and networks of others, by
            ``(kind, id)``.
    """

    def __init__(self, kinds: Kinds, outside: Mapping[tuple[str, str], str]) -> None:
        self._kinds = kinds
        self._outside = dict(outside)
        self._names: dict[tuple[str, str], str] = {}
        self._taken: set[Address] = set()
        self.existing: dict[str, dict[str, Any]] = {}

    def __call__(self, kind: str, id: str) -> str:
        """Return its name in the file; "" for what does not stand in it."""
        return self._names.get((kind, id), "")

    def outside(self, kind: str, id: str) -> str:
        """Return how the file names what it does not make, and let it say that it exists."""
        if name := self(kind, id):
            return name
        known = self._outside.get((kind, id), "")
        declaration = self._kinds[kind].declaration
        if not declaration or not declaration.section:
            return known or id
        # By its name, so that the file does in another project, too; by the id where it has none.
        query = {"name": known} if known else {"id": id}
        existing = self.existing.setdefault(declaration.section, {})
        fitting = next((name for name, each in existing.items() if each == query), "")
        name = fitting or self._free(kind, known or id)
        existing[name] = query
        return name

    def give(self, kind: str, id: str, name: str | None) -> str:
        """Give one a name that nobody of its kind has."""
        chosen = self._free(kind, name or kind)
        self._names[kind, id] = chosen
        return chosen

    def forget(self, kind: str, id: str) -> None:
        """Take a name back: it does not stand in the file after all."""
        if name := self._names.pop((kind, id), ""):
            self._taken.discard(Address(kind, name))
            self._outside.setdefault((kind, id), name)

    def begin_anew(self) -> None:
        """Forget what the file would have said that exists, and set its names free."""
        sections = {
            kind.declaration.section: kind.name for kind in self._kinds.values() if kind.declaration
        }
        for section, entries in self.existing.items():
            self._taken -= {Address(sections[section], name) for name in entries}
        self.existing.clear()

    def _free(self, kind: str, name: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-._") or kind
        plain = plain[: _LONGEST_NAME - 4]
        chosen, number = plain, 1
        while Address(kind, chosen) in self._taken:
            number += 1
            chosen = f"{plain}-{number}"
        self._taken.add(Address(kind, chosen))
        return chosen


def captured(
    kinds: Kinds,
    listed: Listed,
    *,
    name: str,
    outside: Mapping[tuple[str, str], str],
    without: Collection[str] = (),
) -> Captured:
    """Return the scenario called *name* that would bring about what *listed* holds.

    Args:
        without: ids that are left out.
    """
    own = {(kind, s.id): s.name for kind, states in listed.items() for s in states if s.name}
    names = FileNames(kinds, {**own, **outside})
    wanted = [
        (kind, state)
        for kind in _in_file_order(kinds)
        for state in sorted(listed.get(kind.name, ()), key=lambda s: (s.name or "", s.id))
        if state.id not in without
    ]
    for kind, state in wanted:
        names.give(kind.name, state.id, _own_name(kind, state))
    # A first round finds out what needs no entry, so that nobody refers to it in the second.
    for kind, state in wanted:
        if _entry(kind, state, names) is None:
            names.forget(kind.name, state.id)
    names.begin_anew()
    document: dict[str, Any] = {"scenario": name}
    sections: dict[str, Any] = {}
    for kind, state in wanted:
        if own_name := names(kind.name, state.id):
            entry = _entry(kind, state, names)
            assert kind.declaration is not None, "only declared kinds are captured"
            if entry is not None:
                sections.setdefault(kind.declaration.section, {})[own_name] = dict(entry)
    if names.existing:
        document["existing"] = names.existing
    return Captured(document={**document, **sections})


def _own_name(kind: Kind[Any], state: Any) -> str:
    """Return what it is called: by its mark where the cloud lets nobody name it, a floating IP."""
    can_be_named = kind.new is None or "name" in kind.new.__struct_fields__
    mark = None if can_be_named else read_mark(state.description)
    return mark.address.name if mark else without_mark(state.name)


def _in_file_order(kinds: Kinds) -> list[Kind[Any]]:
    """Return the kinds that can be captured, networks first, as people write them."""
    order = ("network", "subnet", "router", "security_group", "port", "floating_ip", "server")
    declared = [k for k in kinds.values() if k.declaration and k.declaration.section]
    return sorted(declared, key=lambda k: order.index(k.name) if k.name in order else len(order))


def _entry(kind: Kind[Any], state: Any, names: FileNames) -> Mapping[str, Any] | None:
    assert kind.declaration is not None, "only declared kinds are captured"
    return kind.declaration.capture(state, names)
