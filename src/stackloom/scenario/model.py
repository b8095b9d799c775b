# SPDX-License-Identifier: Apache-2.0
"""A scenario: a name, and every resource that it asks for, short forms expanded. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stackloom.cloud.kind import Kind, Reference, Spec
from stackloom.cloud.mark import Address, Mark

Kinds = Mapping[str, Kind[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What somebody wants to have.

    Attributes:
        name: what its marks say; unique within a project.
        specs: every resource by its address, in the order of the file.
    """

    name: str
    specs: Mapping[Address, Spec]

    def mark(self, address: Address) -> Mark:
        """Return the mark of one of its resources."""
        return Mark(self.name, address)


def references(kinds: Kinds, address: Address, spec: Spec) -> list[Reference]:
    """Return what a spec names, by its kind's declaration."""
    declaration = kinds[address.kind].declaration
    return list(declaration.references(spec)) if declaration else []


def needs(kinds: Kinds, specs: Mapping[Address, Spec]) -> dict[Address, set[Address]]:
    """Return what each resource waits for: what it names, and the parts of what it needs whole.

    Takes time in the number of references and parts, never resources squared.
    """
    parts: dict[Address, set[Address]] = {}
    for address, spec in specs.items():
        declaration = kinds[address.kind].declaration
        owner_kind = declaration.part_of if declaration else ""
        for reference in references(kinds, address, spec) if owner_kind else ():
            if reference.kind == owner_kind:
                parts.setdefault(reference.address, set()).add(address)
    result: dict[Address, set[Address]] = {}
    for address, spec in specs.items():
        wanted = result.setdefault(address, set())
        for reference in references(kinds, address, spec):
            if reference.address in specs:
                wanted.add(reference.address)
            if reference.whole:
                wanted |= parts.get(reference.address, set())
        wanted.discard(address)
    return result


def lookups(kinds: Kinds, specs: Mapping[Address, Spec]) -> dict[tuple[str, str], list[Address]]:
    """Return what has to be found in the cloud, ``(kind, name)``, and who names it."""
    wanted: dict[tuple[str, str], list[Address]] = {}
    for address, spec in specs.items():
        for reference in references(kinds, address, spec):
            if not reference.declared and reference.address not in specs:
                wanted.setdefault((reference.kind, reference.name), []).append(address)
    return wanted
