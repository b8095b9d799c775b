# SPDX-License-Identifier: Apache-2.0
"""A scenario as a Heat template of version 2021-04-16. Pure."""

from __future__ import annotations

from typing import Any

from stackloom.cloud.mark import Address
from stackloom.errors import Problem
from stackloom.scenario.convert import hot_of_compute, hot_of_network
from stackloom.scenario.convert.hot_writer import HotWriter
from stackloom.scenario.convert.scenario_text import as_yaml
from stackloom.scenario.convert.worked_out import WorkedOut
from stackloom.scenario.loader import Loaded
from stackloom.scenario.model import Kinds

VERSION = "2021-04-16"
_WRITERS = {**hot_of_network.WRITERS, **hot_of_compute.WRITERS}
# What became a part of something else.
_SIDES = frozenset({"image_data", "security_group_rules", "qos_policy_rules"})


def to_hot(loaded: Loaded, kinds: Kinds) -> tuple[str, tuple[Problem, ...]]:
    """Return the template that asks for what a scenario asks for, and what it could not say."""
    source = WorkedOut(loaded, kinds)
    writer = HotWriter(source, _WRITERS)
    for address in source.scenario.specs:
        if work := _WRITERS.get(address.kind):
            work(writer, address)
        elif address.kind not in _SIDES:
            source.lose(address, f"Heat has no {source.kinds[address.kind].words}")
    document: dict[str, Any] = {
        "heat_template_version": VERSION,
        "description": loaded.document.values.get("description")
        or f"Scenario {source.scenario.name}, written by stackloom convert",
    }
    secrets = {secret.name: {"type": "string", "hidden": True} for secret in source.secrets}
    if parameters := {**writer.parameters, **secrets}:
        document["parameters"] = parameters
    document["resources"] = writer.resources
    if outputs := _outputs(source, writer):
        document["outputs"] = outputs
    text = as_yaml(document, open_levels=3).replace("'2021-04-16'", VERSION, 1)
    return text, source.losses.problems


def _outputs(source: WorkedOut, writer: HotWriter) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, output in source.scenario.outputs.items():
        place = ("outputs", name)
        if output.secret:
            source.lose_at(place, f'output "{name}" is secret here, and shown by Heat')
        value = writer.rendered(source.value(output.value), Address("output", name), place)
        result[name] = ({"description": output.description} if output.description else {}) | {
            "value": value
        }
    return result
