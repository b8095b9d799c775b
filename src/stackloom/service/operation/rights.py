# SPDX-License-Identifier: Apache-2.0
"""The rights with which a job acts: made while the caller's token is at hand, kept before used."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

from stackloom.errors import StackloomError
from stackloom.service.database.pool import DatabaseAway
from stackloom.service.grant.grant import Grant
from stackloom.service.identity.caller import Caller
from stackloom.service.operation.desk import Desk
from stackloom.wire.plan import Credential

log = logging.getLogger(__name__)


def job_rights(
    caller: Caller, desk: Desk, credential: Credential | None
) -> AbstractAsyncContextManager[Grant]:
    """Give a plan or run all the caller's rights: what a role does not show would look like drift.

    Otherwise as ``rights_for``.
    """
    return rights_for(
        caller,
        desk,
        roles=caller.roles,
        seconds=desk.settings.runs.longest_seconds,
        credential=credential,
    )


@asynccontextmanager
async def rights_for(
    caller: Caller,
    desk: Desk,
    *,
    roles: Iterable[str],
    seconds: float,
    credential: Credential | None = None,
) -> AsyncIterator[Grant]:
    """Give a job the caller's rights, for an ``async with`` in which the job is kept.

    They are taken back where the job is refused after all.

    Args:
        roles: which of the caller's.
        seconds: after that they end by themselves.

    Raises:
        Refused: the caller's token cannot hand rights on.
    """
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    grant = await desk.grants.make(caller, until=until, roles=sorted(roles), credential=credential)
    try:
        await desk.store(caller).grants.keep(grant)
        yield grant
    except DatabaseAway:
        # The job may be kept all the same; if it is not, a worker takes back what no job needs.
        raise
    except Exception:
        await _take_back(caller, desk, grant)
        raise


async def _take_back(caller: Caller, desk: Desk, grant: Grant) -> None:
    try:
        await desk.grants.end(grant)
        await desk.store(caller).grants.ended(grant.id)
    except StackloomError as error:
        # A worker takes back what no job needs; and it ends by itself.
        log.warning("grant_not_ended %s: %s", grant.id, error)
