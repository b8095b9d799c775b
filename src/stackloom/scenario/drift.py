# SPDX-License-Identifier: Apache-2.0
"""Where the cloud is not what a scenario says: a plan, read the other way round. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from stackloom.cloud.kind import Difference
from stackloom.cloud.mark import Address
from stackloom.scenario.plan import Action, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """One resource that is not as it should be.

    Attributes:
        how: ``missing`` in the cloud, ``changed`` there, or ``extra``: it carries the scenario's
            mark and does not stand in the file.
        differences: of one that is changed.
    """

    address: Address
    how: Literal["missing", "changed", "extra"]
    id: str = ""
    differences: tuple[Difference, ...] = ()


def drift_of(plan: Plan) -> list[Drifted]:
    """Return what is not as it should be, in the order of the plan."""
    result: list[Drifted] = []
    for step in plan.steps:
        id = step.state.id if step.state is not None else ""
        if step.action is Action.UPDATE or (step.action is Action.CREATE and step.replaces):
            if step.because is None:  # what only goes with another is as it should be
                changed = Drifted(
                    address=step.address, how="changed", id=id, differences=step.differences
                )
                result.append(changed)
        elif step.action is Action.CREATE:
            result.append(Drifted(address=step.address, how="missing"))
        elif step.action is Action.DELETE and not step.replaces:
            result.append(Drifted(address=step.address, how="extra", id=id))
    return result


def drift_document(drift: list[Drifted]) -> list[dict[str, Any]]:
    """Return it as plain values."""
    return [
        {
            "address": str(each.address),
            "how": each.how,
            "id": each.id or None,
            "differences": [
                {"field": one.field, "have": one.have, "want": one.want} for one in each.differences
            ],
        }
        for each in drift
    ]
