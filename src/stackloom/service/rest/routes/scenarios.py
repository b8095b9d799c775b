# SPDX-License-Identifier: Apache-2.0
"""Scenarios, their revisions, resources, outputs and pictures."""

from __future__ import annotations

from uuid import UUID

import msgspec

from stackloom.service.operation import resources, scenarios
from stackloom.service.operation.queries import (
    ResourceQuery,
    RevisionQuery,
    ScenarioDeletion,
    ScenarioQuery,
)
from stackloom.service.operation.runs import destroy_and_delete
from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.conditions import etag_of
from stackloom.service.rest.route import Who, route
from stackloom.wire.resource import OutputPage, ResourcePage
from stackloom.wire.run import Run
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

# One text never changes, so it is asked for once (RFC 8246); it belongs to one project.
_FOR_EVER = {"cache-control": "private, max-age=31536000, immutable"}


@route("POST", "/v1/scenarios/validate", who=Who.READER, refusals=("reading.took-too-long", "busy"))
async def validate_scenario(asked: Asked, *, body: ScenarioSource) -> Validation:
    """Say everything that is wrong with the texts of a scenario.

    Nothing is kept, and no cloud is asked. The answer is 200 also where there are problems.
    """
    return await scenarios.validate_source(asked.caller, asked.desk, body)


@route(
    "POST",
    "/v1/scenarios",
    who=Who.MEMBER,
    status=201,
    refusals=(
        "scenario.invalid",
        "scenario.exists",
        "limit.reached",
        "grant.not-delegable",
        "webhook.not-allowed",
        "reading.took-too-long",
        "busy",
    ),
    has_location=True,
    has_etag=True,
    is_repeatable=True,
)
async def create_scenario(asked: Asked, *, body: ScenarioCreate) -> Answer[Scenario]:
    """Keep a new scenario.

    Its name is the one in its text. Nothing happens in the cloud before a plan or run is asked for.
    """
    created = await scenarios.create_scenario(asked.caller, asked.desk, body)
    return Answer(body=created, location=f"/v1/scenarios/{created.id}", etag=_etag(created))


@route("GET", "/v1/scenarios", who=Who.READER)
async def list_scenarios(asked: Asked, *, query: ScenarioQuery) -> ScenarioPage:
    """List the scenarios of the project, oldest first unless asked otherwise."""
    return await scenarios.list_scenarios(asked.caller, asked.desk, query)


@route("GET", "/v1/scenarios/{scenario_id}", who=Who.READER, has_etag=True)
async def show_scenario(asked: Asked, *, scenario_id: UUID) -> Answer[Scenario]:
    """Show a scenario; its text is in its newest revision."""
    shown = await scenarios.show_scenario(asked.caller, asked.desk, scenario_id)
    return Answer(body=shown, etag=_etag(shown))


@route(
    "PUT",
    "/v1/scenarios/{scenario_id}",
    who=Who.MEMBER,
    refusals=(
        "scenario.invalid",
        "scenario.renamed",
        "grant.not-delegable",
        "webhook.not-allowed",
        "reading.took-too-long",
        "busy",
    ),
    has_etag=True,
    needs_match=True,
)
async def replace_scenario(
    asked: Asked, *, scenario_id: UUID, body: ScenarioReplace
) -> Answer[Scenario]:
    """Replace the text, tags and check of a scenario.

    The name must stay. Nothing happens in the cloud before a plan or run is asked for; plans that
    are ready are stale from now on.
    """
    replaced = await scenarios.replace_scenario(
        asked.caller, asked.desk, scenario_id, asked.revision(), body
    )
    return Answer(body=replaced, etag=_etag(replaced))


@route(
    "DELETE",
    "/v1/scenarios/{scenario_id}",
    who=Who.MEMBER,
    status=204,
    otherwise={202: Run},
    refusals=(
        "scenario.has-resources",
        "scenario.busy",
        "queue.full",
        "grant.not-delegable",
    ),
    has_location=True,
    needs_match=True,
)
async def delete_scenario(
    asked: Asked, *, scenario_id: UUID, query: ScenarioDeletion
) -> Answer[None] | Answer[Run]:
    """Forget a scenario that has nothing in the cloud.

    With ``destroy=true`` a run is started that destroys what it has; once that has succeeded, the
    scenario is forgotten with its runs and events.
    """
    revision = asked.revision()
    if not query.destroy:
        await scenarios.delete_scenario(asked.caller, asked.desk, scenario_id, revision)
        return Answer(status=204)
    run = await destroy_and_delete(asked.caller, asked.desk, scenario_id, revision)
    return Answer(body=run, status=202, location=f"/v1/runs/{run.id}")


@route("GET", "/v1/scenarios/{scenario_id}/revisions", who=Who.READER)
async def list_revisions(asked: Asked, *, scenario_id: UUID, query: RevisionQuery) -> RevisionPage:
    """List the texts that a scenario has had, the newest first.

    A page of long texts has fewer of them than asked for; ``next`` leads to the others.
    """
    return await scenarios.list_revisions(asked.caller, asked.desk, scenario_id, query)


@route("GET", "/v1/scenarios/{scenario_id}/revisions/{number}", who=Who.READER, has_etag=True)
async def show_revision(asked: Asked, *, scenario_id: UUID, number: int) -> Answer[Revision]:
    """Show one text of a scenario; it never changes."""
    shown = await scenarios.show_revision(asked.caller, asked.desk, scenario_id, number)
    return Answer(body=shown, etag=str(number), headers=_FOR_EVER)


@route("GET", "/v1/scenarios/{scenario_id}/resources", who=Who.READER)
async def list_resources(asked: Asked, *, scenario_id: UUID, query: ResourceQuery) -> ResourcePage:
    """List the resources of a scenario, as its last run or check saw them."""
    return await resources.list_resources(asked.caller, asked.desk, scenario_id, query)


@route(
    "GET",
    "/v1/scenarios/{scenario_id}/outputs",
    who=Who.READER,
    refusals=("outputs.unknown",),
)
async def show_outputs(asked: Asked, *, scenario_id: UUID) -> OutputPage:
    """Show the outputs of a scenario, as of its last apply."""
    return await resources.show_outputs(asked.caller, asked.desk, scenario_id)


def _etag(scenario: Scenario) -> str:
    """Return ``3.1f0c…``: its revision, which ``If-Match`` is about, and all else that is shown."""
    return f"{scenario.revision}.{etag_of(msgspec.json.encode(scenario))[:12]}"


ROUTES = (
    validate_scenario,
    create_scenario,
    list_scenarios,
    show_scenario,
    replace_scenario,
    delete_scenario,
    list_revisions,
    show_revision,
    list_resources,
    show_outputs,
)
