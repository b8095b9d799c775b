# SPDX-License-Identifier: Apache-2.0
"""What a scenario tells when it is woven: its outputs, filled in from what the cloud has. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackloom.cloud.mark import Address
from stackloom.scenario.attributes import Late, attribute, fill, late_values_in
from stackloom.scenario.model import Kinds, Scenario
from stackloom.scenario.plan import Found


def kinds_told(scenario: Scenario) -> set[str]:
    """Return the kinds whose states the outputs want."""
    return {
        late.address.kind
        for output in scenario.outputs.values()
        for late in late_values_in(output.value)
    }


def output_values(
    kinds: Kinds,
    scenario: Scenario,
    states: Mapping[Address, Any],
    found: Mapping[tuple[str, str], Found],
) -> dict[str, Any]:
    """Return the outputs as plain values; what is not there yet is None inside them."""

    def value_of(late: Late) -> object:
        address = late.address
        state = states.get(address)
        if state is None and (there := found.get((address.kind, address.name))):
            state = there.state
        return None if state is None else attribute(kinds[address.kind], state, late.attribute)

    return {name: fill(output.value, value_of) for name, output in scenario.outputs.items()}
