# SPDX-License-Identifier: Apache-2.0
"""``/project``: all that the project has in the cloud, also what no scenario made."""

from __future__ import annotations

import asyncio

from litestar import Response, get

from stackloom.web.documents import Part
from stackloom.web.picture import inline
from stackloom.web.things import things_of
from stackloom.web.visit import AnyRequest, Visit
from stackloom.wire.graph import Graph


@get("/project", include_in_schema=False)
async def project(request: AnyRequest) -> Response[bytes]:
    """Show the project as it is now; the cloud is asked for everything, which may take long."""
    visit = Visit(request)
    expand = "&expand=true" if visit.query.get("expand") else ""
    async with asyncio.TaskGroup() as group:
        group.create_task(visit.meet())
        drawn = group.create_task(visit.documents.text(f"/v1/project/graph?format=svg{expand}"))
        told = group.create_task(visit.documents.part("/v1/project/graph?format=json", Graph))
    picture, graph = drawn.result(), told.result()
    shown = picture
    if picture.came is not None:
        shown = Part(inline(picture.came, title="everything in the project"))
    return visit.page(
        "project.html",
        picture=shown,
        graph=graph,
        things=things_of(graph.came.parts) if graph.came else (),
        notices=graph.came.notices if graph.came else (),
    )


HANDLERS = (project,)
