# SPDX-License-Identifier: Apache-2.0
"""What a scenario has in the cloud, and what it tells, as the last run or check saw it."""

from __future__ import annotations

from uuid import UUID

from stackloom.service.identity.caller import Caller
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.links import links_of, page_paths
from stackloom.service.operation.paging import cut
from stackloom.service.operation.queries import ResourceQuery
from stackloom.wire.resource import OutputPage, ResourcePage


async def list_resources(
    caller: Caller, desk: Desk, scenario_id: UUID, query: ResourceQuery
) -> ResourcePage:
    """Return some of a scenario's resources, with their drift."""
    caller.check_may_read()
    store = desk.store(caller)
    await store.scenarios.get(scenario_id)
    rows = await store.resources.page(
        scenario_id,
        limit=query.limit + 1,
        marker=query.marker,
        kind=query.kind,
        condition=query.condition,
    )
    shown, marker = cut(rows, query.limit, lambda row: row.address)
    path = f"/v1/scenarios/{scenario_id}/resources"
    return ResourcePage(
        resources=shown, links=links_of(desk.public_url, page_paths(path, query.said(), marker))
    )


async def show_outputs(caller: Caller, desk: Desk, scenario_id: UUID) -> OutputPage:
    """Return what a scenario tells.

    Raises:
        Refused: no run of it has ended well so far.
    """
    caller.check_may_read()
    store = desk.store(caller)
    await store.scenarios.get(scenario_id)
    path = f"/v1/scenarios/{scenario_id}"
    return OutputPage(
        outputs=await store.outputs(scenario_id),
        links=links_of(desk.public_url, {"self": f"{path}/outputs", "scenario": path}),
    )
