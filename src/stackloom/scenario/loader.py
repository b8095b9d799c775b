# SPDX-License-Identifier: Apache-2.0
"""From a file to a scenario, or to everything that is wrong with it, each with file, line, column.

Three passes, each only if the one before found nothing: shape (JSON Schema), sense (each spec by
itself), and references among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from stackloom.cloud.kind import Kind, Place, Spec
from stackloom.cloud.mark import NAME_PATTERN, Address
from stackloom.errors import BadScenario, Problem, UsageError
from stackloom.scenario.document import Document, read_document
from stackloom.scenario.graph import find_cycle
from stackloom.scenario.model import Kinds, Scenario, needs, references
from stackloom.scenario.schema import scenario_schema

# neutron_lib/db/constants.py, DESCRIPTION_FIELD_SIZE, 2026.2.
LONGEST_DESCRIPTION = 255


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
    _without_empty_entries(document.values, kinds)
    _raise(list(_shape_problems(document, scenario_schema(kinds))))
    specs, places = _specs(document, kinds)
    everything, implied_by = _expanded(specs, kinds)
    loaded = Loaded(
        scenario=Scenario(name=document.values["scenario"], specs=everything),
        document=document,
        places=_with_implied(document, places, implied_by, kinds),
    )
    _raise(list(_sense_problems(loaded, specs, kinds)))
    problems = list(_reference_problems(loaded, specs, kinds))
    _raise(problems + list(_together_problems(loaded, kinds, problems)))
    if circle := find_cycle(needs(kinds, loaded.scenario)):
        names = " -> ".join(str(address) for address in [*circle, circle[0]])
        _raise([loaded.problem(circle[0], (), f"these need each other in a circle: {names}")])
    return loaded


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise BadScenario(problems)


def _without_empty_entries(values: Any, kinds: Kinds) -> None:
    """Let ``hub:`` with nothing behind it, and a section that is all comments, mean ``{}``."""
    if not isinstance(values, dict):
        return
    for section in _kinds_by_section(kinds).keys() & values.keys():
        if values[section] is None:
            values[section] = {}
        elif isinstance(values[section], dict):
            filled = {name: {} if each is None else each for name, each in values[section].items()}
            values[section] = filled


def _kinds_by_section(kinds: Kinds) -> dict[str, Kind[Any]]:
    declared = [(kind.declaration, kind) for kind in kinds.values() if kind.declaration]
    return {declaration.section: kind for declaration, kind in declared if declaration.section}


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
        yield _wrong_type(document, place, error.kind.types, error.instance)
    elif what == "anyOf":
        # Each branch holds the errors by which it was refused; one of the right type was meant.
        types: list[str] = []
        for branch in error.kind.context:
            own = [e.kind for e in branch if tuple(e.instance_path) == place]
            refused = [name for kind in own if kind.name == "type" for name in kind.types]
            types += refused
            if not refused:
                for each in branch:
                    yield from _explain(document, schema, tuple(each.instance_path), each)
                return
        yield _wrong_type(document, place, types, error.instance)
    else:
        yield document.problem(place, str(error.message))


def _wrong_type(
    document: Document, place: Place, types: Sequence[str], instance: object
) -> Problem:
    wanted = " or ".join(_TYPES.get(each, each) for each in types)
    message = f"this should be {wanted}, and is {_shown(instance)}"
    is_bare = "string" in types and isinstance(instance, bool | int | float)
    return document.problem(place, message, "quotes make it a text" if is_bare else "")


_NAME_RULE = (
    "letters, digits, dot, dash and underscore, beginning with a letter or digit, at most 63"
)


def _fields_at(schema: Mapping[str, Any], place: Place) -> list[str]:
    """Return the names of the fields that may stand at *place*."""
    node: Any = schema
    for step in place:
        inside = node.get("properties", {}).get(step)
        node = inside or node.get("additionalProperties") or node.get("items") or {}
        for branch in node.get("anyOf", [node]):
            if "$ref" in branch:
                node = schema["$defs"][branch["$ref"].rsplit("/", 1)[1]]
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
    by_section = _kinds_by_section(kinds)
    specs: dict[Address, Spec] = {}
    places: dict[Address, Place] = {}
    problems: list[Problem] = []
    for section, entries in document.values.items():
        kind = by_section.get(section)
        if kind is None or kind.declaration is None:
            continue
        for name, entry in entries.items():
            try:
                spec = msgspec.convert(entry, kind.declaration.spec)
            except msgspec.ValidationError as error:
                problems.append(document.problem((section, name), str(error)))
                continue
            address = kind.declaration.address_of(Address(kind.name, name), spec)
            if address in specs:
                same = places[address][-1]
                message = f'this asks for the same as "{same}" does: {address}'
                problems.append(document.problem((section, name), message, key=True))
            specs[address] = spec
            places[address] = (section, name)
    _raise(problems)
    return specs, places


def _expanded(
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


def _with_implied(
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
            result[address] = inside if inside in document.positions else around
        return result[address]

    for address in implied_by:
        place_of(address)
    return result


def _sense_problems(
    loaded: Loaded, written: Mapping[Address, Spec], kinds: Kinds
) -> Iterator[Problem]:
    for address, spec in written.items():
        declaration = kinds[address.kind].declaration
        assert declaration is not None, "only declared kinds are read"
        for fault in declaration.faults(spec):
            yield loaded.problem(address, fault.place, fault.message, fault.hint)
        yield from _description_problems(loaded, address, spec)
        specs = loaded.scenario.specs
        for implied, implied_spec in declaration.expand(address, spec, specs):
            if specs[implied] != implied_spec:
                message = f"this implies {implied}, which stands for something else already"
                yield loaded.problem(address, (), message, "leave one of the two out, or rename")


def _description_problems(loaded: Loaded, address: Address, spec: Spec) -> Iterator[Problem]:
    """Check that the person's own words and the mark both fit into a description."""
    words = getattr(spec, "description", "")
    too_long = len(loaded.scenario.mark(address).beside(words)) - LONGEST_DESCRIPTION
    if words and too_long > 0:
        message = f"this description is {too_long} letters too long: the mark has to fit in as well"
        yield loaded.problem(address, ("description",), message)


def _together_problems(loaded: Loaded, kinds: Kinds, told: Sequence[Problem]) -> Iterator[Problem]:
    """Check how resources stand to each other; of what is wrong already nothing more is said."""
    places = {(problem.line, problem.column) for problem in told}
    for kind in kinds.values():
        if kind.declaration is None:
            continue
        for address, fault in kind.declaration.faults_together(loaded.scenario.specs):
            problem = loaded.problem(address, fault.place, fault.message, fault.hint)
            if (problem.line, problem.column) not in places:
                yield problem


def _place_inside(value: object, name: str) -> Place | None:
    """Return where inside plain values a text stands."""
    if value == name:
        return ()
    steps: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, each in steps:
        if (inside := _place_inside(each, name)) is not None:
            return (step, *inside)
    return None


def _value_at(values: Any, place: Place) -> Any:
    for step in place:
        if not isinstance(values, dict) or step not in values:
            return None
        values = values[step]
    return values


def _reference_problems(
    loaded: Loaded, written: Mapping[Address, Spec], kinds: Kinds
) -> Iterator[Problem]:
    specs = loaded.scenario.specs
    told: set[str] = set()
    names_by_kind: dict[str, list[str]] = {}
    for address in specs:
        names_by_kind.setdefault(address.kind, []).append(address.name)
    for address, spec in specs.items():
        for reference in references(kinds, address, spec):
            if reference.declared and reference.address not in specs:
                known = names_by_kind.get(reference.kind, [])
                message = f'there is no {reference.kind} "{reference.name}" in this scenario'
                hint = _meant(reference.name, sorted(known))
                place = reference.place
                if address not in written:  # then its fields have no place of their own
                    if message in told:
                        continue
                    around = _value_at(loaded.document.values, loaded.places[address])
                    place = _place_inside(around, reference.name) or place
                told.add(message)
                yield loaded.problem(address, place, message, hint)
