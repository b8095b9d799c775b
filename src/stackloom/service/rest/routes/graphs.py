# SPDX-License-Identifier: Apache-2.0
"""Pictures of scenarios, plans, runs, drift, and of the whole project."""

from __future__ import annotations

from uuid import UUID

import msgspec

from stackloom.service.operation import graphs
from stackloom.service.operation.queries import GraphQuery, ProjectGraphQuery
from stackloom.service.rest.answer import JSON, Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.conditions import etag_of
from stackloom.service.rest.route import Who, route
from stackloom.wire.graph import Graph
from stackloom.wire.scenario import ScenarioSource

_MEDIA_TYPES = {
    "json": JSON,
    "svg": "image/svg+xml",
    "png": "image/png",
    "mermaid": "text/vnd.mermaid",
    "dot": "text/vnd.graphviz",
}

# A browser that is led to an SVG shows it by the style sheet inside, and runs nothing.
_OWN_STYLE = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'"
}


@route(
    "GET",
    "/v1/scenarios/{scenario_id}/graph",
    who=Who.READER,
    media_types=tuple(_MEDIA_TYPES.values()),
    refusals=("plan.not-ready", "scenario.invalid", "reading.took-too-long", "busy"),
    has_etag=True,
)
async def show_graph(asked: Asked, *, scenario_id: UUID, query: GraphQuery) -> Answer[Graph]:
    """Draw a scenario: what its newest text asks for.

    With ``overlay=plan:ID`` it is what that plan does, with ``overlay=run:ID`` how far that run is,
    with ``overlay=drift`` what the last check found.
    """
    drawn = await graphs.draw_scenario(asked.caller, asked.desk, scenario_id, query)
    return _answer(drawn, query.format)


@route(
    "POST",
    "/v1/scenarios/draw",
    who=Who.READER,
    media_types=tuple(_MEDIA_TYPES.values()),
    refusals=("scenario.invalid", "reading.took-too-long", "busy"),
)
async def draw_text(
    asked: Asked, *, body: ScenarioSource, query: ProjectGraphQuery
) -> Answer[Graph]:
    """Draw the texts of a scenario that is still being written.

    Nothing is kept, and no cloud is asked.
    """
    drawn = await graphs.draw_source(asked.caller, asked.desk, body, query)
    content = drawn if isinstance(drawn, bytes) else msgspec.json.encode(drawn)
    return Answer(body=content, media_type=_MEDIA_TYPES[query.format])


@route(
    "GET",
    "/v1/project/graph",
    who=Who.READER,
    media_types=tuple(_MEDIA_TYPES.values()),
    refusals=("cloud.failed", "cloud.unreachable", "reading.took-too-long", "busy"),
    has_etag=True,
)
async def show_project_graph(asked: Asked, *, query: ProjectGraphQuery) -> Answer[Graph]:
    """Draw everything that the project has in the cloud, whoever has made it.

    What the cloud does not list is told in the picture, as a notice.
    """
    return _answer(await graphs.draw_project(asked.caller, asked.desk, query), query.format)


def _answer(drawn: Graph | bytes, format: str) -> Answer[Graph]:
    content = drawn if isinstance(drawn, bytes) else msgspec.json.encode(drawn)
    return Answer(
        body=content,
        media_type=_MEDIA_TYPES[format],
        etag=etag_of(content),
        headers=_OWN_STYLE if format == "svg" else {},
    )


ROUTES = (show_graph, draw_text, show_project_graph)
