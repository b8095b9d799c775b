# SPDX-License-Identifier: Apache-2.0
"""All that one project has, and nothing of any other: all is asked through its ``Project``."""

from __future__ import annotations

from uuid import UUID

from stackloom.service.database.events import ProjectEvents
from stackloom.service.database.grants import ProjectGrants
from stackloom.service.database.idempotency import Idempotency
from stackloom.service.database.plans import Plans
from stackloom.service.database.pool import Pool
from stackloom.service.database.project import Limits, Project
from stackloom.service.database.resources import Resources, outputs_of
from stackloom.service.database.runs import Runs
from stackloom.service.database.scenarios import Scenarios
from stackloom.wire.resource import Output

_DEFAULT_LIMITS = Limits()


class Store:
    """What a project has. Cheap: one is made for each request."""

    def __init__(self, pool: Pool, project_id: str, limits: Limits = _DEFAULT_LIMITS) -> None:
        project = Project(pool, project_id, limits)
        self._project = project
        self.project_id = project_id
        self.scenarios = Scenarios(project)
        self.plans = Plans(project)
        self.runs = Runs(project)
        self.resources = Resources(project)
        self.events = ProjectEvents(project)
        self.idempotency = Idempotency(project)
        self.grants = ProjectGrants(project)

    async def outputs(self, scenario_id: UUID) -> tuple[Output, ...]:
        """Return what a scenario tells, by name.

        Raises:
            Refused: there is no such scenario, or no apply of it has ended well.
        """
        return await outputs_of(self._project, scenario_id)
