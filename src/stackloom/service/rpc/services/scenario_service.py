# SPDX-License-Identifier: Apache-2.0
"""Scenarios, their revisions, resources and outputs."""

from __future__ import annotations

from google.protobuf.empty_pb2 import Empty

from stackloom.service.operation import resources, runs, scenarios
from stackloom.service.operation.queries import ResourceQuery, RevisionQuery, ScenarioQuery
from stackloom.service.rpc.asked import Asked
from stackloom.service.rpc.method import Service
from stackloom.service.rpc.uuids import uuid_of
from stackloom.service.rpc.v1 import stackloom_pb2 as pb
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


async def _validate(asked: Asked, request: pb.ScenarioSource) -> Validation:
    source = await asked.read(request, ScenarioSource)
    return await scenarios.validate_source(asked.caller, asked.desk, source)


async def _create(asked: Asked, request: pb.CreateScenarioRequest) -> Scenario:
    body = await asked.read(request, ScenarioCreate)
    return await scenarios.create_scenario(asked.caller, asked.desk, body)


async def _list(asked: Asked, request: pb.ListScenariosRequest) -> ScenarioPage:
    query = await asked.read(request, ScenarioQuery)
    return await scenarios.list_scenarios(asked.caller, asked.desk, query)


async def _get(asked: Asked, request: pb.ScenarioRef) -> Scenario:
    return await scenarios.show_scenario(asked.caller, asked.desk, uuid_of(request.id, "id"))


async def _replace(asked: Asked, request: pb.ReplaceScenarioRequest) -> Scenario:
    body = await asked.read(request, ScenarioReplace, id=None, revision=None)
    id = uuid_of(request.id, "id")
    return await scenarios.replace_scenario(asked.caller, asked.desk, id, request.revision, body)


async def _delete(asked: Asked, request: pb.DeleteScenarioRequest) -> Empty:
    id = uuid_of(request.id, "id")
    await scenarios.delete_scenario(asked.caller, asked.desk, id, request.revision)
    return Empty()


async def _destroy_and_delete(asked: Asked, request: pb.DeleteScenarioRequest) -> Run:
    id = uuid_of(request.id, "id")
    return await runs.destroy_and_delete(asked.caller, asked.desk, id, request.revision)


async def _list_revisions(asked: Asked, request: pb.ListRevisionsRequest) -> RevisionPage:
    id = uuid_of(request.scenario_id, "scenario_id")
    query = await asked.read(request, RevisionQuery, scenario_id=None)
    return await scenarios.list_revisions(asked.caller, asked.desk, id, query)


async def _get_revision(asked: Asked, request: pb.RevisionRef) -> Revision:
    id = uuid_of(request.scenario_id, "scenario_id")
    return await scenarios.show_revision(asked.caller, asked.desk, id, request.number)


async def _list_resources(asked: Asked, request: pb.ListResourcesRequest) -> ResourcePage:
    id = uuid_of(request.scenario_id, "scenario_id")
    query = await asked.read(request, ResourceQuery, scenario_id=None)
    return await resources.list_resources(asked.caller, asked.desk, id, query)


async def _get_outputs(asked: Asked, request: pb.ScenarioRef) -> OutputPage:
    return await resources.show_outputs(asked.caller, asked.desk, uuid_of(request.id, "id"))


SERVICE = Service(
    name="ScenarioService",
    answering={
        "ValidateScenario": _validate,
        "CreateScenario": _create,
        "ListScenarios": _list,
        "GetScenario": _get,
        "ReplaceScenario": _replace,
        "DeleteScenario": _delete,
        "DestroyAndDeleteScenario": _destroy_and_delete,
        "ListRevisions": _list_revisions,
        "GetRevision": _get_revision,
        "ListResources": _list_resources,
        "GetOutputs": _get_outputs,
    },
    making=frozenset({"CreateScenario", "DestroyAndDeleteScenario"}),
)
