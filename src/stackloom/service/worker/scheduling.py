# SPDX-License-Identifier: Apache-2.0
"""What a worker does by the clock: begins checks, takes rights back that nobody needs any more."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
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
# So long Keystone is asked again and again to take one back: after a moment at first, then after as
# long again as it has been asked for already.
_GIVE_UP_SECONDS = 3600.0
_AGAIN_SECONDS = 5.0
_MOST_AGAIN_SECONDS = 300.0


async def begin_checks(pool: Pool) -> list[UUID]:
    """Put the checks whose time has come into the queue, each once however many workers ask."""
    async with connected(pool) as connection:
        found = await rows(connection, _BEGIN_CHECKS, {"limit": _MOST_AT_ONCE})
    return [each["id"] for each in found]


@dataclass(slots=True, kw_only=True)
class _Trying:
    """When a grant that is not taken back yet was tried first, and is tried again."""

    since: float
    again_at: float


class GrantKeeper:
    """Takes back what lets the service act for somebody, once no job needs it.

    Args:
        clock: seconds, never put back.
    """

    def __init__(
        self,
        pool: Pool,
        grants: Grants,
        *,
        young_seconds: float = _YOUNG_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._grants = grants
        self._young_seconds = young_seconds
        self._clock = clock
        self._trying_by_id: dict[UUID, _Trying] = {}

    async def end_idle(self) -> None:
        """Take back some that are idle; what Keystone does not do it is asked again for an hour.

        After that the secret is erased all the same: Keystone ends the grant by itself in time.
        Those that it does not take back do not keep the others waiting.
        """
        now = self._clock()
        waiting = {id for id, trying in self._trying_by_id.items() if trying.again_at > now}
        idle = await idle_grants(
            self._pool, age_seconds=self._young_seconds, limit=_MOST_AT_ONCE, but=waiting
        )
        if len(idle) < _MOST_AT_ONCE:  # so what is not among them has been ended by others
            known = waiting | {grant.id for grant in idle}
            self._trying_by_id = {
                id: self._trying_by_id[id] for id in known & set(self._trying_by_id)
            }
        for grant in idle:
            if await self._is_ended(grant):
                await Store(self._pool, grant.project_id).grants.ended(grant.id)
                self._trying_by_id.pop(grant.id, None)

    async def _is_ended(self, grant: Grant) -> bool:
        try:
            await self._grants.end(grant)
        except StackloomError as error:
            now = self._clock()
            trying = self._trying_by_id.setdefault(grant.id, _Trying(since=now, again_at=now))
            tried_for = now - trying.since
            trying.again_at = now + min(max(tried_for, _AGAIN_SECONDS), _MOST_AGAIN_SECONDS)
            is_over = tried_for > _GIVE_UP_SECONDS
            log.info(
                "grant %s could not be taken back%s: %s",
                grant.id,
                ", and ends by itself" if is_over else " yet",
                error,
            )
            return is_over
        return True
