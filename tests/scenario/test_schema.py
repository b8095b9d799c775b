# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of a scenario file."""

from __future__ import annotations

import jsonschema_rs
from tests.fakes.toy_kinds import BED, TOOL, TOY_KINDS

from stackloom.cloud.mark import NAME_PATTERN
from stackloom.scenario.schema import editor_schema, scenario_schema


def test_the_schema_has_a_section_for_each_kind_that_a_file_may_hold() -> None:
    """Kinds that are only looked up have none; each section names its spec."""
    section = {"type": "object", "propertyNames": {"pattern": NAME_PATTERN}}
    schema = scenario_schema(TOY_KINDS)
    properties = schema["properties"]
    assert {name: properties[name] for name in ("beds", "plants", "gardeners")} == {
        "beds": {**section, "additionalProperties": {"$ref": "#/$defs/BedSpec"}},
        "plants": {**section, "additionalProperties": {"$ref": "#/$defs/PlantSpec"}},
        "gardeners": {**section, "additionalProperties": {"$ref": "#/$defs/GardenerSpec"}},
    }
    assert sorted(properties) == [
        "beds",
        "description",
        "existing",
        "gardeners",
        "include",
        "outputs",
        "plants",
        "scenario",
        "variables",
    ]
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


def test_editors_accept_expressions_and_repetition_where_the_worked_out_document_may_not() -> None:
    """What a person writes is checked while it is typed; the kinds see only what comes of it."""
    document = {
        "scenario": "garden-${var.owner}",
        "include": ["more.yaml"],
        "variables": {"owner": "anna", "size": {"type": "integer", "default": 3}},
        "existing": {"tools": {"spade": None, "rake": {"id": "t-1"}}},
        "beds": {"north": {"count": "${var.size}", "size": "${count.index + 1}"}},
        "outputs": {"soil": {"value": "${bed.north-0.soil}", "description": "of the first"}},
    }
    assert jsonschema_rs.is_valid(editor_schema(TOY_KINDS), document)
    assert not jsonschema_rs.is_valid(scenario_schema(TOY_KINDS), document)
    document["beds"] = {"north": {"size": "large"}}
    assert not jsonschema_rs.is_valid(editor_schema(TOY_KINDS), document)
