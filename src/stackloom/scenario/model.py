# SPDX-License-Identifier: Apache-2.0
"""A scenario: a name, and every resource that it asks for, short forms expanded. Pure data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stackloom.cloud.kind import Kind, Reference, Spec
from stackloom.cloud.mark import Address, Mark
from stackloom.scenario.attributes import Late

Kinds = Mapping[str, Kind[Any]]


class Output(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a scenario tells when it is woven.

    Attributes:
        value: plain values, with what only the cloud knows still to be filled in.
        secret: shown only when it is asked for by name.
    """

    value: Any
    description: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What somebody wants to have.

    Attributes:
        name: what its marks say; unique within a project.
        specs: every resource by its address, in the order of the file.
        existing: what is there already and is never changed, and how it is found: by ``id``,
            ``name`` or whatever else its list can be filtered by.
        late: the values that specs want from the cloud, by the address of the spec.
        outputs: what it tells when it is woven, by name.
        secrets: texts that must not be shown: the values of secret variables.
    """

    name: str
    specs: Mapping[Address, Spec]
    existing: Mapping[Address, Mapping[str, str]] = field(default_factory=dict)
    late: Mapping[Address, tuple[Late, ...]] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def hide(self, text: str) -> str:
        """Return *text* with stars in the place of secrets."""
        return hidden(text, self.secrets)

    def mark(self, address: Address) -> Mark:
        """Return the mark of one of its resources."""
        return Mark(self.name, address)


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with stars in the place of *secrets*, the longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def references(kinds: Kinds, address: Address, spec: Spec) -> list[Reference]:
    """Return what a spec names, by its kind's declaration."""
    declaration = kinds[address.kind].declaration
    return list(declaration.references(spec)) if declaration else []


def needs(kinds: Kinds, scenario: Scenario) -> dict[Address, set[Address]]:
    """Return what each resource waits for.

    That is what it names, the parts of what it needs whole, what it wants to know, and what its
    kind says has to be there first. Takes time in the number of references and parts, never
    resources squared.
    """
    specs = scenario.specs
    result = _named(kinds, specs, lambda _reference: True)
    for address, spec in specs.items():
        declaration = kinds[address.kind].declaration
        wanted = result[address]
        wanted |= {each.address for each in scenario.late.get(address, ())} & specs.keys()
        if declaration:
            wanted |= specs.keys() & set(declaration.waits(address, spec, specs))
        wanted.discard(address)
    return result


def bonds(kinds: Kinds, specs: Mapping[Address, Spec]) -> dict[Address, set[Address]]:
    """Return what each resource cannot outlive: where that is replaced, this is as well."""
    return _named(kinds, specs, lambda reference: not reference.rebinds)


def _named(
    kinds: Kinds, specs: Mapping[Address, Spec], counts: Callable[[Reference], bool]
) -> dict[Address, set[Address]]:
    """Return what each resource names, with the parts of what it needs whole."""
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
        for reference in filter(counts, references(kinds, address, spec)):
            if reference.address in specs:
                wanted.add(reference.address)
            if reference.whole:
                wanted |= parts.get(reference.address, set())
        wanted.discard(address)
    return result


def lookups(kinds: Kinds, scenario: Scenario) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return what has to be found in the cloud, ``(kind, name)``, and by what.

    An empty query means: by the name, or by the id.
    """
    wanted = {(a.kind, a.name): query for a, query in scenario.existing.items()}
    for address, spec in scenario.specs.items():
        for reference in references(kinds, address, spec):
            if not reference.declared and reference.address not in scenario.specs:
                wanted.setdefault((reference.kind, reference.name), {})
    return wanted
