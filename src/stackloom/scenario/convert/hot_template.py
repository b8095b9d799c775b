# SPDX-License-Identifier: Apache-2.0
"""A Heat template as it was read, and its parameters as variables. Pure.

Source: heat/engine/hot/template.py and heat/engine/hot/parameters.py, 2026.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stackloom.cloud.kind import Place
from stackloom.errors import BadScenario, UsageError
from stackloom.scenario.convert.losses import Losses
from stackloom.scenario.document import Document, read_document

_TYPES = {"string": "string", "comma_delimited_list": "list", "json": "map", "boolean": "boolean"}
# Checked against the cloud when the scenario is planned.
_CHECKED_ANYWAY = ("nova.", "glance.", "neutron.", "cinder.", "net_cidr", "ip_addr", "mac_addr")
TRUE_WORDS = frozenset({"t", "true", "on", "y", "yes", "1"})
FALSE_WORDS = frozenset({"f", "false", "off", "n", "no", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The sections of a template; each maps names to what they say."""

    document: Document
    parameters: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Any]
    outputs: Mapping[str, Any]


def is_template(values: object) -> bool:
    """Tell whether a document is a template of Heat, and no scenario."""
    marks = ("heat_template_version", "HeatTemplateFormatVersion", "AWSTemplateFormatVersion")
    return isinstance(values, Mapping) and any(mark in values for mark in marks)


def read_template(text: str, file: str) -> Template:
    """Read a template.

    Raises:
        BadScenario: it is no YAML, or its sections are no mappings.
        UsageError: it is one of CloudFormation.
    """
    document = read_document(text, file)
    values = document.values
    if not isinstance(values, Mapping) or "heat_template_version" not in values:
        raise UsageError(
            f"{file} is no HOT template: it has no heat_template_version",
            hint="templates in the form of CloudFormation are not read",
        )
    sections: dict[str, Mapping[str, Any]] = {}
    problems = []
    for name in ("parameters", "conditions", "resources", "outputs"):
        section = values.get(name) or {}
        if not isinstance(section, Mapping):
            problems.append(document.problem((name,), "this should be a mapping"))
        sections[name] = section
    if not problems and not sections["resources"]:
        problems.append(document.problem((), "this template has no resources"))
    if problems:
        raise BadScenario(problems)
    return Template(document=document, **sections)


def variable_name(parameter: str) -> str:
    """Return what a parameter is called in a scenario: lower case letters, digits, underscores."""
    plain = re.sub(r"[^a-z0-9_]+", "_", parameter.lower())
    return plain if re.match(r"[a-z_]", plain) else f"_{plain}"


def variable_names(template: Template, losses: Losses) -> dict[str, str]:
    """Return the variable of each parameter; says where it cannot be called the same."""
    names = {each: each for each in template.parameters if variable_name(each) == each}
    for parameter in template.parameters:
        plain = chosen = variable_name(parameter)
        number = 1
        while chosen != parameter and chosen in names.values():
            number += 1
            chosen = f"{plain}_{number}"
        names[parameter] = chosen
        if chosen != parameter:
            message = f'parameter "{parameter}" becomes the variable "{chosen}"'
            losses.add(("parameters", parameter), message, key=True)
    return names


def variable(name: str, entry: Any, losses: Losses) -> dict[str, Any]:
    """Return a parameter as the declaration of a variable."""
    place: Place = ("parameters", name)
    if not isinstance(entry, Mapping):
        losses.add(place, f'parameter "{name}" says nothing of its type')
        return {"type": "string"}
    result: dict[str, Any] = {"type": _type(entry)}
    if "default" in entry:
        result["default"] = _default(result["type"], entry["default"])
        if isinstance(result["default"], list) and result["type"] == "map":
            result["type"] = "list"
    if words := entry.get("description") or entry.get("label"):
        result["description"] = str(words)
    if read_truth(entry.get("hidden")) is True:
        result["secret"] = True
    constraints = entry.get("constraints")
    for index, constraint in enumerate(constraints if isinstance(constraints, list) else ()):
        _constrain(result, constraint, (*place, "constraints", index), losses)
    return result


def _type(entry: Mapping[str, Any]) -> str:
    wanted = str(entry.get("type", "string")).lower()
    if wanted != "number":
        return _TYPES.get(wanted, "string")
    default = read_number(entry.get("default"))
    return "integer" if isinstance(default, int) else "number"


def _default(wanted: str, value: Any) -> Any:  # noqa: PLR0911 - one return for each type
    if wanted in {"integer", "number"}:
        return read_number(value)
    if wanted == "boolean":
        return read_truth(value)
    if wanted == "list":
        return [each.strip() for each in value.split(",")] if isinstance(value, str) else value
    if wanted == "map" and isinstance(value, str):
        try:
            return json.loads(value or "{}")
        except ValueError:
            return {}
    if wanted == "string" and not isinstance(value, str):
        return "" if value is None else json.dumps(value)
    return value


def read_number(value: Any) -> Any:
    """Return the number that a text says; what says none stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        try:
            return float(value)
        except ValueError:
            return value


def read_truth(value: Any) -> Any:
    """Return what Heat takes for true or false; what is neither stays as it is."""
    word = str(value).lower()
    if isinstance(value, bool) or word not in TRUE_WORDS | FALSE_WORDS:
        return value
    return word in TRUE_WORDS


def _constrain(result: dict[str, Any], constraint: Any, place: Place, losses: Losses) -> None:
    for what, value in constraint.items() if isinstance(constraint, Mapping) else ():
        if what == "allowed_values" and isinstance(value, list):
            result["one_of"] = [_default(result["type"], each) for each in value]
        elif what == "allowed_pattern":
            result["pattern"] = value
        elif what in {"range", "length"} and isinstance(value, Mapping):
            sides = (("min", "minimum"), ("max", "maximum"))
            result |= {ours: read_number(value[side]) for side, ours in sides if side in value}
        elif what == "custom_constraint" and str(value).startswith(_CHECKED_ANYWAY):
            pass
        elif what != "description":
            losses.add((*place, what), f'the constraint "{what}" is not checked', key=True)
