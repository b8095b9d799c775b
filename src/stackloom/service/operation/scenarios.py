# SPDX-License-Identifier: Apache-2.0
"""Scenarios: kept, shown, replaced and taken away; nothing here changes anything in a cloud."""

from __future__ import annotations

from uuid import UUID

import msgspec

from stackloom.service.database.scenarios import Scenarios
from stackloom.service.identity.caller import Caller
from stackloom.service.operation.checks import check_rights, examine
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.links import links_of, page_paths, scenario_paths
from stackloom.service.operation.paging import cut
from stackloom.service.operation.queries import NEWEST_FIRST, RevisionQuery, ScenarioQuery
from stackloom.service.operation.sources import read
from stackloom.wire.scenario import (
    Revision,
    RevisionPage,
    Scenario,
    ScenarioCreate,
    ScenarioPage,
    ScenarioReplace,
    ScenarioSource,
    Validation,
)

# Of revisions in one page, which may be as long as a request each; the others are on the next one.
_MOST_BYTES = 1024 * 1024
_AT_ONCE = 5


async def validate_source(caller: Caller, desk: Desk, source: ScenarioSource) -> Validation:
    """Return everything that is wrong with the texts of a scenario."""
    caller.check_may_read()
    return await desk.reading.validate(source)


async def create_scenario(caller: Caller, desk: Desk, request: ScenarioCreate) -> Scenario:
    """Keep a new scenario; its name is the one in its text.

    Raises:
        Refused: its texts have problems, or the project has one of this name.
    """
    caller.check_may_change()
    validation = await read(desk, request.source)
    examine(request.check, validation, has_secret=False)
    async with check_rights(caller, desk, request.check, validation.name) as rights:
        created = await desk.store(caller).scenarios.create(
            name=validation.name,
            source=request.source,
            tags=request.tags,
            check=request.check,
            webhook_secret=rights.webhook_secret,
            check_grant_id=rights.grant_id,
            created_by=caller.user_id,
        )
    return _linked(desk, created)


async def list_scenarios(caller: Caller, desk: Desk, query: ScenarioQuery) -> ScenarioPage:
    """Return some of the project's scenarios."""
    caller.check_may_read()
    rows = await desk.store(caller).scenarios.page(
        limit=query.limit + 1,
        marker=query.marker,
        name=query.name,
        tags=query.tags,
        condition=query.condition,
        newest_first=query.sort == NEWEST_FIRST,
    )
    shown, marker = cut(rows, query.limit, lambda row: row.id)
    return ScenarioPage(
        scenarios=tuple(_linked(desk, each) for each in shown),
        links=links_of(desk.public_url, page_paths("/v1/scenarios", query.said(), marker)),
    )


async def show_scenario(caller: Caller, desk: Desk, id: UUID) -> Scenario:
    """Return one scenario."""
    caller.check_may_read()
    return _linked(desk, await desk.store(caller).scenarios.get(id))


async def replace_scenario(
    caller: Caller, desk: Desk, id: UUID, revision: int, request: ScenarioReplace
) -> Scenario:
    """Put other texts, tags and another check in the place of a scenario's.

    Args:
        revision: the one that the caller has seen.

    Raises:
        Refused: it has another revision by now, the name differs, or the texts have problems.
    """
    caller.check_may_change()
    store = desk.store(caller)
    known = await store.scenarios.get(id)
    validation = await read(desk, request.source)
    had_webhook = known.check is not None and known.check.webhook_url is not None
    examine(request.check, validation, has_secret=had_webhook)
    async with check_rights(caller, desk, request.check, known.name) as rights:
        replaced = await store.scenarios.replace(
            id,
            revision=revision,
            name=validation.name,
            source=request.source,
            tags=request.tags,
            check=request.check,
            webhook_secret=rights.webhook_secret,
            check_grant_id=rights.grant_id,
            by=caller.user_id,
        )
    return _linked(desk, replaced)


async def delete_scenario(caller: Caller, desk: Desk, id: UUID, revision: int) -> None:
    """Forget a scenario that has nothing in the cloud.

    Raises:
        Refused: it has something there, is being worked on, or has another revision by now.
    """
    caller.check_may_change()
    await desk.store(caller).scenarios.delete(id, revision=revision)


async def show_revision(caller: Caller, desk: Desk, id: UUID, number: int) -> Revision:
    """Return one text of a scenario."""
    caller.check_may_read()
    found = await desk.store(caller).scenarios.revision(id, number)
    return _linked_revision(desk, id, found)


async def list_revisions(
    caller: Caller, desk: Desk, id: UUID, query: RevisionQuery
) -> RevisionPage:
    """Return some texts of a scenario, the newest first; of long ones less than asked for."""
    caller.check_may_read()
    scenarios = desk.store(caller).scenarios
    await scenarios.get(id)
    shown, marker = await _some_revisions(scenarios, id, query)
    path = f"/v1/scenarios/{id}/revisions"
    return RevisionPage(
        revisions=tuple(_linked_revision(desk, id, each) for each in shown),
        links=links_of(desk.public_url, page_paths(path, query.said(), marker)),
    )


async def _some_revisions(
    scenarios: Scenarios, id: UUID, query: RevisionQuery
) -> tuple[tuple[Revision, ...], object | None]:
    """Return the revisions of a page, and the marker of the next one; None where there is none."""
    found: list[Revision] = []
    size_bytes = 0
    while missing := query.limit + 1 - len(found):
        wanted = min(_AT_ONCE, missing)
        last = found[-1].number if found else query.marker
        batch = await scenarios.revisions(id, limit=wanted, marker=last)
        for each in batch:
            found.append(each)
            size_bytes += len(msgspec.json.encode(each))
            if size_bytes > _MOST_BYTES and len(found) > 1:
                return cut(found, len(found) - 1, _number)
        if len(batch) < wanted:
            break
    return cut(found, query.limit, _number)


def _number(revision: Revision) -> int:
    return revision.number


def _linked(desk: Desk, scenario: Scenario) -> Scenario:
    links = links_of(desk.public_url, scenario_paths(scenario.id))
    return msgspec.structs.replace(scenario, links=links)


def _linked_revision(desk: Desk, id: UUID, revision: Revision) -> Revision:
    own = f"/v1/scenarios/{id}"
    paths = {"self": f"{own}/revisions/{revision.number}", "scenario": own}
    return msgspec.structs.replace(revision, links=links_of(desk.public_url, paths))
