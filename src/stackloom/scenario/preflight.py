# SPDX-License-Identifier: Apache-2.0
"""What a cloud will refuse of a plan, found out before anything is made. Pure.

What is certain is a problem: an extension that is not there, an image that is not active. What may
only go wrong is a warning: quotas, for a service counts late and some clouds tell fancy numbers,
and rights, for an operator may have changed the policies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from stackloom.cloud.kind import Fault, Ids, Requirement
from stackloom.cloud.mark import Address
from stackloom.scenario.attributes import filled
from stackloom.scenario.model import Kinds, Scenario
from stackloom.scenario.plan import Action, Plan, Step

_ADMINISTRATORS = frozenset({"admin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a quota allows, and what of it is taken; -1 allows everything."""

    limit: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a cloud offers to the token's project.

    Attributes:
        extensions: the aliases of Neutron's; None where nobody asked.
        roles: the names of the token's.
        room: by ``service.resource``, such as ``compute.cores``; what is not known is left out.
    """

    extensions: Collection[str] | None = None
    roles: Collection[str] = ()
    room: Mapping[str, Room] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that will, or may, be refused."""

    address: Address | None
    fault: Fault
    is_certain: bool


def changing(plan: Plan) -> list[Step]:
    """Return the steps that make or change something."""
    return [step for step in plan.steps if step.action in {Action.CREATE, Action.UPDATE}]


def requirements(kinds: Kinds, scenario: Scenario) -> dict[Address, list[Requirement]]:
    """Return what the specs of a scenario need of the cloud."""
    result: dict[Address, list[Requirement]] = {}
    for address, spec in scenario.specs.items():
        declaration = kinds[address.kind].declaration
        if declaration and (needed := list(declaration.requires(spec))):
            result[address] = needed
    return result


def findings(
    kinds: Kinds, scenario: Scenario, plan: Plan, conditions: Conditions, ids: Ids
) -> Iterator[Finding]:
    """Yield what a plan will meet."""
    needed = requirements(kinds, scenario)
    for step in changing(plan):
        yield from _unmet(step.address, needed.get(step.address, ()), conditions)
        declaration = kinds[step.address.kind].declaration
        if declaration is None or step.spec is None:
            continue
        late = step.address in scenario.late
        spec = filled(step.spec, kinds, ids) if late else step.spec
        for fault in declaration.check(spec, ids):
            yield Finding(address=step.address, fault=fault, is_certain=True)
    yield from _beyond_quota(kinds, plan, conditions, ids)


def _unmet(
    address: Address, needed: Collection[Requirement], conditions: Conditions
) -> Iterator[Finding]:
    for each in needed:
        missing = (
            each.extension
            and conditions.extensions is not None
            and each.extension not in conditions.extensions
        )
        if missing:
            message = f'this cloud\'s Neutron lacks the extension "{each.extension}" for it'
            hint = "leave it out, or ask the operator; stackloom extension list shows what is there"
            fault = Fault(place=each.place, message=message, hint=hint)
            yield Finding(address=address, fault=fault, is_certain=True)
        if each.admin and not _ADMINISTRATORS & set(conditions.roles):
            roles = ", ".join(sorted(conditions.roles)) or "none"
            field = next(
                (f'"{step}"' for step in reversed(each.place) if isinstance(step, str)), ""
            )
            message = f"by default only an administrator may say {field or 'this'}"
            message += f"; your roles here: {roles}"
            fault = Fault(place=each.place, message=message)
            yield Finding(address=address, fault=fault, is_certain=False)


def consumption(kinds: Kinds, plan: Plan, ids: Ids) -> Counter[str]:
    """Return what a plan takes in all; what is replaced takes no more than it did."""
    total: Counter[str] = Counter()
    for step in plan.steps:
        declaration = kinds[step.address.kind].declaration
        if declaration and step.spec and step.action is Action.CREATE and not step.replaces:
            total.update(declaration.consumes(step.spec, ids))
    return total


def _beyond_quota(kinds: Kinds, plan: Plan, conditions: Conditions, ids: Ids) -> Iterator[Finding]:
    for name, wanted in sorted(consumption(kinds, plan, ids).items()):
        room = conditions.room.get(name)
        if room is None or room.limit < 0 or room.used + wanted <= room.limit:
            continue
        service, _, resource = name.partition(".")
        message = (
            f"{service} quota: {wanted} more {resource} wanted, {room.used} of {room.limit} in use"
        )
        yield Finding(address=None, fault=Fault(place=(), message=message), is_certain=False)
