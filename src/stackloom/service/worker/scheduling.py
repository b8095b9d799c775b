# SPDX-License-Identifier: Apache-2.0
"""What a worker does by the clock: begins checks, takes rights back that nobody needs any more."""

from __future__ import annotations

import logging
import time
from uuid import UUID

from stackloom.errors import StackloomError
from stackloom.service.database.grants import idle_grants
from stackloom.service.database.pool import Pool, connected, rows
from stackloom.service.database.store import Store
from stackloom.service.grant.grant import Grant, Grants

log = logging.getLogger(__name__)

_BEGIN_CHECKS = "select * from stackloom.begin_checks(%(limit)s) as id"
_MOST_AT_ONCE = 20
# Whoever has made a grant keeps the job that it is for right after.
_YOUNG_SECONDS = 30.0
# So long Keystone is asked again and again to take one back.
_GIVE_UP_SECONDS = 3600.0


async def begin_checks(pool: Pool) -> list[UUID]:
    """Put the checks whose time has come into the queue, each once however many workers ask."""
    async with connected(pool) as connection:
        found = await rows(connection, _BEGIN_CHECKS, {"limit": _MOST_AT_ONCE})
    return [each["id"] for each in found]


class GrantKeeper:
    """Takes back what lets the service act for somebody, once no job needs it."""

    def __init__(
        self, pool: Pool, grants: Grants, *, young_seconds: float = _YOUNG_SECONDS
    ) -> None:
        self._pool = pool
        self._grants = grants
        self._young_seconds = young_seconds
        self._first_tried_at: dict[UUID, float] = {}

    async def end_idle(self) -> None:
        """Take back all that are idle; what Keystone does not do now it is asked again for an hour.

        After that the secret is erased all the same: Keystone ends the grant by itself in time.
        """
        idle = await idle_grants(self._pool, age_seconds=self._young_seconds, limit=_MOST_AT_ONCE)
        for grant in idle:
            if await self._is_ended(grant):
                await Store(self._pool, grant.project_id).grants.ended(grant.id)
                self._first_tried_at.pop(grant.id, None)

    async def _is_ended(self, grant: Grant) -> bool:
        try:
            await self._grants.end(grant)
        except StackloomError as error:
            since = self._first_tried_at.setdefault(grant.id, time.monotonic())
            is_over = time.monotonic() - since > _GIVE_UP_SECONDS
            log.info(
                "grant %s could not be taken back%s: %s",
                grant.id,
                ", and ends by itself" if is_over else " yet",
                error,
            )
            return is_over
        return True
