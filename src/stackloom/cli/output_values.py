# SPDX-License-Identifier: Apache-2.0
"""Show what a scenario tells when it is woven."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackloom.cli.command import Invocation
    from stackloom.scenario.model import Scenario


def show_outputs(invocation: Invocation, scenario: Scenario, values: Mapping[str, Any]) -> None:
    """Write the outputs to stdout, a line each; secret ones as stars."""
    if getattr(invocation.options, "json", False):
        shown = {name: _shown(scenario, name, value) for name, value in values.items()}
        invocation.data(json.dumps({"event": "outputs", "outputs": shown}))
        return
    for name, value in values.items():
        shown_value = _shown(scenario, name, value)
        text = shown_value if isinstance(shown_value, str) else json.dumps(shown_value)
        invocation.data(f"{name} = {text}")


def _shown(scenario: Scenario, name: str, value: Any) -> Any:
    if scenario.outputs[name].secret:
        return "***"
    return json.loads(scenario.hide(json.dumps(value)))
