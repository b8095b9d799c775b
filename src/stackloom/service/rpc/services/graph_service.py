# SPDX-License-Identifier: Apache-2.0
"""Pictures of scenarios, plans, runs, drift, and of the whole project: as data, and drawn."""

from __future__ import annotations

from stackloom.service.operation import graphs
from stackloom.service.operation.queries import GraphQuery, ProjectGraphQuery
from stackloom.service.refusal import Refused
from stackloom.service.rpc.asked import Asked
from stackloom.service.rpc.method import Service
from stackloom.service.rpc.uuids import uuid_of
from stackloom.service.rpc.v1 import stackloom_pb2 as pb
from stackloom.wire.graph import Graph
from stackloom.wire.problem import Source
from stackloom.wire.scenario import ScenarioSource

_Drawn = pb.ScenarioGraphRequest | pb.ProjectGraphRequest | pb.TextGraphRequest


async def _scenario(asked: Asked, request: pb.ScenarioGraphRequest) -> Graph | bytes:
    id = uuid_of(request.scenario_id, "scenario_id")
    query = await asked.read(request, GraphQuery, scenario_id=None)
    return await graphs.draw_scenario(asked.caller, asked.desk, id, query)


async def _project(asked: Asked, request: pb.ProjectGraphRequest) -> Graph | bytes:
    query = await asked.read(request, ProjectGraphQuery)
    return await graphs.draw_project(asked.caller, asked.desk, query)


async def _text(asked: Asked, request: pb.TextGraphRequest) -> Graph | bytes:
    query = await asked.read(request, ProjectGraphQuery, source=None)
    source = await asked.read(request.source, ScenarioSource)
    return await graphs.draw_source(asked.caller, asked.desk, source, query)


async def _get_scenario(asked: Asked, request: pb.ScenarioGraphRequest) -> object:
    request.format = "json"
    return await _scenario(asked, request)


async def _get_project(asked: Asked, request: pb.ProjectGraphRequest) -> object:
    request.format = "json"
    return await _project(asked, request)


async def _get_text(asked: Asked, request: pb.TextGraphRequest) -> object:
    request.format = "json"
    return await _text(asked, request)


async def _draw_text(asked: Asked, request: pb.TextGraphRequest) -> pb.Drawing:
    _check_format(request)
    return _drawing(await _text(asked, request))


async def _draw_scenario(asked: Asked, request: pb.ScenarioGraphRequest) -> pb.Drawing:
    _check_format(request)
    return _drawing(await _scenario(asked, request))


async def _draw_project(asked: Asked, request: pb.ProjectGraphRequest) -> pb.Drawing:
    _check_format(request)
    return _drawing(await _project(asked, request))


def _check_format(request: _Drawn) -> None:
    """Take SVG where nothing is said; as data it comes from the other method."""
    request.format = request.format or "svg"
    if request.format == "json":
        raise Refused(
            "body.invalid",
            "json is no drawing",
            hint="GetScenarioGraph, GetProjectGraph and GetTextGraph give a picture as data",
            source=Source(pointer="$.format"),
        )


def _drawing(drawn: Graph | bytes) -> pb.Drawing:
    assert isinstance(drawn, bytes), "only json is no file"
    return pb.Drawing(content=drawn)


SERVICE = Service(
    name="GraphService",
    answering={
        "GetScenarioGraph": _get_scenario,
        "GetProjectGraph": _get_project,
        "DrawScenario": _draw_scenario,
        "DrawProject": _draw_project,
        "GetTextGraph": _get_text,
        "DrawText": _draw_text,
    },
)
