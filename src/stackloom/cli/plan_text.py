# SPDX-License-Identifier: Apache-2.0
"""A plan, and what became of it, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable

from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.plan import Action, Plan, Step

_SYMBOLS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.KEEP: " "}
_REPLACE = "±"


def plan_lines(plan: Plan) -> list[str]:
    """Say what will be done, a line a resource, with the fields that differ below it."""
    replaced = {s.address for s in plan.steps if s.replaces and s.action is Action.CREATE}
    lines: list[str] = []
    for step in plan.changes:
        if step.action is Action.DELETE and step.address in replaced:
            continue
        lines += _step_lines(step)
    return lines


def _step_lines(step: Step) -> list[str]:
    if step.replaces:
        why = f" because {step.because} is replaced" if step.because else ""
        lines = [f"  {_REPLACE} {step.address}  replace{why}"]
    else:
        lines = [f"  {_SYMBOLS[step.action]} {step.address}  {step.action.value}"]
    for difference in step.differences:
        have, want = json.dumps(difference.have), json.dumps(difference.want)
        forces = "" if difference.in_place else "  (forces replacement)"
        lines.append(f"      {difference.field}: {have} -> {want}{forces}")
    return lines


def counts_line(plan: Plan) -> str:
    """Say how many of what: ``9 to create, 1 to delete``."""
    counts = {name: n for name, n in plan.counts.items() if n and name != "keep"}
    kept = plan.counts["keep"]
    if not counts:
        return f"nothing to do: all {kept} as they should be" if kept else "nothing to do"
    told = ", ".join(f"{number} to {name}" for name, number in counts.items())
    return told + (f", {kept} to keep" if kept else "")


def plan_document(plan: Plan) -> dict[str, object]:
    """Return a plan as plain values."""
    return {
        "scenario": plan.scenario,
        "counts": plan.counts,
        "steps": [
            {
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
            }
            for step in plan.steps
        ],
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


def summary_line(outcomes: Iterable[Outcome], *, seconds: float, requests: int) -> str:
    """Say what a run came to: ``9 created in 5.1 s, 24 requests``."""
    done: dict[str, int] = {}
    for outcome in outcomes:
        if outcome.result is Result.DONE and outcome.step.action is not Action.KEEP:
            word = _DONE[outcome.step.action]
            done[word] = done.get(word, 0) + 1
    told = ", ".join(f"{number} {word}" for word, number in done.items()) or "nothing changed"
    return f"{told} in {seconds:.1f} s with {requests} requests"
