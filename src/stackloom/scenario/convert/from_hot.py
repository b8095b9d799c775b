# SPDX-License-Identifier: Apache-2.0
"""A Heat template as a scenario. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stackloom.errors import Problem
from stackloom.scenario.convert import hot_compute, hot_network, hot_rules
from stackloom.scenario.convert.hot_entry import Source, Writing
from stackloom.scenario.convert.hot_functions import Functions
from stackloom.scenario.convert.hot_items import RANDOM, VALUES, Item, Items, gathered
from stackloom.scenario.convert.hot_nodes import CannotCarry, Choice, expression, written
from stackloom.scenario.convert.hot_sides import SIDES
from stackloom.scenario.convert.hot_template import (
    Template,
    read_template,
    variable,
    variable_name,
    variable_names,
)
from stackloom.scenario.convert.losses import Losses
from stackloom.scenario.convert.short_forms import shortened
from stackloom.scenario.model import Kinds

_ENTRIES: Mapping[str, Callable[[Source], dict[str, Any]]] = {
    "network": hot_network.network,
    "subnet": hot_network.subnet,
    "port": hot_network.port,
    "router": hot_network.router,
    "security_group": hot_rules.security_group,
    "floating_ip": hot_network.floating_ip,
    "port_forwarding": hot_network.port_forwarding,
    "trunk": hot_network.trunk,
    "subnet_pool": hot_network.subnet_pool,
    "address_scope": hot_network.address_scope,
    "qos_policy": hot_network.qos_policy,
    "rbac_policy": hot_network.rbac_policy,
    "server": hot_compute.server,
    "server_group": hot_compute.server_group,
    "keypair": hot_compute.keypair,
    "volume": hot_compute.volume,
    "image": hot_compute.image,
}
# What a resource may say beside its properties: when it is made and what becomes of it later.
_BESIDE = ("deletion_policy", "update_policy", "metadata", "external_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A scenario that was written off a template.

    Attributes:
        document: what the file will say.
        lost: what could not be carried over, in the order of the template.
    """

    document: dict[str, Any]
    lost: tuple[Problem, ...]


def scenario_name(words: str) -> str:
    """Return *words* as the name of a scenario."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", words).strip("-._")[:63] or "converted"


def from_hot(text: str, file: str, kinds: Kinds, *, name: str) -> Converted:
    """Return the scenario called *name* that asks for what a template asks for.

    Raises:
        BadScenario: it is no YAML, or has nothing that could be read.
        UsageError: it is a template of another form.
    """
    template = read_template(text, file)
    losses = Losses(template.document)
    names = variable_names(template, losses)
    variables = {
        names[parameter]: variable(parameter, entry, losses)
        for parameter, entry in template.parameters.items()
    }
    functions = Functions(names, template.conditions, losses)
    items = gathered(template.resources, functions, kinds, losses)
    _add_random(items, variables, losses)
    types = {each: entry["type"] for each, entry in variables.items()}
    writing = Writing(kinds=kinds, items=items, losses=losses, types=types)
    for item in items.items.values():
        _write(writing, item)
    for item in items.items.values():
        if item.type in SIDES:
            _write_side(writing, item)
    _note_beside(template, losses)
    document: dict[str, Any] = {"scenario": name}
    if words := template.document.values.get("description"):
        document["description"] = str(words).strip()
    outputs = _outputs(template, functions, losses)
    sections: dict[str, dict[str, Any]] = {
        "variables": variables,
        "existing": writing.existing,
        **shortened(writing.entries),
        "outputs": outputs,
    }
    document |= {section: entries for section, entries in sections.items() if entries}
    return Converted(document=document, lost=losses.problems)


def _add_random(items: Items, variables: dict[str, Any], losses: Losses) -> None:
    """Let a variable stand for each random text: a scenario comes out the same every time."""
    for id, item in items.items.items():
        if item.type == RANDOM:
            name = variable_name(id)
            while name in variables:
                name = f"{name}_text"
            variables[name] = {"type": "string", "secret": True}
            items.random[id] = name
            message = f'a random text becomes the secret variable "{name}", to be given'
            losses.add(item.place, message, key=True)


def _write(writing: Writing, item: Item) -> None:
    work = _ENTRIES.get(item.kind)
    if work is None:
        if item.type not in SIDES and item.type not in VALUES and item.type != RANDOM:
            hint = (
                "nested templates are converted one by one"
                if item.type.endswith((".yaml", ".yml", ".template"))
                else ""
            )
            message = f'"{item.id}": there is no counterpart of {item.type}'
            writing.losses.add((*item.inner, "type"), message, hint)
        return
    source = Source(writing, item)
    try:
        entry = work(source)
        count = writing.items.count(item)
        if count is not None:
            number = int(count) if isinstance(count, str) and count.isdecimal() else count
            entry = {"count": written(number), **entry}
    except CannotCarry as error:
        writing.losses.add(item.place, f'"{item.id}" is left out: {error}', error.hint)
        return
    source.end()
    writing.entries.setdefault(writing.section(item.kind), {})[item.name] = entry


def _write_side(writing: Writing, item: Item) -> None:
    source = Source(writing, item)
    try:
        SIDES[item.type](source)
    except CannotCarry as error:
        writing.losses.add(item.place, f'"{item.id}" is left out: {error}', error.hint)
        return
    source.end()


def _note_beside(template: Template, losses: Losses) -> None:
    """Note what resources say beside their properties; the order, once: it is worked out here."""
    if "parameter_groups" in template.document.values:
        losses.add(("parameter_groups",), "there is no counterpart of parameter_groups", key=True)
    orders = [id for id, each in template.resources.items()
              if isinstance(each, Mapping) and "depends_on" in each]  # fmt: skip
    if orders:
        message = "depends_on is left out: stackloom works the order out by itself"
        losses.add(("resources", orders[0], "depends_on"), message, key=True)
    for id, each in template.resources.items():
        for name in _BESIDE:
            if isinstance(each, Mapping) and each.get(name):
                message = f"there is no counterpart of {name}"
                losses.add(("resources", id, name), message, key=True)


def _outputs(template: Template, functions: Functions, losses: Losses) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, output in template.outputs.items():
        value = output.get("value") if isinstance(output, Mapping) else output
        try:
            node = functions.carried(value, ("outputs", name, "value"))
            if isinstance(output, Mapping) and "condition" in output:
                node = Choice(functions.condition(output["condition"]), node, None)
                expression(node)
            shown = written(node)
        except CannotCarry as error:
            losses.add(("outputs", name), f'output "{name}" is left out: {error}', error.hint)
            continue
        words = output.get("description") if isinstance(output, Mapping) else ""
        is_mapping = isinstance(shown, dict) and "value" in shown
        result[name] = (
            {"value": shown, "description": str(words)}
            if words
            else ({"value": shown} if is_mapping else shown)
        )
    return result
