# SPDX-License-Identifier: Apache-2.0
"""The structs of the wire as JSON Schema, in the dialect that generators of clients read well.

msgspec says what it checks; on top of that: a name for each union, ``const`` for tags, ``null``
only as a second type, what a field is in words, and rules between fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from stackloom.cloud.sketch import Part
from stackloom.service.rest.docstrings import told
from stackloom.wire.event import Event
from stackloom.wire.plan import PlanCreate
from stackloom.wire.run import RunAction, RunCreate

Schema = dict[str, Any]
PLACE = "#/components/schemas/{name}"

UNIONS: Mapping[str, Any] = {"Event": Event, "Part": Part}
# Of these fields one is given, and no other; the operations check it.
EXACTLY_ONE: Mapping[type[msgspec.Struct], tuple[str, ...]] = {
    PlanCreate: ("scenario_id", "source"),
    RunCreate: ("plan_id", "scenario_id"),
    RunAction: ("approve", "cancel", "retry"),
}


def component_schemas(structs: Iterable[type[msgspec.Struct]]) -> dict[str, Schema]:
    """Return the schemas of *structs* and all that they are made of, by name, sorted."""
    wanted = sorted(set(structs), key=lambda each: each.__name__)
    unions, raw = msgspec.json.schema_components((*UNIONS.values(), *wanted), ref_template=PLACE)
    names = {_key(union): name for name, union in zip(UNIONS, unions, strict=False)}
    by_name = {each.__name__: each for each in _reachable((*UNIONS.values(), *wanted))}
    schemas = {name: _polished(schema, names) for name, schema in raw.items()}
    for name, schema in schemas.items():
        _tell(schema, by_name[name])
    for name, union in zip(UNIONS, unions, strict=False):
        schemas[name] = {**_polished(union, {}), "description": f"One of several: {name}."}
    return dict(sorted(schemas.items()))


def schema_of(type: Any) -> Schema:
    """Return the schema of one value; structs and unions are referred to."""
    (schema,), _ = msgspec.json.schema_components((type,), ref_template=PLACE)
    polished: Schema = _polished(schema, {})
    return polished


def refer(struct: type[Any]) -> Schema:
    """Return the reference to a component."""
    return {"$ref": PLACE.format(name=struct.__name__)}


def _tell(schema: Schema, struct: type[msgspec.Struct]) -> None:
    """Put into words what the struct and its fields are, and add what holds between fields."""
    words, fields = told(struct)
    schema["description"] = words
    for name, text in fields.items():
        if name in schema.get("properties", {}):
            inner = schema["properties"][name]
            # Beside a reference nothing counts in older readers, and 3.1 allows a description.
            schema["properties"][name] = {**inner, "description": text[:1].upper() + text[1:]}
    if only := EXACTLY_ONE.get(struct):
        schema |= _exactly_one(only)


def _exactly_one(names: tuple[str, ...]) -> Schema:
    """Return the rule that one of the fields is given, and that the others are not, or null.

    ``oneOf`` would be shorter, but generators for Go and Java take what has one for a union, and
    leave its fields out (openapi-generator 7.26.0); they pass over ``if``.
    """
    first, *others = names
    is_given: Schema = {"required": [first], "properties": {first: {"not": {"type": "null"}}}}
    if not others:
        return is_given
    no_other: Schema = {"properties": {name: {"type": "null"} for name in others}}
    return {"if": is_given, "then": no_other, "else": _exactly_one(tuple(others))}


def _polished(node: Any, unions: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_polished(each, unions) for each in node]
    if not isinstance(node, dict):
        return node
    if name := unions.get(_key(node)):
        return {"$ref": PLACE.format(name=name)}
    polished = {key: _polished(value, unions) for key, value in node.items() if key != "title"}
    if isinstance(node.get("title"), dict):
        # A property of that name, and no title.
        polished["title"] = _polished(node["title"], unions)
    if "discriminator" in polished:
        polished = {"oneOf": polished.pop("anyOf"), **polished}
    if "enum" in polished and "type" not in polished:
        polished = _typed(polished)
    if "anyOf" in polished:
        polished = _nullable(polished)
    return polished


def _typed(schema: Schema) -> Schema:
    """Say that words to choose from are texts; a single one is a constant."""
    values = schema.pop("enum")
    assert all(isinstance(value, str) for value in values), f"not all texts: {values}"
    if len(values) == 1:
        return {"type": "string", "const": values[0], **schema}
    return {"type": "string", "enum": values, **schema}


def _nullable(schema: Schema) -> Schema:
    """Write ``X or null`` as one schema with two types, where X is no reference."""
    others = [each for each in schema["anyOf"] if each != {"type": "null"}]
    if len(others) != 1 or len(schema["anyOf"]) != 2 or "type" not in others[0]:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    merged = {**others[0], "type": [others[0]["type"], "null"], **rest}
    if "enum" in merged:
        merged["enum"] = [*merged["enum"], None]
    return merged


def _key(schema: Schema) -> str:
    """Return what tells a union from others: its members; "" for what is none."""
    if "discriminator" not in schema:
        return ""
    return ",".join(sorted(each["$ref"] for each in schema.get("anyOf", ())))


def _reachable(types: Iterable[Any]) -> Iterable[type[msgspec.Struct]]:
    """Yield every struct that *types* are made of."""
    todo, seen = list(msgspec.inspect.multi_type_info(types)), set()
    while todo:
        each = todo.pop()
        if isinstance(each, msgspec.inspect.StructType):
            if each.cls in seen:
                continue
            seen.add(each.cls)
            yield each.cls
            todo += [field.type for field in each.fields]
        elif isinstance(each, msgspec.inspect.UnionType):
            todo += each.types
        elif isinstance(each, msgspec.inspect.Metadata):
            todo.append(each.type)
        elif isinstance(each, msgspec.inspect.DictType):
            todo.append(each.value_type)
        elif isinstance(each, msgspec.inspect.VarTupleType | msgspec.inspect.ListType):
            todo.append(each.item_type)
        elif isinstance(each, msgspec.inspect.TupleType):
            todo += each.item_types
