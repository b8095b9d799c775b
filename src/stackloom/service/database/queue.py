# SPDX-License-Identifier: Apache-2.0
"""How plans and runs come into the queue: the job's row first, their own, their first event."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from stackloom.service.database.project import Changing, Limits
from stackloom.service.refusal import Refused

_COUNT = """
    select count(*) as jobs from stackloom.jobs
    where project_id = %(project)s and state = 'queued'"""
_INSERT = """
    insert into stackloom.jobs (
        id, project_id, scenario_id, kind, grant_id, secrets, global_request_id)
    values (%(id)s, %(project)s, %(scenario)s, %(kind)s, %(grant)s, %(secrets)s,
            %(global_request)s)"""
_FIRST_EVENT = """
    select stackloom.move(job, %(state)s), pg_notify('stackloom', 'jobs queued')
    from stackloom.jobs as job where project_id = %(project)s and id = %(id)s"""


async def check_room(changing: Changing, limits: Limits) -> None:
    """Check that a project may have one more waiting.

    Raises:
        Refused: it may not.
    """
    found = await changing.row(_COUNT)
    if found is not None and found["jobs"] >= limits.queued_jobs:
        raise Refused(
            "queue.full",
            f"{limits.queued_jobs} plans and runs of the project are waiting already",
            hint="try again once some of them have ended, or cancel some",
            headers={"Retry-After": "10"},
        )


async def enqueue(
    changing: Changing,
    *,
    id: UUID,
    scenario_id: UUID | None,
    kind: Literal["plan", "run"],
    grant_id: UUID | None,
    sealed_secrets: bytes | None,
    global_request_id: str,
) -> None:
    """Put a job into the queue, before the plan or run that it is of."""
    await changing.do(
        _INSERT,
        id=id,
        scenario=scenario_id,
        kind=kind,
        grant=grant_id,
        secrets=sealed_secrets,
        global_request=global_request_id,
    )


async def enqueued(changing: Changing, id: UUID, state: str) -> None:
    """Tell of it, after the plan or run has its row."""
    await changing.row(_FIRST_EVENT, id=id, state=state)
