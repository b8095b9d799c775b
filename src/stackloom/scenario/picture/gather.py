# SPDX-License-Identifier: Apache-2.0
"""Ask kinds what specs and states look like, and give what is ours the same keys everywhere. Pure.

Whatever carries a scenario's mark has its address for a key, from wherever it is drawn: so a
network is the same thing in the file's picture, in the cloud's and in the plan's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from stackloom.cloud.kind import Declared, Listed
from stackloom.cloud.mark import Address
from stackloom.cloud.sketch import Bar, Leg, Part
from stackloom.scenario.model import Kinds

_REFERRING = ("key", "bar", "box", "port", "on")


def parts_of_spec(kinds: Kinds, address: Address, specs: Declared) -> Iterator[Part]:
    """Yield what one of several specs will look like."""
    declaration = kinds[address.kind].declaration
    assert declaration is not None, "only declared kinds are read"
    yield from declaration.sketch(address, specs[address], specs)


def parts_of_specs(kinds: Kinds, specs: Declared) -> list[Part]:
    """Return what specs will look like."""
    return [part for address in specs for part in parts_of_spec(kinds, address, specs)]


def parts_of_state(
    kinds: Kinds, address: Address, state: Any, names: Mapping[str, str]
) -> Iterator[Part]:
    """Yield what a state looks like.

    Args:
        state: of the kind that the address names.
        names: the addresses of what is known, by the cloud's ids.
    """
    for part in kinds[address.kind].sketch(state):
        given = {name: getattr(part, name) for name in _REFERRING if hasattr(part, name)}
        known = {name: names[id] for name, id in given.items() if id in names}
        yield msgspec.structs.replace(part, **known) if known else part


def parts_of_states(kinds: Kinds, states: Mapping[Address, Any]) -> list[Part]:
    """Return what states look like, each of the kind that its address names."""
    names = {state.id: str(address) for address, state in states.items()}
    return [
        part
        for address, state in sorted(states.items())
        for part in parts_of_state(kinds, address, state, names)
    ]


def parts_of_lists(kinds: Kinds, listed: Listed) -> list[Part]:
    """Return what lists of states look like, by kind; keys are the cloud's ids."""
    return [
        part
        for kind, states in listed.items()
        for state in states
        for part in kinds[kind].sketch(state)
    ]


def unnamed_bars(parts: Iterable[Part]) -> set[str]:
    """Return the keys of networks that something stands on and whose names nobody has said."""
    everything = list(parts)
    named = {part.key for part in everything if isinstance(part, Bar) and part.label}
    return {part.bar for part in everything if isinstance(part, Leg)} - named
