# SPDX-License-Identifier: Apache-2.0
"""What scenarios have in the cloud, as the last run or check saw it, and what they tell."""

from __future__ import annotations

from uuid import UUID

from stackloom.service.database.project import Project, as_struct
from stackloom.service.refusal import Refused, not_here
from stackloom.wire.resource import Output, Resource, ResourceCondition

_PAGE = """
    select address, kind, cloud_id, name, condition, differences, needs, seen_at
    from stackloom.resources
    where project_id = %(project)s and scenario_id = %(scenario)s
      and (%(marker)s::text is null or address > %(marker)s)
      and (%(kind)s::text is null or kind = %(kind)s)
      and (%(condition)s::text is null or condition = %(condition)s)
    order by address limit %(limit)s"""
_OUTPUTS = """
    select outputs from stackloom.scenarios
    where project_id = %(project)s and id = %(scenario)s and deleted_at is null"""


class Resources:
    """The resources of a project's scenarios."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def page(
        self,
        scenario_id: UUID,
        *,
        limit: int,
        marker: str | None = None,
        kind: str | None = None,
        condition: ResourceCondition | None = None,
    ) -> list[Resource]:
        """Return some by address; *marker* is the last one's of the page before."""
        found = await self._project.rows(
            _PAGE, scenario=scenario_id, limit=limit, marker=marker, kind=kind, condition=condition
        )
        return [as_struct(each, Resource) for each in found]


async def outputs_of(project: Project, scenario_id: UUID) -> tuple[Output, ...]:
    """Return what a scenario tells, by name.

    Raises:
        Refused: there is no such scenario, or no apply of it has ended well.
    """
    found = await project.row(_OUTPUTS, scenario=scenario_id)
    if found is None:
        raise not_here("scenario", scenario_id)
    if found["outputs"] is None:
        raise Refused(
            "outputs.unknown",
            "no apply of the scenario has ended well so far",
            hint="apply it first",
        )
    return as_struct(found["outputs"], tuple[Output, ...])
