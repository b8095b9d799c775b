# SPDX-License-Identifier: Apache-2.0
"""Where callers are served: everything that an operation needs besides the caller and the request.

Made once a process, when it starts; the transports (REST, RPC) share one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from stackloom.errors import AuthFailed, Forbidden
from stackloom.scenario.picture.overlay import Picture
from stackloom.service.database.events import Place
from stackloom.service.database.pool import Pool
from stackloom.service.database.project import Limits
from stackloom.service.database.store import Store
from stackloom.service.flights import Flights
from stackloom.service.grant.grant import Grants
from stackloom.service.grant.seal import Seal
from stackloom.service.identity.caller import Caller
from stackloom.service.lists.project_lists import ProjectLists
from stackloom.service.reading import Reading
from stackloom.service.settings import ServiceSettings
from stackloom.wire.event import Event


class Events(Protocol):
    """Tells what happens while somebody watches."""

    def follow(self, project_id: str, place: Place, seq: int) -> AsyncIterator[Event]:
        """Return what has happened after *seq*, and what happens; ends after a job's last event."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What operations work with.

    Attributes:
        public_url: what links begin with, without a slash at its end.
        projects_drawn: pictures of projects that the cloud is being asked for, by project and
            roles: each takes a request for each kind of resource.
    """

    pool: Pool
    events: Events
    grants: Grants
    seal: Seal
    lists: ProjectLists
    reading: Reading
    settings: ServiceSettings
    public_url: str
    projects_drawn: Flights[tuple[str, frozenset[str]], Picture] = field(
        default_factory=lambda: Flights(is_shared=_is_about_all)
    )

    def store(self, caller: Caller) -> Store:
        """Return what the caller's project has, and nothing of any other."""
        limits = Limits(
            scenarios=self.settings.limits.scenarios_per_project,
            queued_jobs=self.settings.limits.queued_jobs_per_project,
        )
        return Store(self.pool, caller.project_id, limits)


def _is_about_all(error: Exception) -> bool:
    """Whether what a cloud refused to one would be refused to the others."""
    return not isinstance(error, AuthFailed | Forbidden)
