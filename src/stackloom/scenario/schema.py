# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of a scenario file, made from the kinds' specs. Pure.

There are two: what a document has to be once it is worked out, and what editors should accept,
where a value may also be an expression and an entry may be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from stackloom.cloud.kind import Kind
from stackloom.cloud.mark import NAME_PATTERN
from stackloom.scenario.language.variables import Variable
from stackloom.scenario.model import Kinds, Output

_EXPRESSION = {"type": "string", "pattern": r"\$\{", "description": "An expression: ${...}"}
_ANY_NAME = {"pattern": NAME_PATTERN}
_INCLUDE = {
    "type": ["array", "string", "null"],
    "items": {"type": "string"},
    "description": "Further files, beside this one.",
}


def existing_sections(kinds: Kinds) -> dict[str, Kind[Any]]:
    """Return the kinds of which something may be said to exist, by their sections."""
    result: dict[str, Kind[Any]] = {}
    for kind in kinds.values():
        section = kind.declaration.section if kind.declaration else f"{kind.name}s"
        if section and kind.has_own_list and not kind.parent:
            result[section] = kind
    return result


def scenario_schema(kinds: Kinds) -> dict[str, Any]:
    """Return the schema, 2020-12, of everything that may stand in a file once it is worked out."""
    declared = [kind.declaration for kind in kinds.values() if kind.declaration]
    in_file = [declaration for declaration in declared if declaration.section]
    references, components = msgspec.json.schema_components(
        [declaration.spec for declaration in in_file], ref_template="#/$defs/{name}"
    )
    sections = {
        declaration.section: {
            "type": "object",
            "propertyNames": _ANY_NAME,
            "additionalProperties": reference,
        }
        for declaration, reference in zip(in_file, references, strict=True)
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "stackloom scenario",
        "type": "object",
        "properties": {
            "scenario": {
                "type": "string",
                "pattern": NAME_PATTERN,
                "description": "Its name; unique within a project.",
            },
            "description": {"type": "string"},
            "existing": _existing_schema(kinds),
            "include": _INCLUDE,
            "variables": {"type": ["object", "null"]},
            "outputs": {"type": ["object", "null"], "propertyNames": _ANY_NAME},
            **sections,
        },
        "required": ["scenario"],
        "additionalProperties": False,
        "$defs": components,
    }


def _existing_schema(kinds: Kinds) -> dict[str, Any]:
    entry = {
        "type": ["string", "object", "null"],
        "additionalProperties": {"type": "string"},
        "description": "By name or id as a text; by fields of its list; nothing: by this name.",
    }
    section = {
        "type": ["object", "null"],
        "propertyNames": _ANY_NAME,
        "additionalProperties": entry,
    }
    return {
        "type": ["object", "null"],
        "description": "What is there already; it is never changed and never deleted.",
        "properties": dict.fromkeys(sorted(existing_sections(kinds)), section),
        "additionalProperties": False,
    }


def editor_schema(kinds: Kinds) -> dict[str, Any]:
    """Return the schema for editors, 2020-12: expressions, repetition and includes as well."""
    schema = scenario_schema(kinds)
    _, extra = msgspec.json.schema_components((Variable, Output), ref_template="#/$defs/{name}")
    definitions = {name: _with_expressions(each) for name, each in schema["$defs"].items()}
    specs = {
        each["additionalProperties"]["$ref"].rsplit("/", 1)[1]
        for each in schema["properties"].values()
        if "$ref" in (each.get("additionalProperties") or {})
    }
    for name in specs:
        definitions[name]["properties"] |= {
            "count": {
                "anyOf": [{"type": "integer", "minimum": 0}, _EXPRESSION],
                "description": "Make so many, NAME-0, NAME-1, ...; ${count.index} tells which.",
            },
            "for_each": {
                "type": ["array", "object", "string"],
                "description": "Make NAME-KEY for each; ${each.key} and ${each.value} tell which.",
            },
        }
    properties = schema["properties"] | {
        "variables": {
            "type": ["object", "null"],
            "additionalProperties": {
                "anyOf": [
                    {"$ref": "#/$defs/Variable"},
                    {"type": ["string", "number", "boolean", "array", "null"]},
                ]
            },
        },
        "scenario": {"type": "string", "description": "Its name; unique within a project."},
    }
    return {**schema, "properties": properties, "$defs": {**definitions, **extra}}


def _with_expressions(definition: Mapping[str, Any]) -> dict[str, Any]:
    properties = {
        name: {"anyOf": [each, _EXPRESSION]}
        for name, each in definition.get("properties", {}).items()
    }
    return {**definition, "properties": properties}
