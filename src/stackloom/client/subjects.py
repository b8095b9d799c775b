# SPDX-License-Identifier: Apache-2.0
"""What callers of the client say what they mean with: texts, names, what they have seen. Pure."""

from __future__ import annotations

from uuid import UUID

from stackloom.client.refusals import recorded
from stackloom.errors import Conflict
from stackloom.wire.plan import Plan
from stackloom.wire.scenario import Scenario, ScenarioSource

Source = str | ScenarioSource
"""A scenario's text, or all its texts with values for its variables."""


def ready(plan: Plan) -> Plan:
    """Return a plan that is ready.

    Raises:
        StackloomError: it could not be made; what planning here would have raised.
        Conflict: it was cancelled, or has expired.
    """
    if plan.error:
        raise recorded(plan.error)
    if plan.state != "ready":
        raise Conflict(f'the plan of scenario "{plan.scenario_name}" is {plan.state}')
    return plan


def source_of(source: Source) -> ScenarioSource:
    """Return all texts of a scenario."""
    return ScenarioSource(text=source) if isinstance(source, str) else source


def seen(scenario: Scenario) -> dict[str, str]:
    """Return the header that says which revision of a scenario somebody has seen."""
    return {"If-Match": f'"{scenario.revision}"'}


def id_of(name_or_id: str | UUID) -> UUID | None:
    """Return an id, None for what is a name."""
    if isinstance(name_or_id, UUID):
        return name_or_id
    try:
        return UUID(name_or_id)
    except ValueError:
        return None
