# SPDX-License-Identifier: Apache-2.0
"""A plan in a file, to be looked at and carried out later, exactly so or not at all. Pure.

It holds the texts that the scenario was read from and the values of its variables, without
secrets: those are given again. Whoever applies it plans anew and compares: the cloud, not the file,
says what is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from stackloom.errors import UsageError
from stackloom.scenario.plan import Plan, Step

FORMAT = 1


class SavedPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds.

    Attributes:
        stackloom_plan: the version of this format.
        cloud: where it was made for: the address of Keystone and the project's id.
        file: the path of the scenario; *files* the texts by path, its own included.
        folder: where the paths of files to be uploaded begin.
        variables: the values that it was read with.
        plan: what will be done, as ``plan_document`` tells it.
    """

    stackloom_plan: int
    cloud: str
    file: str
    folder: str
    files: Mapping[str, str]
    variables: Mapping[str, Any]
    plan: Mapping[str, Any]


def is_saved_plan(text: str) -> bool:
    """Tell a saved plan from a scenario: a scenario has no such key."""
    return text.lstrip().startswith("{") and '"stackloom_plan"' in text


def read_saved_plan(text: str, file: str) -> SavedPlan:
    """Read what ``json.dumps(to_builtins(SavedPlan))`` wrote.

    Raises:
        UsageError: it is none, or one of another version.
    """
    hint = "make a new one: stackloom plan FILE -o PLAN"
    try:
        saved = msgspec.json.decode(text, type=SavedPlan)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{file} is no saved plan: {error}", hint=hint) from error
    if saved.stackloom_plan != FORMAT:
        message = f"{file} was saved in format {saved.stackloom_plan}, and this reads {FORMAT}"
        raise UsageError(message, hint=hint)
    return saved


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values."""
    return {
        "scenario": plan.scenario,
        "counts": plan.counts,
        "steps": [_step_document(step) for step in plan.steps],
    }


def _step_document(step: Step) -> dict[str, Any]:
    return {
        "address": str(step.address),
        "action": step.action.value,
        "replaces": step.replaces,
        "because": str(step.because) if step.because else None,
        "id": step.state.id if step.state is not None else None,
        "differences": [
            {
                "field": each.field,
                "have": each.have,
                "want": each.want,
                "in_place": each.in_place,
            }
            for each in step.differences
        ],
        "needs": sorted(str(key.address) for key in step.needs),
        "after_deletes": step.after_deletes,
        "leaves_with": str(step.leaves_with.address) if step.leaves_with else None,
        "blocked_by": list(step.blocked_by),
    }


def moved(saved: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the addresses about which a saved plan and today's do not say the same."""
    before, after = _by_address(saved["steps"]), _by_address(now["steps"])
    return sorted(
        address
        for address in before.keys() | after.keys()
        if before.get(address) != after.get(address)
    )


def _by_address(steps: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return what is done with each address, in a form that two of can be compared."""
    result: dict[str, list[str]] = {}
    for step in steps:
        # What only says how it was come by, or in which order, is no difference.
        facts = {key: step[key] for key in ("action", "replaces", "id", "differences")}
        result.setdefault(step["address"], []).append(json.dumps(facts, sort_keys=True))
    return {address: sorted(each) for address, each in result.items()}
