# SPDX-License-Identifier: Apache-2.0
"""What the engine knows, as structs of the wire: plans, resources, outputs. No secrets. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import msgspec

from stackloom import operations
from stackloom.cloud.kind import Difference
from stackloom.operations import Planned
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.plan import Action, Step, StepKey
from stackloom.scenario.planner import is_at_rest
from stackloom.scenario.saved_plan import plan_document
from stackloom.scenario.secrecy import STARS
from stackloom.service.database.endings import SeenResource
from stackloom.wire.plan import Counts, FieldDifference, PlanStep
from stackloom.wire.resource import Output, ResourceCondition


def steps_of(planned: Planned) -> tuple[PlanStep, ...]:
    """Return the steps of a plan, all of them."""
    document = msgspec.to_builtins(plan_document(planned.shown))
    return msgspec.convert(document["steps"], tuple[PlanStep, ...])


def counts_of(planned: Planned) -> Counts:
    """Return how many resources a plan creates, updates, replaces, deletes and keeps."""
    return Counts(**planned.plan.counts)


def picture_of(planned: Planned) -> bytes:
    """Return the picture of a plan as JSON, to be read back as ``overlay.Picture``."""
    return msgspec.json.encode(operations.planned_topology(planned))


def resources_found(planned: Planned) -> tuple[SeenResource, ...]:
    """Return what there is before a plan is carried out, and how it differs."""
    return _seen(planned, _found)


def resources_left(planned: Planned, outcomes: Iterable[Outcome]) -> tuple[SeenResource, ...]:
    """Return what there is after a plan was carried out, as far as it was."""
    by_key = {each.step.key: each for each in outcomes}

    def left(step: Step) -> _Told:
        outcome = by_key.get(step.key)
        if outcome and outcome.result is Result.DONE:
            return None if step.action is Action.DELETE else ("in_sync", outcome.id or None)
        if step.action is not Action.CREATE:
            return _found(step)
        if outcome and outcome.id:  # made, and not usable
            return "changed", outcome.id
        other_half = by_key.get(StepKey(step.address, deletes=True))
        is_gone = other_half is not None and other_half.result is Result.DONE
        return ("missing", None) if is_gone else _found(step)

    return _seen(planned, left)


_Told = tuple[ResourceCondition, str | None] | None
"""How something is, and its id in the cloud; None where there is nothing to tell of."""


def _seen(planned: Planned, condition: Callable[[Step], _Told]) -> tuple[SeenResource, ...]:
    """Return a row for each address."""
    rows: dict[str, SeenResource] = {}
    hide = planned.scenario.hide
    # Of a replacement, and of a double beside the one that stays, what is to be there comes last.
    for step in sorted(planned.shown.steps, key=lambda step: step.action is not Action.DELETE):
        address = str(step.address)
        told = None if _is_resting(step) else condition(step)
        if told is None:
            rows.pop(address, None)
            continue
        how, id = told
        before = rows.get(address)
        rows[address] = SeenResource(
            address=address,
            kind=step.address.kind,
            cloud_id=id or (before.cloud_id if before and how != "missing" else None),
            name=hide(_name(step)),
            condition=how,
            differences=tuple(map(_difference, step.differences)) if how == "changed" else (),
            needs=tuple(sorted({str(key.address) for key in step.needs if not key.deletes})),
        )
    return tuple(rows[address] for address in sorted(rows))


def _found(step: Step) -> _Told:
    """Return how something is that no step has touched."""
    id = step.state.id if step.state is not None else None
    # What is only replaced together with another is as it should be.
    replaced: ResourceCondition = "in_sync" if step.because else "changed"
    if step.action is Action.CREATE:
        return (replaced, id) if step.replaces else ("missing", None)
    if step.action is Action.DELETE:
        return (replaced, id) if step.replaces else ("unmanaged", id)
    return ("in_sync" if step.action is Action.KEEP else "changed"), id


def _is_resting(step: Step) -> bool:
    """Return whether a side of something says nothing by itself, such as a group without rules."""
    if step.state is None or step.action not in {Action.KEEP, Action.DELETE}:
        return False
    return is_at_rest(operations.KINDS, step.address, step.state)


def _name(step: Step) -> str:
    """Return what the cloud calls it, or what the scenario does before the cloud knows it."""
    for thing in (step.state, step.spec):
        name = getattr(thing, "name", None)
        if isinstance(name, str) and name:
            return name
    return step.address.name


def _difference(difference: Difference) -> FieldDifference:
    have, want = msgspec.to_builtins([difference.have, difference.want])
    return FieldDifference(
        field=difference.field, have=have, want=want, in_place=difference.in_place
    )


def outputs_of(
    values: Mapping[str, Any], hide: Callable[[str], str], *, secret: Collection[str] = ()
) -> tuple[Output, ...]:
    """Return what a scenario tells, by name, with stars for what is secret.

    Args:
        secret: the outputs that the scenario says are; of these nothing is kept but that they are.
    """
    return tuple(
        Output(
            name=name,
            value=STARS if name in secret else _hidden(value, hide),
            is_known=_is_known(value),
        )
        for name, value in sorted(values.items())
    )


def _is_known(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_known, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_known, value))
    return value is not None


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _hidden(each, hide) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(each, hide) for each in value]
    return hide(value) if isinstance(value, str) else msgspec.to_builtins(value)
