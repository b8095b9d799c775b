# SPDX-License-Identifier: Apache-2.0
"""The document: of every route, with schemas that say what is checked and examples that hold."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from stackloom.service.rest.document import document_of, is_struct, refusals_of, structs_of
from stackloom.service.rest.examples import EXAMPLES
from stackloom.service.rest.page import page_of
from stackloom.service.rest.query import parameters_of
from stackloom.service.rest.route import Route, Who
from stackloom.service.rest.routes import all_routes
from stackloom.wire.codes import CODES
from stackloom.wire.plan import PlanCreate
from stackloom.wire.run import RunAction

ROUTES = all_routes()
DOCUMENT: dict[str, Any] = json.loads(document_of(ROUTES, "http://service.test"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]

_NAMES = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def operation_of(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]
    return found


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """Return what checks a body against a component."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of the document."""
    if isinstance(node, dict):
        yield node
        for each in node.values():
            yield from nodes(each)
    elif isinstance(node, list):
        for each in node:
            yield from nodes(each)


def test_every_route_is_in_it_and_nothing_else() -> None:
    """By path and method; names for generated clients are unique."""
    documented = {
        f"{method.upper()} {path}"
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }
    assert documented == {name_of(route) for route in ROUTES}
    names = [route.operation_id for route in ROUTES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]*)+", name) for name in names)


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_an_operation_says_everything(route: Route) -> None:
    """What goes in, what comes out, and every refusal with its codes."""
    operation = operation_of(route)
    assert operation["summary"]
    parameters = {each["name"] for each in operation.get("parameters", ())}
    expected = set(route.names)
    expected |= set(parameters_of(route.query)) if route.query else set()
    expected |= {"If-Match"} if route.needs_match else set()
    expected |= {"Idempotency-Key"} if route.is_repeatable else set()
    assert expected <= parameters
    assert ("requestBody" in operation) == (route.body is not None or route.form is not None)
    statuses = {str(route.status), *map(str, route.otherwise)}
    statuses |= {str(CODES[code].status) for code in refusals_of(route)}
    assert statuses <= set(operation["responses"])
    told = json.dumps(operation["responses"])
    assert all(f"`stackloom.{code}`" in told for code in refusals_of(route))
    assert bool(operation["security"]) == (route.who is not Who.ALL)


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_conventions_of_the_api_working_group(route: Route) -> None:
    """Paths are plain words, names snake_case; whoever lists has limit and marker."""
    words = [word for word in route.path.split("/") if word and not word.startswith("{")]
    assert all(re.fullmatch(r"[a-z0-9-]+(\.json)?", word) for word in words)
    parameters = set(parameters_of(route.query)) if route.query else set()
    assert all(_NAMES.fullmatch(name) for name in (*route.names, *parameters))
    if route.operation_id.startswith("list") and route.path.startswith("/v1/"):
        assert {"limit", "marker"} <= parameters or {"limit", "after"} <= parameters
    if route.status == 202 or (route.status == 201):
        assert route.has_location
    if route.method == "PUT":
        assert route.needs_match


def test_fields_are_snake_case() -> None:
    """All of them, in and out."""
    fields = {name for each in SCHEMAS.values() for name in each.get("properties", ())}
    assert [name for name in fields if not _NAMES.fullmatch(name)] == []


@pytest.mark.parametrize("struct", sorted(structs_of(ROUTES), key=str))
def test_every_body_has_an_example_that_holds(struct: type[msgspec.Struct]) -> None:
    """It is what the schema says, and what the service itself takes or gives."""
    example = json.loads(msgspec.json.encode(EXAMPLES[struct]))
    validator(struct.__name__).validate(example)
    assert msgspec.convert(example, struct) == EXAMPLES[struct]


def test_examples_are_of_bodies() -> None:
    """None is left over."""
    assert set(EXAMPLES) == structs_of(ROUTES)


@pytest.mark.parametrize("route", [each for each in ROUTES if each.body], ids=name_of)
def test_what_is_not_known_is_refused_by_the_schema_too(route: Route) -> None:
    """A body with a field that nobody knows is none."""
    assert is_struct(route.body)
    schema = SCHEMAS[route.body.__name__]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("body", "is_valid"),
    [
        ({"scenario_id": "6f9e2a51-61b4-4b0e-8a57-4a2c35f1c1d0"}, True),
        ({"scenario_id": None, "source": {"text": ""}}, True),
        ({"scenario_id": "6f9e2a51-61b4-4b0e-8a57-4a2c35f1c1d0", "source": {"text": ""}}, False),
        ({"scenario_id": None}, False),
        ({}, False),
    ],
)
def test_one_of_several_fields(body: dict[str, Any], is_valid: bool) -> None:
    """The schema says what operations check: one, and no other."""
    assert validator(PlanCreate.__name__).is_valid(body) is is_valid


@pytest.mark.parametrize("given", list(itertools.product((None, {}, "left out"), repeat=3)))
def test_one_of_three_fields(given: tuple[object, ...]) -> None:
    """Whatever else is null or left out."""
    names = ("approve", "cancel", "retry")
    body = {name: each for name, each in zip(names, given, strict=True) if each != "left out"}
    assert validator(RunAction.__name__).is_valid(body) is (given.count({}) == 1)


def test_events_are_told_apart_by_their_type() -> None:
    """One name for all, a constant in each, and a table for generators."""
    event = SCHEMAS["Event"]
    mapping = event["discriminator"]["mapping"]
    assert event["discriminator"]["propertyName"] == "type"
    assert [each["$ref"] for each in event["oneOf"]] == list(mapping.values())
    for tag, place in mapping.items():
        assert SCHEMAS[place.rpartition("/")[2]]["properties"]["type"]["const"] == tag
    assert SCHEMAS["EventPage"]["properties"]["events"]["items"] == {
        "$ref": "#/components/schemas/Event"
    }


def test_what_generators_stumble_over() -> None:
    """No union of types but with null, every word to choose from is a text, every place exists."""
    for node in nodes(DOCUMENT):
        if isinstance(node.get("type"), list):
            assert len(node["type"]) == 2
            assert node["type"][1] == "null"
        if "enum" in node:
            assert "type" in node
        if "anyOf" in node:
            assert [sorted(each) for each in node["anyOf"]] == [["$ref"], ["type"]]
        # What has both is a union to generators for Go and Java, and its fields are lost.
        assert not {"properties", "oneOf"} <= set(node)
        if "$ref" in node:
            *_, section, name = node["$ref"].split("/")
            assert name in DOCUMENT["components"][section]


def test_fields_are_in_words() -> None:
    """What docstrings say of fields stands at the fields, also what a base says."""
    state = SCHEMAS["JobState"]
    assert state["description"].startswith("A run or plan came into another state;")
    assert state["properties"]["seq"]["description"] == (
        "Counts from 1 within its job (a run or plan), without gaps."
    )
    assert SCHEMAS["PlanCreate"]["properties"]["source"]["description"] == "Exactly one of them."
    assert "Attributes:" not in json.dumps(DOCUMENT)


def test_the_page_tells_the_same() -> None:
    """Every operation, structure and code has its place; nothing comes from elsewhere."""
    content, style = page_of(DOCUMENT)
    page = content.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    wanted = {route.operation_id for route in ROUTES} | set(CODES)
    wanted |= {f"schema-{name}" for name in SCHEMAS} | {"engine.conflict", "engine.bad-scenario"}
    assert wanted <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert not re.findall(r"<script|<img|<link|<iframe|src=|url\(|@import", page)
    assert style.startswith("sha256-")
