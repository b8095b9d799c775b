# SPDX-License-Identifier: Apache-2.0
"""Decide what to do: compare what is asked for with what is there. Pure.

Rules:

* What the scenario has and the cloud has not is created, the other way round deleted.
* A field that differs is updated in place where the API can; otherwise the resource is replaced,
  and with it everything that cannot do without it, for its id goes away. What can be pointed at
  the new one in place, is.
* Creates wait for what they need. Deletes wait for whatever holds on to the deleted: until that is
  deleted as well, or an update has let go.
* An update waits for the deletes of what stands on it: a volume that is detached grows afterwards,
  for Cinder does one of both at a time. Not where a delete may wait for that update.
* What leaves with another, such as the subnets of a network, costs no request of its own; so nobody
  else's may be among it.
* The creates of a kind wait for all deletes of that kind: addresses, ranges and names become free
  before they are taken again. ``Step.after_deletes`` says so. Only what an update needs before it
  can let go of something deleted does not wait, for that would be a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from stackloom.cloud.kind import UNKNOWN, Difference, Spec
from stackloom.cloud.mark import Address
from stackloom.errors import Cycle
from stackloom.scenario.attributes import filled
from stackloom.scenario.graph import everything_before, everything_behind, find_cycle, in_order
from stackloom.scenario.model import Kinds, Scenario, bonds, needs, references
from stackloom.scenario.plan import Action, Found, Plan, Step, StepKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What the cloud has of a scenario.

    Attributes:
        states: every resource that carries its mark, by address.
        doubles: further resources with a mark that is already taken: duplicates, to be deleted.
        found: what specs name outside the scenario.
        strangers: what would go away with something of the scenario without being part of it, in
            words, by the id of the latter.
    """

    states: Mapping[Address, Any] = field(default_factory=dict)
    doubles: Mapping[Address, Sequence[Any]] = field(default_factory=dict)
    found: Mapping[tuple[str, str], Found] = field(default_factory=dict)
    strangers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class KnownIds:
    """The ids of what exists, for the kinds' pure functions; see ``cloud.kind.Ids``."""

    def __init__(
        self,
        ids: Mapping[Address, str],
        found: Mapping[tuple[str, str], Found],
        states: Mapping[Address, Any] = MappingProxyType({}),
    ) -> None:
        self._ids = ids
        self._found = found
        self._states = states

    def __call__(self, kind: str, name: str) -> str:
        """Return the id, ``UNKNOWN`` where it does not exist yet."""
        known = self._ids.get(Address(kind, name))
        if known is not None:
            return known
        found = self._found.get((kind, name))
        return found.id if found else UNKNOWN

    def cloud_name(self, kind: str, name: str) -> str:
        """Return the name in the cloud."""
        found = self._found.get((kind, name))
        return found.name if found else name

    def state(self, kind: str, name: str) -> Any:
        """Return the state, None where it does not exist yet."""
        state = self._states.get(Address(kind, name))
        if state is None and (found := self._found.get((kind, name))):
            return found.state
        return state


def make_plan(kinds: Kinds, scenario: Scenario, observed: Observed) -> Plan:
    """Plan how to get from *observed* to *scenario*; one without specs plans its destruction.

    Raises:
        Cycle: resources of the scenario need each other in a circle.
    """
    specs = scenario.specs
    wanted_needs = needs(kinds, scenario)
    if circle := find_cycle(wanted_needs):
        raise Cycle([str(address) for address in circle])
    changes, replaced = _changes(kinds, scenario, observed, wanted_needs)
    gone = {
        address: state
        for address, state in observed.states.items()
        if address not in specs and not is_at_rest(kinds, address, state)
    }
    gone |= {address: observed.states[address] for address in replaced}
    deletes = _delete_steps(kinds, gone, observed, replaced)
    others = [
        _step(address, spec, changes.get(address, ()), replaced, observed)
        for address, spec in specs.items()
    ]
    steps = _with_needs(kinds, deletes, others, wanted_needs)
    return Plan(scenario=scenario.name, steps=_in_order(steps), found=observed.found)


def is_at_rest(kinds: Kinds, address: Address, state: Any) -> bool:
    """Tell whether there is nothing to take back: a facet as it is where nobody asks for one."""
    declaration = kinds[address.kind].declaration
    return declaration is not None and declaration.at_rest(state)


Changes = dict[Address, tuple[Difference, ...]]


def _changes(
    kinds: Kinds,
    scenario: Scenario,
    observed: Observed,
    wanted_needs: Mapping[Address, set[Address]],
) -> tuple[Changes, dict[Address, Address | None]]:
    """Return what differs, and what is replaced: for its own sake, or because of which other.

    What points to something replaced is compared once more without it, which may replace more. What
    leaves with something that nobody asks for any more, and is asked for itself, is made again; so
    is what would stay on a part that goes.
    """
    tied = bonds(kinds, scenario.specs)
    leaving = _leaving_though_wanted(kinds, scenario, observed)
    holding = _Holders(kinds, scenario, observed)
    comparison = _Comparison(kinds, scenario, observed)
    changes = {each: comparison.of(each) for each in scenario.specs if each in observed.states}
    replaced: set[Address] = set()
    while True:
        own = {each for each, found in changes.items() if not all(d.in_place for d in found)}
        leaving = {**holding.of_parts_that_go(replaced), **leaving}
        grown = everything_behind(own | leaving.keys() | replaced, tied) & observed.states.keys()
        new = grown - replaced
        if not new:
            break
        replaced = grown
        comparison.forget(new)
        behind = {a for a, needed in wanted_needs.items() if needed & new} - replaced
        changes |= {each: comparison.of(each) for each in behind & changes.keys()}
    because: dict[Address, Address | None] = {}
    for address in sorted(replaced):
        forcing = min(tied[address] & replaced, default=leaving.get(address))
        because[address] = None if address in own else forcing
    return changes, because


def _leaving_though_wanted(
    kinds: Kinds, scenario: Scenario, observed: Observed
) -> dict[Address, Address]:
    """Return what is asked for and goes all the same, each with what it goes with.

    A port goes with the leg of a router that it is.
    """
    gone = {
        state.id: address
        for address, state in observed.states.items()
        if address not in scenario.specs and not is_at_rest(kinds, address, state)
    }
    result: dict[Address, Address] = {}
    for address in scenario.specs.keys() & observed.states.keys() if gone else ():
        declaration = kinds[address.kind].declaration
        owner = declaration.leaves_with(observed.states[address]) if declaration else ""
        if owner in gone:
            result[address] = gone[owner]
    return result


class _Holders:
    """Knows who stands on parts: a server on a subnet of its network.

    Its fields name the network alone, so no update would let go of a subnet. And where a subnet is
    replaced, whoever stands on it cannot stay until the new one is there: both would be there for a
    while, and what is made then might get an address of the old one.
    """

    def __init__(self, kinds: Kinds, scenario: Scenario, observed: Observed) -> None:
        self._kinds = kinds
        self._specs = scenario.specs
        self._observed = observed
        self._parts = {
            address: state
            for address, state in observed.states.items()
            if (declaration := kinds[address.kind].declaration) and declaration.part_of
        }

    def of_parts_that_go(self, replaced: set[Address]) -> dict[Address, Address]:
        """Return who holds a part that is replaced or no longer asked for, and which part."""
        going = {
            state.id: (address, set(self._needs(address, state)))
            for address, state in self._parts.items()
            if address in replaced or address not in self._specs
        }
        result: dict[Address, Address] = {}
        for address in self._specs.keys() & self._observed.states.keys() if going else ():
            whole = {
                self._observed.states[reference.address].id
                for reference in references(self._kinds, address, self._specs[address])
                if reference.whole and reference.address in self._observed.states
            }
            for id in self._needs(address, self._observed.states[address]):
                part, owners = going.get(id, (address, set()))
                if part != address and (part in replaced or owners & whole):
                    result[address] = part
        return result

    def _needs(self, address: Address, state: Any) -> Iterable[str]:
        declaration = self._kinds[address.kind].declaration
        return declaration.needs(state) if declaration else ()


class _Comparison:
    """Compares resources with what is asked for, by the ids that stay."""

    def __init__(self, kinds: Kinds, scenario: Scenario, observed: Observed) -> None:
        self._kinds = kinds
        self._scenario = scenario
        self._observed = observed
        self._staying = dict(observed.states)
        self._know()

    def _know(self) -> None:
        ids = {address: state.id for address, state in self._staying.items()}
        self._known = KnownIds(ids, self._observed.found, self._staying)

    def forget(self, addresses: set[Address]) -> None:
        """Compare from now on without the ids of these."""
        self._staying = {a: s for a, s in self._staying.items() if a not in addresses}
        self._know()

    def of(self, address: Address) -> tuple[Difference, ...]:
        """Return where one resource differs."""
        declaration = self._kinds[address.kind].declaration
        assert declaration is not None, "only declared kinds are in a scenario"
        spec = self._scenario.specs[address]
        if address in self._scenario.late:
            spec = filled(spec, self._kinds, self._known)
        state = self._observed.states[address]
        mark = self._scenario.mark(address)
        return tuple(declaration.compare(address, spec, state, mark, self._known))


def _step(
    address: Address,
    spec: Spec,
    changes: tuple[Difference, ...],
    replaced: Mapping[Address, Address | None],
    observed: Observed,
) -> Step:
    state = observed.states.get(address)
    if state is not None and address not in replaced:
        action = Action.UPDATE if changes else Action.KEEP
        return Step(address=address, action=action, spec=spec, state=state, differences=changes)
    return Step(
        address=address,
        action=Action.CREATE,
        spec=spec,
        differences=tuple(each for each in changes if not each.in_place),
        replaces=address in replaced,
        because=replaced.get(address),
    )


def _delete_steps(
    kinds: Kinds,
    gone: Mapping[Address, Any],
    observed: Observed,
    replaced: Mapping[Address, Address | None],
) -> list[Step]:
    steps = [
        Step(
            address=address,
            action=Action.DELETE,
            state=state,
            replaces=address in replaced,
            blocked_by=tuple(observed.strangers.get(state.id, ())),
        )
        for address, state in gone.items()
    ]
    for address, states in observed.doubles.items():
        # A double has no address of its own; it goes by the id that tells it apart.
        steps += [
            Step(
                address=Address(address.kind, f"{address.name}@{state.id}"),
                action=Action.DELETE,
                state=state,
            )
            for state in states
        ]
    assert all(step.address.kind in kinds for step in steps), "marks of unknown kinds are left out"
    return steps


def _with_needs(
    kinds: Kinds,
    deletes: Sequence[Step],
    others: Sequence[Step],
    wanted_needs: Mapping[Address, set[Address]],
) -> list[Step]:
    updates = [step for step in others if step.action is Action.UPDATE]
    delete_needs = _delete_needs(kinds, deletes, (*deletes, *updates))
    letting_go = {
        key.address for needs in delete_needs.values() for key in needs if not key.deletes
    }
    early = everything_before(letting_go, wanted_needs)
    standing_on = _standing_on(kinds, deletes, [u for u in updates if u.address not in early])
    with_others = _leaving(kinds, deletes, delete_needs)
    return [
        replace(
            step,
            needs=frozenset(delete_needs[step.key]),
            leaves_with=with_others.get(step.key),
        )
        for step in deletes
    ] + [
        replace(
            step,
            needs=frozenset(StepKey(each) for each in wanted_needs[step.address])
            | standing_on.get(step.address, frozenset()),
            after_deletes=step.action is Action.CREATE and step.address not in early,
        )
        for step in others
    ]


def _standing_on(
    kinds: Kinds, deletes: Sequence[Step], updates: Sequence[Step]
) -> dict[Address, frozenset[StepKey]]:
    """Return, for each update, the deletes of what stands on it."""
    by_id = {step.state.id: step.address for step in updates}
    found: dict[Address, set[StepKey]] = {}
    for step in deletes if by_id else ():
        declaration = kinds[step.address.kind].declaration
        for id in declaration.needs(step.state) if declaration else ():
            if id in by_id:
                found.setdefault(by_id[id], set()).add(step.key)
    return {address: frozenset(keys) for address, keys in found.items()}


def _leaving(
    kinds: Kinds, deletes: Sequence[Step], delete_needs: dict[StepKey, set[StepKey]]
) -> dict[StepKey, StepKey]:
    """Return which delete does the work of which other, and let it wait in the other's place."""
    by_id = {step.state.id: step.key for step in deletes}
    result: dict[StepKey, StepKey] = {}
    for step in deletes:
        declaration = kinds[step.address.kind].declaration
        owner = by_id.get(declaration.leaves_with(step.state)) if declaration else None
        if owner is not None and owner != step.key:
            result[step.key] = owner
    for leaving, owner in result.items():
        while owner in result:
            owner = result[owner]  # noqa: PLW2901 - with the owner of its owner
        result[leaving] = owner
        delete_needs[owner] |= delete_needs[leaving]
        delete_needs[leaving] = {owner}
    for owner in set(result.values()):
        delete_needs[owner] -= {each for each, its in result.items() if its == owner} | {owner}
    return result


def _delete_needs(
    kinds: Kinds, deletes: Sequence[Step], holders: Sequence[Step]
) -> dict[StepKey, set[StepKey]]:
    """Return, for each delete, the steps that let go of what is deleted."""
    by_id = {step.state.id: step.key for step in deletes}
    result: dict[StepKey, set[StepKey]] = {step.key: set() for step in deletes}
    for holder in holders:
        declaration = kinds[holder.address.kind].declaration
        for id in declaration.needs(holder.state) if declaration else ():
            if id in by_id and by_id[id] != holder.key:
                result[by_id[id]].add(holder.key)
    return result


def _in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps so that each comes after those it waits for, otherwise as they stood."""
    graph: dict[StepKey | str, set[StepKey | str]] = {}
    for step in steps:
        graph[step.key] = {*step.needs}
        # All deletes of a kind are one node, or their number would multiply that of the creates.
        kind_deleted = graph.setdefault(step.address.kind, set())
        if step.action is Action.DELETE:
            kind_deleted.add(step.key)
        elif step.after_deletes:
            graph[step.key].add(step.address.kind)
    if circle := find_cycle(graph):
        raise Cycle([str(key.address) for key in circle if isinstance(key, StepKey)])
    by_key = {step.key: step for step in steps}
    return tuple(by_key[key] for key in in_order(graph) if isinstance(key, StepKey))
