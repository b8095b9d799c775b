# SPDX-License-Identifier: Apache-2.0
"""What is wrong with the shape of a document, in words; the schema says what is right. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import jsonschema_rs
import msgspec

from stackloom.cloud.kind import Place
from stackloom.cloud.mark import NAME_PATTERN
from stackloom.errors import Problem
from stackloom.scenario.document import Document

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def shape_problems(
    document: Document, schema: Mapping[str, Any]
) -> list[tuple[list[Place], list[Problem]]]:
    """Return everything in which a document is not what its schema says.

    Each with the places of the entries, ``(section, name)``, that are wrong, or ``(section,)``.
    """
    validator = jsonschema_rs.Draft202012Validator(dict(schema))
    return [
        (_entries_at_fault(place, error), list(_explain(document, schema, place, error)))
        for error in validator.iter_errors(document.values)
        for place in [tuple(error.instance_path)]
    ]


def _entries_at_fault(place: Place, error: Any) -> list[Place]:
    names: list[str] = []
    if error.kind.name == "additionalProperties":
        names = list(error.kind.unexpected)
    elif error.kind.name == "propertyNames":
        names = [error.kind.error.instance]
    return [(*place, name)[:2] for name in names] or [place[:2]]


def _explain(
    document: Document, schema: Mapping[str, Any], place: Place, error: Any
) -> Iterator[Problem]:
    """Turn one error of the validator into problems a person understands."""
    what = error.kind.name
    if what == "additionalProperties":
        known = _fields_at(schema, place)
        for name in error.kind.unexpected:
            yield document.problem(
                (*place, name), f'"{name}" is not known here', meant(name, known), key=True
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
    return document.problem(place, message, _TEXT_RULE if is_bare else "")


_TEXT_RULE = "quotes make it a text, and so does ${text(...)}"
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


def meant(name: str, known: list[str]) -> str:
    """Say which of *known* somebody may have meant, or all of them."""
    if close := get_close_matches(name, known, n=1):
        return f'"{close[0]}" is meant?'
    return f"known are: {', '.join(known)}" if known else ""


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return _TYPES["object" if isinstance(value, dict) else "array"]
    return msgspec.json.encode(value).decode()
