# SPDX-License-Identifier: Apache-2.0
"""A kind at hand for a command: imported, its names looked up, its bodies checked, its words.

What the commands on kinds share with those that have a file of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Invocation
from stackloom.cli.fields import Field, InDomain, Lookup, Name, lookups, with_ids
from stackloom.errors import Forbidden, StackloomError, UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind, State

WAIT_SECONDS = 600.0
_ID_LENGTH = 32


def load_kind(module: str) -> Kind[Any]:
    """Import a kind by its module, such as ``network.network``."""
    import importlib

    from stackloom.cloud.kind import Kind

    kind = importlib.import_module(f"stackloom.resources.{module}").KIND
    assert isinstance(kind, Kind), f"{module} must define KIND"
    return kind


async def find_ids(cloud: Cloud, wanted: Sequence[tuple[str, Name]]) -> Lookup:
    """Look up ``(kind module, name or id)`` one after the other, and return their ids."""
    return {named: state.id for named, state in (await _find_states(cloud, wanted)).items()}


async def _find_states(
    cloud: Cloud, wanted: Sequence[tuple[str, Name]]
) -> dict[tuple[str, Name], State]:
    return {(module, name): await _find_state(cloud, module, name) for module, name in wanted}


async def _find_state(cloud: Cloud, module: str, wanted: Name) -> State:
    """Look one up; who may not look at those of Keystone may still say an id."""
    from stackloom.cloud.verbs import find

    within: dict[str, str] = {}
    if isinstance(wanted, InDomain):
        within["domain_id"] = (await _find_state(cloud, "identity.domain", wanted.domain)).id
        wanted = wanted.name
    try:
        state: State = await find(cloud, load_kind(module), wanted, within)
    except Forbidden as error:
        if module.startswith("identity.") and _may_be_id(wanted):
            from stackloom.cloud.kind import State as AnyState

            return AnyState(id=wanted)
        if module.startswith("identity."):
            error.hint = f"who may not look at {plural(module)} has to say the id"
        raise
    return state


def _may_be_id(word: str) -> bool:
    """Tell whether a word looks like an id of Keystone's: 32 hexadecimal digits, or the first."""
    is_hexadecimal = len(word) == _ID_LENGTH and not set(word.lower()) - set("0123456789abcdef")
    return is_hexadecimal or word == "default"


async def resolved(cloud: Cloud, given: Sequence[tuple[Field, Any]]) -> list[tuple[Field, Any]]:
    """Return what was given with every name of another resource looked up.

    What such a resource decides stands first, so that what was given itself counts for more.
    """
    found = await _find_states(cloud, lookups(given))
    decided = [
        (Field(flag=each.flag, field=field, add=each.add), getattr(found[each.refers, name], own))
        for each, name in given
        for own, field in each.along.items()
    ]
    return [*decided, *with_ids(given, {named: state.id for named, state in found.items()})]


def checked(body_type: Any, body: Mapping[str, Any]) -> Any:
    """Return *body* as the struct that the kind takes.

    Raises:
        UsageError: a field does not fit; says which.
    """
    import msgspec

    assert body_type is not None, "a kind with this command says what it takes"
    try:
        return msgspec.convert(body, body_type)
    except msgspec.ValidationError as error:
        raise UsageError(f"what was given does not fit: {error}") from error


def watch(cloud: Cloud, kind: Kind[Any]) -> Any:
    """Return what waits for one of a kind, without an event loop."""
    from stackloom.cloud.wait import Watch
    from stackloom.transport.blocking import AloneTurns, blocking_sleep

    return Watch(cloud, kind, sleep=blocking_sleep, turns=AloneTurns)


def plain(state: State) -> Mapping[str, object]:
    """Return every field of a state, as plain values."""
    import msgspec

    fields: Mapping[str, object] = msgspec.to_builtins(state)
    return fields


def words(kind_module: str) -> str:
    """Return a kind's name as people write it: ``network.floating_ip`` is ``floating ip``."""
    return kind_module.rpartition(".")[2].replace("_", " ")


def plural(kind_module: str) -> str:
    """Return it for many of them."""
    name = words(kind_module)
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def with_article(kind_module: str) -> str:
    """Return it with its article: ``a network``, ``an image``."""
    name = words(kind_module)
    return f"an {name}" if name[0] in "aeio" else f"a {name}"


def ask(invocation: Invocation, work: Callable[[Cloud], Awaitable[Any]]) -> Any:
    """Do *work* with the cloud that the options name, without an event loop."""
    from stackloom.cli.connection import ask_cloud

    return ask_cloud(invocation, work)


def each_of(
    invocation: Invocation,
    kind_module: str,
    names: Sequence[str],
    one: Callable[[Cloud, str], Awaitable[None]],
) -> int:
    """Do *one* for every name, tell each failure, and return 1 if there was any."""

    async def work(cloud: Cloud) -> int:
        failed = 0
        for name in names:
            try:
                await one(cloud, name)
            except StackloomError as error:
                failed += 1
                invocation.stderr.write(f"error: {words(kind_module)} {name}: {error}\n")
                if error.hint:
                    invocation.stderr.write(f"hint: {error.hint}\n")
        return 1 if failed else 0

    code: int = ask(invocation, work)
    return code
