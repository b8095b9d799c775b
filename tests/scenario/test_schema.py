# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of a scenario file."""

from __future__ import annotations

from tests.fakes.toy_kinds import BED, TOOL, TOY_KINDS

from stackloom.cloud.mark import NAME_PATTERN
from stackloom.scenario.schema import scenario_schema


def test_the_schema_has_a_section_for_each_kind_that_a_file_may_hold() -> None:
    """Kinds that are only looked up have none; each section names its spec."""
    section = {"type": "object", "propertyNames": {"pattern": NAME_PATTERN}}
    schema = scenario_schema(TOY_KINDS)
    assert schema["properties"] == {
        "scenario": {
            "type": "string",
            "pattern": NAME_PATTERN,
            "description": "Its name; unique within a project.",
        },
        "description": {"type": "string"},
        "beds": {**section, "additionalProperties": {"$ref": "#/$defs/BedSpec"}},
        "plants": {**section, "additionalProperties": {"$ref": "#/$defs/PlantSpec"}},
        "gardeners": {**section, "additionalProperties": {"$ref": "#/$defs/GardenerSpec"}},
    }
    assert schema["required"] == ["scenario"]
    assert schema["additionalProperties"] is False
    assert sorted(schema["$defs"]) == ["BedSpec", "Fence", "GardenerSpec", "PlantSpec", "Water"]


def test_a_spec_becomes_an_object_that_takes_no_other_fields() -> None:
    """Types, defaults and what may be left out come from the struct."""
    bed = scenario_schema({"bed": BED, "tool": TOOL})["$defs"]["BedSpec"]
    assert bed["additionalProperties"] is False
    assert bed["required"] == []
    assert bed["properties"] == {
        "size": {"type": "integer", "default": 1},
        "soil": {"type": "string", "default": "loam"},
        "crop": {"type": "string", "default": ""},
        "slope": {"type": "number", "default": 0.0},
        "fence": {"anyOf": [{"$ref": "#/$defs/Fence"}, {"type": "null"}]},
    }
