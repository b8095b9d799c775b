# SPDX-License-Identifier: Apache-2.0
"""A plan, and what became of it, in words."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from stackloom.cloud.kind import UNKNOWN, Difference
from stackloom.cloud.mark import Address
from stackloom.scenario.drift import Drifted
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.plan import Action, Plan, Step
from stackloom.scenario.wording import in_words

_SYMBOLS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.KEEP: " "}
_REPLACE = "±"


def plan_lines(plan: Plan) -> list[str]:
    """Say what will be done, a line a resource, with the fields that differ below it, by name."""
    plan = in_words(plan)
    replaced = {s.address for s in plan.steps if s.replaces and s.action is Action.CREATE}
    deleted = {s.address for s in plan.steps if not s.replaces and s.action is Action.DELETE}
    lines: list[str] = []
    for step in plan.changes:
        if step.action is Action.DELETE and step.address in replaced:
            continue
        lines += _step_lines(step, deleted)
    return lines


def _step_lines(step: Step, deleted: Collection[Address]) -> list[str]:
    if step.replaces:
        goes = "deleted" if step.because in deleted else "replaced"
        why = f" because {step.because} is {goes}" if step.because else ""
        lines = [f"  {_REPLACE} {step.address}  replace{why}"]
    else:
        lines = [f"  {_SYMBOLS[step.action]} {step.address}  {step.action.value}"]
    for difference in step.differences:
        forces = "" if difference.in_place else "  (forces replacement)"
        lines.append(f"      {_change(difference)}{forces}")
    return lines


def _change(difference: Difference) -> str:
    """Say what a field becomes; one of several that comes or goes, such as a rule, alone."""
    have, want = difference.have, difference.want
    if want is None and isinstance(have, Mapping):
        return f"- {difference.field}: {_value(have)}"
    if have is None and isinstance(want, Mapping):
        return f"+ {difference.field}: {_value(want)}"
    return f"{difference.field}: {_value(have)} -> {_value(want)}"


def _value(value: object) -> str:
    """Write a value as JSON; what is not known yet is no text of anybody's."""
    return json.dumps(value, ensure_ascii=False).replace(f'"{UNKNOWN}"', UNKNOWN)


def counts_line(plan: Plan) -> str:
    """Say how many of what: ``9 to create, 1 to delete``."""
    counts = {name: n for name, n in plan.counts.items() if n and name != "keep"}
    kept = plan.counts["keep"]
    if not counts:
        return f"nothing to do: all {kept} as they should be" if kept else "nothing to do"
    told = ", ".join(f"{number} to {name}" for name, number in counts.items())
    return told + (f", {kept} to keep" if kept else "")


def drift_lines(scenario: str, drift: Sequence[Drifted]) -> list[str]:
    """Say where the cloud is not what the scenario says, field by field."""
    if not drift:
        return [f'scenario "{scenario}": no drift']
    number = len(drift)
    told = "1 resource is not as it" if number == 1 else f"{number} resources are not as they"
    lines = [f'scenario "{scenario}": {told} should be']
    for each in drift:
        lines.append(f"  {_DRIFT_SYMBOLS[each.how]} {each.address}  {_DRIFT_WORDS[each.how]}")
        for difference in each.differences:
            have, want = _value(difference.have), _value(difference.want)
            lines.append(f"      {difference.field}: is {have}, should be {want}")
    return lines


_DRIFT_SYMBOLS = {"missing": "-", "changed": "~", "extra": "+"}
_DRIFT_WORDS = {
    "missing": "is not in the cloud",
    "changed": "has been changed",
    "extra": "does not stand in the file",
}


_DONE = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted"}


def outcome_line(outcome: Outcome) -> str:
    """Say how a step ended; empty where nobody needs to know."""
    step = outcome.step
    if outcome.result is Result.FAILED:
        hint = f"\n    hint: {outcome.error.hint}" if outcome.error and outcome.error.hint else ""
        return f"  ✗ {step.address}  {outcome.error}{hint}"
    if outcome.result is Result.SKIPPED:
        return f"    {step.address}  not begun, because {outcome.blamed} failed"
    if outcome.result is Result.STOPPED:
        return f"    {step.address}  not begun"
    if step.action is Action.KEEP:
        return ""
    return (
        f"  {_SYMBOLS[step.action]} {step.address}  {_DONE[step.action]}  {outcome.seconds:.1f} s"
    )


def summary_line(
    outcomes: Iterable[Outcome], *, seconds: float, requests: int | None = None
) -> str:
    """Say what a run came to: ``9 created in 5.1 s with 24 requests``.

    Args:
        requests: None where they were somebody else's.
    """
    done: dict[str, int] = {}
    for outcome in outcomes:
        if outcome.result is Result.DONE and outcome.step.action is not Action.KEEP:
            word = _DONE[outcome.step.action]
            done[word] = done.get(word, 0) + 1
    told = ", ".join(f"{number} {word}" for word, number in done.items()) or "nothing changed"
    with_requests = "" if requests is None else f" with {requests} requests"
    return f"{told} in {seconds:.1f} s{with_requests}"
