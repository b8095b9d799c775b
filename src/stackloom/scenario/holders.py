# SPDX-License-Identifier: Apache-2.0
"""Say who holds on to what cannot be deleted: Neutron names ids, a person wants names."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from typing import Any

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.mark import read_mark
from stackloom.cloud.verbs import list_states
from stackloom.errors import Conflict, StackloomError
from stackloom.scenario.model import Kinds

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What Neutron's refusals name: neutron_lib/exceptions/__init__.py, ``NetworkInUse`` and its like,
# 2026.2. Ports come first, for most of what is in use is so because of a port.
_HOLDING_KINDS = ("port", "floating_ip", "subnet", "router", "security_group")
_MOST_NAMED = 5


async def explained(cloud: Cloud, kinds: Kinds, error: Conflict) -> Conflict:
    """Return *error* with a hint that names what is in the way.

    One more request or two, and only where something failed; where even that fails, the error stays
    as it was.
    """
    ids = set(_ID.findall(error.message)) - set(_ID.findall(error.url))
    if error.hint or not ids or not error.kind:
        return error
    try:
        holders = [line async for line in _holders(cloud, kinds, ids)]
    except StackloomError:
        return error
    if holders:
        named = ", ".join(holders[:_MOST_NAMED])
        more = f" and {len(holders) - _MOST_NAMED} more" if len(holders) > _MOST_NAMED else ""
        error.hint = f"in the way: {named}{more}; delete or detach it, then run the command again"
    return error


async def _holders(cloud: Cloud, kinds: Kinds, ids: set[str]) -> AsyncIterator[str]:
    left = set(ids)
    for name in _HOLDING_KINDS:
        if name not in kinds or not left:
            continue
        async for state in list_states(cloud, kinds[name], {"id": sorted(left)}):
            left.discard(state.id)
            yield _in_words(name, state)


def _in_words(kind: str, state: Any) -> str:
    """Say what it is, whose, and what it serves: ``port "db" (id) of compute:nova id``."""
    label = (
        f'{kind.replace("_", " ")} "{state.name}" ({state.id})'
        if state.name
        else (f"{kind.replace('_', ' ')} {state.id}")
    )
    mark = read_mark(state.description)
    whose = [f'of scenario "{mark.scenario}"' if mark else "not made by a scenario"]
    serves: Iterable[str] = filter(
        None, (getattr(state, "device_owner", ""), getattr(state, "device_id", ""))
    )
    served = " ".join(serves)
    return ", ".join([label, *whose, *([f"serves {served}"] if served else [])])
