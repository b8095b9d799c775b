# SPDX-License-Identifier: Apache-2.0
"""See what the cloud has: one list a kind, all at once, and the few things looked up by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Kind, Listed
from stackloom.cloud.mark import Address
from stackloom.cloud.together import together
from stackloom.cloud.verbs import find, list_states, the_one
from stackloom.errors import NoEndpoint, NotFound, UnknownName, UsageError
from stackloom.scenario.model import Kinds
from stackloom.scenario.plan import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What carries the marks of one scenario.

    Attributes:
        states: by address.
        doubles: further ones whose mark was taken already. What others stand on is never one
            while there is a choice: to take it away would replace all of them.
        strangers: what leaves with one of them and is not of the scenario, by the id of the former.
    """

    states: Mapping[Address, Any]
    doubles: Mapping[Address, Sequence[Any]]
    strangers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def own_project(cloud: Cloud) -> str:
    """Return the id of the token's project.

    Raises:
        UsageError: it is for none, so there is nothing that could be its own.
    """
    token = await cloud.token()
    if not token.project_id:
        raise UsageError(
            f"the token is for {token.scope}, and scenarios live in a project",
            hint="give a project: --os-project-name, OS_PROJECT_NAME or project_name",
        )
    return token.project_id


async def list_kinds(
    cloud: Cloud, kinds: Kinds, names: Iterable[str], *, known: Listed = MappingProxyType({})
) -> dict[str, list[Any]]:
    """List kinds of the token's project, each with one request and page, all at the same time.

    A kind that this cloud does not have, for lack of a service or an extension, has an empty list.

    Args:
        known: lists that are there already and are not asked for again.

    Raises:
        UsageError: the token is for no project.
    """
    project_id = await own_project(cloud)
    wanted = [kinds[name] for name in _with_sources(kinds, names)]
    plain = [k for k in wanted if k.has_own_list and not k.parent and k.name not in known]
    lists = await together(_list_own(cloud, kind, project_id) for kind in plain)
    raw = {**known, **{kind.name: states for kind, states in zip(plain, lists, strict=True)}}
    below = [kind for kind in wanted if kind.has_own_list and kind.parent]
    lists = await together(_list_below(cloud, kind, raw) for kind in below)
    raw |= {kind.name: states for kind, states in zip(below, lists, strict=True)}
    derived = {kind.name: list(kind.derive(raw)) for kind in wanted if kind.derive}
    return {**{name: list(states) for name, states in raw.items()}, **derived}


async def _list_own(cloud: Cloud, kind: Kind[Any], project_id: str) -> list[Any]:
    query = {kind.project_query: project_id} if kind.project_query else {}
    try:
        return [state async for state in list_states(cloud, kind, query)]
    except (NotFound, NoEndpoint):
        return []


async def _list_below(cloud: Cloud, kind: Kind[Any], listed: Listed) -> list[Any]:
    """List what is below each of its parents that has any; also others' may have some of ours."""
    parent = kind.parent.rpartition(".")[2]
    lists = await together(
        _list_own(cloud, kind.under(state.id), "")
        for state in listed.get(parent, ())
        if kind.parent_has(state)
    )
    return [state for each in lists for state in each]


def _with_sources(kinds: Kinds, names: Iterable[str]) -> list[str]:
    """Add the kinds that those named are derived from, and stand below."""
    wanted: dict[str, None] = {}
    for name in names:
        parent = kinds[name].parent.rpartition(".")[2]
        sources = (*kinds[name].derived_from, *([parent] if parent else []))
        wanted |= dict.fromkeys((name, *sources))
    return list(wanted)


def marked_states(kinds: Kinds, listed: Listed, scenario: str) -> Marked:
    """Pick out of lists what carries the marks of *scenario*."""
    found: dict[Address, list[Any]] = {}
    for name, states in listed.items():
        for state in states:
            mark = kinds[name].mark(state, listed)
            if mark and mark.scenario == scenario and mark.address.kind == name:
                found.setdefault(mark.address, []).append(state)
    held = _held(kinds, listed) if any(len(each) > 1 for each in found.values()) else set()
    ordered = {
        address: sorted(each, key=lambda state: (state.id not in held, str(state.id)))
        for address, each in found.items()
    }
    first = {address: each[0] for address, each in ordered.items()}
    return Marked(
        states=first,
        doubles={address: each[1:] for address, each in ordered.items() if len(each) > 1},
        strangers=_strangers(kinds, listed, first),
    )


def _strangers(
    kinds: Kinds, listed: Listed, states: Mapping[Address, Any]
) -> dict[str, tuple[str, ...]]:
    own = {(address.kind, state.id) for address, state in states.items()}
    ids = {state.id for state in states.values()}
    found: dict[str, tuple[str, ...]] = {}
    for name, everything in listed.items():
        declaration = kinds[name].declaration
        # A part that somebody added is a thing of its own; the port of a router interface is none.
        is_part = declaration and declaration.part_of and not declaration.facet_of
        for state in everything if is_part else ():
            owner = declaration.leaves_with(state) if declaration else ""
            if owner in ids and (name, state.id) not in own:
                label = f'{name.replace("_", " ")} "{state.name}" ({state.id})'
                found[owner] = (*found.get(owner, ()), label)
    return found


def _held(kinds: Kinds, listed: Listed) -> set[str]:
    """Return the ids of what something else stands on."""
    return {
        id
        for name, states in listed.items()
        if (declaration := kinds[name].declaration)
        for state in states
        for id in declaration.needs(state)
    }


def scenarios_in(kinds: Kinds, listed: Listed) -> dict[str, int]:
    """Return the scenarios whose marks are in lists, and how many resources carry each."""
    counts: dict[str, int] = {}
    for name, states in listed.items():
        declaration = kinds[name].declaration
        for state in states:
            if declaration and declaration.at_rest(state):
                continue
            if mark := kinds[name].mark(state, listed):
                counts[mark.scenario] = counts.get(mark.scenario, 0) + 1
    return dict(sorted(counts.items()))


async def look_up(
    cloud: Cloud, kinds: Kinds, wanted: Mapping[tuple[str, str], Mapping[str, str]]
) -> tuple[dict[tuple[str, str], Found], dict[tuple[str, str], UnknownName]]:
    """Find what specs name outside the scenario; what is not there is returned, not raised.

    Args:
        wanted: by ``(kind, name)``, what its list is filtered by; nothing for the name or id.
    """
    keys_by_kind: dict[str, list[tuple[str, str]]] = {}
    for key in wanted:
        keys_by_kind.setdefault(key[0], []).append(key)
    found: dict[tuple[str, str], Found] = {}
    missing: dict[tuple[str, str], UnknownName] = {}

    async def keep(key: tuple[str, str], everything: list[Any] | None) -> None:
        kind = kinds[key[0]]
        try:
            state = await _look_up_one(cloud, kind, key[1], wanted[key], everything)
            found[key] = Found(id=state.id, name=state.name or "", state=state)
        except UnknownName as error:
            missing[key] = error

    async def keep_all(kind: Kind[Any], keys: list[tuple[str, str]]) -> None:
        everything = None
        if not kind.name_query:
            everything = [state async for state in list_states(cloud, kind)]
        await together(keep(key, everything) for key in keys)

    await together(keep_all(kinds[name], keys) for name, keys in keys_by_kind.items())
    await _complete(cloud, kinds, found)
    return found, missing


async def _complete(cloud: Cloud, kinds: Kinds, found: dict[tuple[str, str], Found]) -> None:
    """Add what other kinds' lists tell of what was found, such as the ports of a server."""
    incomplete = {key: derive for key in found if (derive := kinds[key[0]].derive)}
    sources = {source for name, _ in incomplete for source in kinds[name].derived_from}
    if not sources:
        return
    listed = await list_kinds(cloud, kinds, sources)
    for key, derive in incomplete.items():
        states = derive({**listed, key[0]: [found[key].state]})
        found[key] = replace(found[key], state=states[0] if states else found[key].state)


async def _look_up_one(
    cloud: Cloud,
    kind: Kind[Any],
    name: str,
    query: Mapping[str, str],
    everything: list[Any] | None,
) -> Any:
    """Find one by its name or id, or by whatever else *query* says.

    Args:
        everything: the whole list, of a kind whose list cannot be filtered by name.
    """
    others = {key: value for key, value in query.items() if key not in {"id", "name"}}
    name = query.get("id") or query.get("name") or name
    if query and not {"id", "name"} & query.keys():
        words = ", ".join(f"{key} {value}" for key, value in others.items())
        return the_one(kind, words, [s async for s in list_states(cloud, kind, others)])
    if everything is not None:
        return the_one(kind, name, [s for s in everything if name in {s.id, s.name}])
    try:
        return await find(cloud, kind, name, others)
    except UnknownName:
        # Several of that name: an administrator sees every project's, and means the own one's.
        if not kind.project_query:
            raise
        own = {kind.project_query: await own_project(cloud)}
        return await find(cloud, kind, name, {**others, **own})
