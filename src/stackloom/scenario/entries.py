# SPDX-License-Identifier: Apache-2.0
"""The entries of a document as specs, what they imply, and what they say is there already. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from stackloom.cloud.kind import Kind, Place, Spec
from stackloom.cloud.mark import Address
from stackloom.scenario.attributes import Late, fill, late_values_in
from stackloom.scenario.document import Document
from stackloom.scenario.findings import Findings
from stackloom.scenario.model import Kinds, Output
from stackloom.scenario.schema import existing_sections


def specs_in(
    document: Document, kinds: Kinds, folder: str, findings: Findings
) -> tuple[dict[Address, Spec], dict[Address, Place], dict[Address, tuple[Late, ...]]]:
    """Read every entry of every section, in the order of the file.

    Args:
        folder: where the paths of files begin.
        findings: are told of entries that are no specs, which are left out.

    Returns:
        The specs, where each stands, and what each wants to know of the cloud.
    """
    by_section = kinds_by_section(kinds)
    late: dict[Address, tuple[Late, ...]] = {}
    specs: dict[Address, Spec] = {}
    places: dict[Address, Place] = {}
    for section, entries in document.values.items():
        kind = by_section.get(section)
        if kind is None or kind.declaration is None:
            continue
        for name, entry in entries.items():
            for field in kind.declaration.paths:
                if not folder and isinstance(entry, dict) and entry.get(field):
                    place = (section, name, field)
                    message = "files of this machine are not read here"
                    findings.add([document.problem(place, message)])
            wanted = tuple(dict.fromkeys(late_values_in(entry)))
            plain = _with_paths(entry, kind.declaration.paths, folder)
            try:
                spec = msgspec.convert(plain if wanted else fill(plain, str), kind.declaration.spec)
            except msgspec.ValidationError as error:
                findings.add([document.problem((section, name), str(error))])
                findings.leave_out(name, entry)
                continue
            address = kind.declaration.address_of(Address(kind.name, name), spec)
            if address in specs:
                same = places[address][-1]
                message = f'this asks for the same as "{same}" does: {address}'
                findings.add([document.problem((section, name), message, key=True)])
            specs[address] = spec
            places[address] = (section, name)
            if wanted:
                late[address] = wanted
    return specs, places, late


def late_in_implied(
    specs: Mapping[Address, Spec],
    implied_by: Mapping[Address, Address],
    late: Mapping[Address, tuple[Late, ...]],
) -> dict[Address, tuple[Late, ...]]:
    """Return what implied specs want to know: what of an entry that wants to know has gone on."""
    found: dict[Address, tuple[Late, ...]] = {}
    for address, implier in implied_by.items():
        while implier in implied_by:
            implier = implied_by[implier]  # noqa: PLW2901 - up to the entry of the file
        if implier in late:
            values = late_values_in(msgspec.to_builtins(specs[address]))
            if wanted := tuple(dict.fromkeys(values)):
                found[address] = wanted
    return found


def _with_paths(entry: dict[str, Any], names: Sequence[str], folder: str) -> dict[str, Any]:
    """Let the paths in an entry begin where the scenario's file is, or at home."""
    paths = {
        name: posixpath.join(folder, posixpath.expanduser(entry[name]))
        for name in names
        if isinstance(entry.get(name), str) and entry[name]
    }
    return {**entry, **paths}


def kinds_by_section(kinds: Kinds) -> dict[str, Kind[Any]]:
    """Return the kinds that may stand in a file, by their sections."""
    declared = [(kind.declaration, kind) for kind in kinds.values() if kind.declaration]
    return {declaration.section: kind for declaration, kind in declared if declaration.section}


def existing_in(document: Document, kinds: Kinds) -> dict[Address, Mapping[str, str]]:
    """Read what is there already, and by what it is found: by its name where nothing is said."""
    result: dict[Address, Mapping[str, str]] = {}
    for section, entries in (document.values.get("existing") or {}).items():
        kind = existing_sections(kinds)[section]
        for name, query in (entries or {}).items():
            found_by = {"name": query} if isinstance(query, str) else query or {"name": name}
            result[Address(kind.name, name)] = found_by
    return result


def outputs_in(document: Document) -> dict[str, Output]:
    """Read the outputs; a bare value is one without a description."""
    result: dict[str, Output] = {}
    for name, entry in (document.values.get("outputs") or {}).items():
        is_long = isinstance(entry, dict) and "value" in entry
        result[name] = msgspec.convert(entry, Output) if is_long else Output(value=entry)
    return result


def expanded(
    specs: Mapping[Address, Spec], kinds: Kinds
) -> tuple[dict[Address, Spec], dict[Address, Address]]:
    """Add what short forms stand for, until nothing changes; what the file says itself wins.

    What is implied while something else is not there yet, and no longer once it is, goes again.
    Also returns what each is implied by.
    """
    result = dict(specs)
    while True:
        implied: dict[Address, Spec] = {}
        implied_by: dict[Address, Address] = {}
        for address, spec in result.items():
            declaration = kinds[address.kind].declaration
            assert declaration is not None, "only declared kinds are read"
            for new, new_spec in declaration.expand(address, spec, result):
                if new not in specs:
                    implied[new] = new_spec
                    implied_by.setdefault(new, address)
        following = {**specs, **implied}
        if following == result:
            return result, implied_by
        result = following


def with_implied(
    document: Document,
    places: Mapping[Address, Place],
    implied_by: Mapping[Address, Address],
    kinds: Kinds,
) -> dict[Address, Place]:
    """Add where what is implied stands: inside the entry that implies it, or at that entry."""
    result = dict(places)

    def place_of(address: Address) -> Place:
        if address not in result:
            around = place_of(implied_by[address])
            declaration = kinds[address.kind].declaration
            inside = (*around, declaration.section if declaration else "", address.name)
            result[address] = inside if document.has(inside) else around
        return result[address]

    for address in implied_by:
        place_of(address)
    return result
