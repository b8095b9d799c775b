# SPDX-License-Identifier: Apache-2.0
"""Turn a plan into one picture of what is there and what is to come. Pure.

What is deleted still stands in it, and what is replaced stands once. Between two things, a leg or a
volume on a server, something changes only if the step that tells of it changes something: what a
cloud has added by itself is no change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from stackloom.cloud.kind import Difference
from stackloom.cloud.mark import Address
from stackloom.cloud.sketch import Badge, Box, Leg, Part
from stackloom.scenario.model import Kinds
from stackloom.scenario.picture.gather import parts_of_spec, parts_of_state
from stackloom.scenario.picture.overlay import Change, Picture, Remark, between, gravest
from stackloom.scenario.plan import Action, Plan, Step

_CHANGES = {
    Action.CREATE: Change.CREATE,
    Action.UPDATE: Change.UPDATE,
    Action.DELETE: Change.DELETE,
    Action.KEEP: Change.KEEP,
}
# Longer values, such as user data, are told by the plan in words.
_LONGEST_VALUE = 60
_Pair = tuple[Part | None, Part | None]


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """What is to be drawn, and what is said of it; grows with each address of the plan."""

    parts: list[Part] = field(default_factory=list)
    remarks: dict[str, Remark] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)

    def add(
        self, address: Address, remark: Remark, had: Iterable[Part], wants: Iterable[Part]
    ) -> None:
        """Take what one resource looks like before and after."""
        pairs = _pairs(list(had), list(wants))
        self.remarks[str(address)] = remark
        if remark.change.symbol and not pairs:
            self.elsewhere.append(f"{remark.change.symbol} {address}")
        is_box = any(isinstance(part, Box) for pair in pairs for part in pair)
        for before, after in pairs:
            part = _one(before, after, remark.change)
            if part is None:
                continue
            self.parts.append(part)
            change = _change_between(before, after, remark.change)
            # A group on a server that goes does not go.
            goes_along = isinstance(part, Badge) and is_box and change is remark.change
            if isinstance(part, Leg | Badge) and part.key != str(address) and not goes_along:
                self._remark_between(part, change)

    def tell_of_owner(self, facet: Address, owner: Address) -> None:
        """Say what happens to a facet, such as the rules of a group, of what it is a side of."""
        if str(owner) not in self.remarks:
            return
        own, other = self.remarks[str(owner)], self.remarks.pop(str(facet))
        if own.change is Change.KEEP or other.lines:
            self.remarks[str(owner)] = gravest([own, other])
        sign = f"{other.change.symbol} {facet}"
        self.elsewhere = [line for line in self.elsewhere if line != sign]

    def _remark_between(self, part: Leg | Badge, change: Change) -> None:
        if isinstance(part, Leg):
            key = between(part.box, part.bar, part.key)
        elif part.on:
            key = between(part.on, part.key)
        else:
            return
        if change is not Change.KEEP:
            self.remarks[key] = gravest([self.remarks.get(key, Remark()), Remark(change=change)])


def plan_picture(kinds: Kinds, plan: Plan) -> Picture:
    """Return the picture of a plan, with what happens to each thing in it."""
    names = {found.id: f"{kind}.{name}" for (kind, name), found in plan.found.items()}
    names |= {step.state.id: str(step.address) for step in plan.steps if step.state is not None}
    specs = {step.address: step.spec for step in plan.steps if step.spec is not None}
    steps: dict[Address, list[Step]] = {}
    for step in plan.steps:
        steps.setdefault(step.address, []).append(step)
    gathered = _Gathered()
    for address, same in sorted(steps.items()):
        state = next((step.state for step in same if step.state is not None), None)
        had = parts_of_state(kinds, address, state, names) if state is not None else ()
        wants = parts_of_spec(kinds, address, specs) if address in specs else ()
        gathered.add(address, _remark(same), had, wants)
    for address in steps:
        declaration = kinds[address.kind].declaration
        if declaration and declaration.facet_of:
            gathered.tell_of_owner(address, Address(declaration.facet_of, address.name))
    return Picture(
        parts=tuple(gathered.parts),
        title=plan.scenario,
        remarks=gathered.remarks,
        elsewhere=tuple(gathered.elsewhere),
        has_overlay=True,
    )


def _remark(steps: Sequence[Step]) -> Remark:
    """Return what happens to one resource; a replacement is two steps."""
    # A double, whose mark another one has as well, is deleted beside the one that stays.
    stays = next((step for step in steps if step.action is not Action.DELETE), steps[0])
    change = Change.REPLACE if stays.replaces else _CHANGES[stays.action]
    lines = [_difference(each) for step in steps for each in step.differences]
    lines += [f"because {step.because} is replaced" for step in steps if step.because]
    lines += [f"blocked by {each}" for step in steps for each in step.blocked_by]
    return Remark(change=change, lines=tuple(dict.fromkeys(lines)))


def _difference(difference: Difference) -> str:
    forces = "" if difference.in_place else " (forces replacement)"
    return f"{difference.field}: {_value(difference.have)} → {_value(difference.want)}{forces}"


def _value(value: object) -> str:
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _pairs(had: list[Part], wants: list[Part]) -> list[_Pair]:
    """Join what is the same before and after: equal keys first, then what is in the same place."""
    pairs: list[_Pair] = []
    for place_of in (_identity, _place):
        waiting: dict[object, list[Part]] = {}
        for part in wants:
            waiting.setdefault(place_of(part), []).append(part)
        rest = []
        for part in had:
            same = waiting.get(place_of(part))
            if same:
                pairs.append((part, same.pop(0)))
            else:
                rest.append(part)
        had, wants = rest, [part for same in waiting.values() for part in same]
    pairs += [(part, None) for part in had] + [(None, part) for part in wants]
    return _with_repeated(pairs)


def _with_repeated(pairs: list[_Pair]) -> list[_Pair]:
    """Take a badge that is there before and after, but not equally often, for one that stays."""
    stay = {both[0].key for both in pairs if isinstance(both[0], Badge) and both[1] is not None}
    result: list[_Pair] = []
    for before, after in pairs:
        one = after if before is None else before
        is_repeated = isinstance(one, Badge) and one.key in stay
        result.append((before or after, after or before) if is_repeated else (before, after))
    return result


def _identity(part: Part) -> object:
    between_what = {name: getattr(part, name, "") for name in ("bar", "box", "on")}
    return type(part), part.key, *between_what.values()


def _place(part: Part) -> object:
    """Return a place: a NIC of Nova has no key before, and a group is on its port only later."""
    if isinstance(part, Leg):
        return Leg, part.box, part.bar
    return (Badge, part.key) if isinstance(part, Badge) else _identity(part)


def _one(before: Part | None, after: Part | None, change: Change) -> Part | None:
    """Return a part as it is drawn: what the cloud has, filled in from what is asked for."""
    if before is None:
        # A state that stays tells the truth, except of the name of what it only knows the id of.
        return None if change is Change.KEEP and isinstance(after, Leg | Badge) else after
    if after is None:
        return before
    first, second = (after, before) if change is Change.REPLACE else (before, after)
    names = [name for name in first.__struct_fields__ if not getattr(first, name)]
    if change is Change.REPLACE:
        names = [name for name in names if name not in {"note", "status"}]
    return msgspec.structs.replace(first, **{name: getattr(second, name) for name in names})


def _change_between(before: Part | None, after: Part | None, change: Change) -> Change:
    """Return what happens to a leg or badge whose step does *change*."""
    if change in {Change.KEEP, Change.CREATE, Change.DELETE}:
        return change
    if before is None:
        return Change.CREATE
    if after is None:
        return Change.DELETE
    return change if change is Change.REPLACE else Change.KEEP
