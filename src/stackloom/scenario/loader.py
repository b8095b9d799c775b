# SPDX-License-Identifier: Apache-2.0
"""From a file to a scenario, or to everything that is wrong with it, each with file, line, column.

Three passes, each only if the one before found nothing: shape (JSON Schema), sense (each spec by
itself), and references among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from stackloom.cloud.kind import Place, Spec
from stackloom.cloud.mark import NAME_PATTERN, Address
from stackloom.errors import BadScenario, Problem, UsageError
from stackloom.scenario.document import Document, read_document
from stackloom.scenario.graph import find_cycle
from stackloom.scenario.model import Kinds, Scenario, needs, references
from stackloom.scenario.schema import scenario_schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A scenario and the file it stands in, so that later problems can still point into it."""

    scenario: Scenario
    document: Document
    places: Mapping[Address, Place]

    def problem(self, address: Address, place: Place, message: str, hint: str = "") -> Problem:
        """Return a problem with a field of one resource, with its place in the file."""
        return self.document.problem((*self.places.get(address, ()), *place), message, hint)


def load_file(path: Path, kinds: Kinds) -> Loaded:
    """Read a scenario file.

    Raises:
        UsageError: the file cannot be read.
        BadScenario: with every problem that was found.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}") from error
    return load_text(text, str(path), kinds)


def load_text(text: str, file: str, kinds: Kinds) -> Loaded:
    """Read a scenario from text; *file* is what problems call it.

    Raises:
        BadScenario: with every problem that was found.
    """
    document = read_document(text, file)
    _without_empty_entries(document.values)
    _raise(list(_shape_problems(document, scenario_schema(kinds))))
    specs, places = _specs(document, kinds)
    loaded = Loaded(
        scenario=Scenario(name=document.values["scenario"], specs=_expanded(specs, kinds)),
        document=document,
        places=places,
    )
    _raise(list(_sense_problems(loaded, specs, kinds)))
    _raise(list(_reference_problems(loaded, kinds)))
    if circle := find_cycle(needs(kinds, loaded.scenario.specs)):
        names = " -> ".join(str(address) for address in [*circle, circle[0]])
        _raise([loaded.problem(circle[0], (), f"these need each other in a circle: {names}")])
    return loaded


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise BadScenario(problems)


def _without_empty_entries(values: Any) -> None:
    """Let ``hub:`` with nothing behind it, and a section that is all comments, mean ``{}``."""
    if not isinstance(values, dict):
        return
    for section, entries in values.items():
        if entries is None:
            values[section] = {}
        elif isinstance(entries, dict):
            for name, entry in entries.items():
                if entry is None:
                    entries[name] = {}


# --- shape ----------------------------------------------------------------------------------------

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def _shape_problems(document: Document, schema: Mapping[str, Any]) -> Iterator[Problem]:
    validator = jsonschema_rs.Draft202012Validator(dict(schema))
    for error in validator.iter_errors(document.values):
        place: Place = tuple(error.instance_path)
        yield from _explain(document, schema, place, error)


def _explain(
    document: Document, schema: Mapping[str, Any], place: Place, error: Any
) -> Iterator[Problem]:
    """Turn one error of the validator into problems a person understands."""
    what = error.kind.name
    if what == "additionalProperties":
        known = _fields_at(schema, place)
        for name in error.kind.unexpected:
            yield document.problem(
                (*place, name), f'"{name}" is not known here', _meant(name, known), key=True
            )
    elif what == "required":
        yield document.problem(place, f'"{error.kind.property}" is missing', key=bool(place))
    elif what == "propertyNames":
        name = error.kind.error.instance
        message = f'"{name}" cannot be a name'
        yield document.problem((*place, name), message, _NAME_RULE, key=True)
    elif what == "pattern" and error.kind.pattern == NAME_PATTERN:
        yield document.problem(place, f"{error.instance!r} cannot be a name", _NAME_RULE)
    elif what == "type":
        wanted = " or ".join(_TYPES.get(each, each) for each in error.kind.types)
        yield document.problem(place, f"this should be {wanted}, and is {_shown(error.instance)}")
    elif what == "anyOf":
        # Each branch holds the errors by which it was refused; types are what a person can use.
        types = [
            e.kind.types for branch in error.kind.context for e in branch if e.kind.name == "type"
        ]
        wanted = " or ".join(_TYPES.get(each, each) for group in types for each in group)
        message = f"this should be {wanted or 'something else'}, and is {_shown(error.instance)}"
        yield document.problem(place, message)
    else:
        yield document.problem(place, str(error.message))


_NAME_RULE = (
    "letters, digits, dot, dash and underscore, beginning with a letter or digit, at most 63"
)


def _fields_at(schema: Mapping[str, Any], place: Place) -> list[str]:
    """Return the names of the fields that may stand at *place*."""
    node: Any = schema
    for step in (*place, None):
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        if step is None:
            break
        inside = node.get("properties", {}).get(step) if isinstance(step, str) else None
        node = inside or node.get("additionalProperties") or node.get("items") or {}
        if not isinstance(node, dict):
            node = {}
    return sorted(node.get("properties", {}))


def _meant(name: str, known: list[str]) -> str:
    if close := get_close_matches(name, known, n=1):
        return f'"{close[0]}" is meant?'
    return f"known are: {', '.join(known)}" if known else ""


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return _TYPES["object" if isinstance(value, dict) else "array"]
    return msgspec.json.encode(value).decode()


# --- specs ----------------------------------------------------------------------------------------


def _specs(document: Document, kinds: Kinds) -> tuple[dict[Address, Spec], dict[Address, Place]]:
    """Read every entry of every section, in the order of the file."""
    by_section = {
        kind.declaration.section: kind
        for kind in kinds.values()
        if kind.declaration and kind.declaration.section
    }
    specs: dict[Address, Spec] = {}
    places: dict[Address, Place] = {}
    problems: list[Problem] = []
    for section, entries in document.values.items():
        kind = by_section.get(section)
        if kind is None or kind.declaration is None:
            continue
        for name, entry in entries.items():
            address = Address(kind.name, name)
            places[address] = (section, name)
            try:
                specs[address] = msgspec.convert(entry, kind.declaration.spec)
            except msgspec.ValidationError as error:
                problems.append(document.problem((section, name), str(error)))
    _raise(problems)
    return specs, places


def _expanded(specs: Mapping[Address, Spec], kinds: Kinds) -> dict[Address, Spec]:
    """Add what short forms stand for, until nothing new comes; what the file says itself wins."""
    result = dict(specs)
    while True:
        implied: dict[Address, Spec] = {}
        for address, spec in result.items():
            declaration = kinds[address.kind].declaration
            assert declaration is not None, "only declared kinds are read"
            implied |= dict(declaration.expand(address, spec, result))
        new = {address: spec for address, spec in implied.items() if address not in result}
        if not new:
            return result
        result |= new


def _sense_problems(
    loaded: Loaded, written: Mapping[Address, Spec], kinds: Kinds
) -> Iterator[Problem]:
    for address, spec in written.items():
        declaration = kinds[address.kind].declaration
        assert declaration is not None, "only declared kinds are read"
        for fault in declaration.faults(spec):
            yield loaded.problem(address, fault.place, fault.message, fault.hint)
        for implied, implied_spec in declaration.expand(address, spec, written):
            if written.get(implied, implied_spec) != implied_spec:
                message = f"this implies {implied}, which the file also describes, differently"
                yield loaded.problem(address, (), message, "leave one of the two out")


def _reference_problems(loaded: Loaded, kinds: Kinds) -> Iterator[Problem]:
    specs = loaded.scenario.specs
    names_by_kind: dict[str, list[str]] = {}
    for address in specs:
        names_by_kind.setdefault(address.kind, []).append(address.name)
    for address, spec in specs.items():
        for reference in references(kinds, address, spec):
            if reference.declared and reference.address not in specs:
                known = names_by_kind.get(reference.kind, [])
                message = f'there is no {reference.kind} "{reference.name}" in this scenario'
                hint = _meant(reference.name, sorted(known))
                yield loaded.problem(address, reference.place, message, hint)
