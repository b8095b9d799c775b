# SPDX-License-Identifier: Apache-2.0
"""Put a mark on what somebody else made, so that it belongs to a scenario."""

from __future__ import annotations

from typing import Any

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Kind, State
from stackloom.cloud.mark import Address
from stackloom.cloud.together import together
from stackloom.cloud.verbs import call, find, get, list_states
from stackloom.errors import StackloomError, UsageError
from stackloom.scenario.model import Kinds, Scenario
from stackloom.scenario.observe import own_project


async def adopted(
    cloud: Cloud, kinds: Kinds, scenario: Scenario, address: Address, name_or_id: str
) -> State:
    """Put the mark of *address* on what *name_or_id* names, and return it as it is then.

    Raises:
        UsageError: the scenario does not have the address, the kind takes no mark afterwards, or
            it carries one already.
    """
    kind: Kind[State] | None = kinds.get(address.kind)
    if address not in scenario.specs or kind is None or kind.declaration is None:
        known = ", ".join(str(each) for each in scenario.specs if each.kind == address.kind)
        raise UsageError(
            f'scenario "{scenario.name}" has no {address}',
            hint=f"it has: {known or ', '.join(map(str, scenario.specs))}",
        )
    if kind.declaration.adopt is None:
        raise UsageError(
            f"a {kind.words} takes no mark after it was made",
            hint="name it under existing: to use it, or let the scenario make its own",
        )
    query = {kind.project_query: await own_project(cloud)} if kind.project_query else {}
    state = await find(cloud, kind, name_or_id, query)
    state = await get(cloud, kind, state.id)
    if mark := kind.mark(state, {}):
        if mark == scenario.mark(address):
            return state
        raise UsageError(
            f'{kind.words} "{name_or_id}" is {mark.address} of scenario "{mark.scenario}" already'
        )
    await call(cloud, kind, kind.declaration.adopt(state, scenario.mark(address)))
    return await get(cloud, kind, state.id)


async def names_outside(cloud: Cloud, kinds: Kinds) -> dict[tuple[str, str], str]:
    """Return the names of what captured files refer to: images, flavors, networks of others."""
    wanted = [kinds[name] for name in ("image", "flavor", "network") if name in kinds]

    async def named(kind: Any) -> list[State]:
        try:
            return [state async for state in list_states(cloud, kind)]
        except StackloomError:
            return []

    lists = await together(named(kind) for kind in wanted)
    names: dict[tuple[str, str], str] = {}
    for kind, states in zip(wanted, lists, strict=True):
        many = [state.name for state in states]
        # A name that two have says nothing; the id does.
        names |= {
            (kind.name, state.id): state.name
            for state in states
            if state.name and many.count(state.name) == 1
        }
    return names
