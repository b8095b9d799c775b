# SPDX-License-Identifier: Apache-2.0
"""See what the cloud has: one list a kind, all at once, and the few things looked up by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Kind, Listed
from stackloom.cloud.mark import Address
from stackloom.cloud.together import together
from stackloom.cloud.verbs import find, list_states, the_one
from stackloom.errors import UnknownName, UsageError
from stackloom.scenario.model import Kinds
from stackloom.scenario.plan import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What carries the marks of one scenario.

    Attributes:
        states: by address.
        doubles: further ones whose mark was taken already. What others stand on is never one
            while there is a choice: to take it away would replace all of them.
    """

    states: Mapping[Address, Any]
    doubles: Mapping[Address, Sequence[Any]]


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


async def list_kinds(cloud: Cloud, kinds: Kinds, names: Iterable[str]) -> dict[str, list[Any]]:
    """List kinds of the token's project, each with one request and page, all at the same time.

    Raises:
        UsageError: the token is for no project.
    """
    project_id = await own_project(cloud)
    wanted = [kinds[name] for name in _with_sources(kinds, names)]
    listable = [kind for kind in wanted if kind.has_own_list]
    lists = await together(_list_own(cloud, kind, project_id) for kind in listable)
    listed = {kind.name: states for kind, states in zip(listable, lists, strict=True)}
    derived = {kind.name: list(kind.derive(listed)) for kind in wanted if kind.derive}
    return {**listed, **derived}


async def _list_own(cloud: Cloud, kind: Kind[Any], project_id: str) -> list[Any]:
    query = {kind.project_query: project_id} if kind.project_query else {}
    return [state async for state in list_states(cloud, kind, query)]


def _with_sources(kinds: Kinds, names: Iterable[str]) -> list[str]:
    """Add the kinds that those named are derived from."""
    wanted: dict[str, None] = {}
    for name in names:
        wanted |= dict.fromkeys((name, *kinds[name].derived_from))
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
    return Marked(
        states={address: each[0] for address, each in ordered.items()},
        doubles={address: each[1:] for address, each in ordered.items() if len(each) > 1},
    )


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
        for state in states:
            if mark := kinds[name].mark(state, listed):
                counts[mark.scenario] = counts.get(mark.scenario, 0) + 1
    return dict(sorted(counts.items()))


async def look_up(
    cloud: Cloud, kinds: Kinds, wanted: Iterable[tuple[str, str]]
) -> tuple[dict[tuple[str, str], Found], dict[tuple[str, str], UnknownName]]:
    """Find what specs name outside the scenario; what is not there is returned, not raised.

    Args:
        wanted: ``(kind, name or id)``.
    """
    names_by_kind: dict[str, list[str]] = {}
    for kind, name in wanted:
        names_by_kind.setdefault(kind, []).append(name)
    found: dict[tuple[str, str], Found] = {}
    missing: dict[tuple[str, str], UnknownName] = {}

    async def keep(kind: str, name: str, everything: list[Any] | None) -> None:
        try:
            state = (
                await find(cloud, kinds[kind], name)
                if everything is None
                else the_one(kinds[kind], name, [s for s in everything if name in {s.id, s.name}])
            )
            found[kind, name] = Found(id=state.id, name=state.name or "", state=state)
        except UnknownName as error:
            missing[kind, name] = error

    async def keep_all(kind: str, names: list[str]) -> None:
        everything = None
        if not kinds[kind].name_query:
            everything = [state async for state in list_states(cloud, kinds[kind])]
        for name in names:
            await keep(kind, name, everything)

    await together(keep_all(kind, names) for kind, names in names_by_kind.items())
    return found, missing
