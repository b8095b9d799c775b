# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of a scenario file, made from the kinds' specs. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from stackloom.cloud.mark import NAME_PATTERN
from stackloom.scenario.model import Kinds


def scenario_schema(kinds: Kinds) -> dict[str, Any]:
    """Return the schema, 2020-12, of everything that may stand in a file."""
    declared = [kind.declaration for kind in kinds.values() if kind.declaration]
    in_file = [declaration for declaration in declared if declaration.section]
    references, components = msgspec.json.schema_components(
        [declaration.spec for declaration in in_file], ref_template="#/$defs/{name}"
    )
    sections = {
        declaration.section: {
            "type": "object",
            "propertyNames": {"pattern": NAME_PATTERN},
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
            **sections,
        },
        "required": ["scenario"],
        "additionalProperties": False,
        "$defs": components,
    }
