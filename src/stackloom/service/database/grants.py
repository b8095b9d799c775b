# SPDX-License-Identifier: Apache-2.0
"""The rights with which jobs act: kept before they are used, forgotten when they have ended."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from psycopg.rows import DictRow

from stackloom.service.database.pool import Pool, connected, rows
from stackloom.service.database.project import Project
from stackloom.service.grant.grant import Grant
from stackloom.service.refusal import not_here

_COLUMNS = "id, project_id, user_id, kind, reference, sealed, roles, expires_at"
_KEEP = """
    insert into stackloom.grants (
        id, project_id, user_id, kind, reference, sealed, roles, expires_at)
    values (%(id)s, %(project)s, %(user)s, %(kind)s, %(reference)s, %(sealed)s, %(roles)s,
            %(expires_at)s)"""
_GET = f"""
    select {_COLUMNS} from stackloom.grants where project_id = %(project)s and id = %(id)s"""
_ENDED = """
    update stackloom.grants set ended_at = clock_timestamp(), sealed = null
    where project_id = %(project)s and id = %(id)s and ended_at is null"""
# Of all projects: what a request left behind that was killed, and what no job needs any more.
_IDLE = f"""
    select {_COLUMNS} from stackloom.grants as base
    where ended_at is null and id <> all(%(but)s::uuid[])
      and (created_at < clock_timestamp() - make_interval(secs => %(age)s)
           or exists (select from stackloom.jobs where grant_id = base.id))
      and not exists (select from stackloom.jobs where grant_id = base.id and state <> 'ended')
      and not exists (select from stackloom.scenarios
                      where check_grant_id = base.id and deleted_at is null)
    order by created_at limit %(limit)s"""


class ProjectGrants:
    """The grants of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def keep(self, grant: Grant) -> None:
        """Keep a new one, before anything is done with it."""
        assert grant.project_id == self._project.id, "a grant is kept by its own project"
        # The first thing that a project keeps may be a grant: its own row is made with it.
        async with self._project.changing() as changing:
            await changing.do(
                _KEEP,
                id=grant.id,
                user=grant.user_id,
                kind=grant.kind,
                reference=grant.reference,
                sealed=grant.sealed,
                roles=list(grant.roles),
                expires_at=grant.expires_at,
            )

    async def get(self, id: UUID) -> Grant:
        """Return one, ended or not.

        Raises:
            Refused: there is none of this id in the project.
        """
        found = await self._project.row(_GET, id=id)
        if found is None:
            raise not_here("grant", id)
        return _grant(found)

    async def ended(self, id: UUID) -> None:
        """Note that one has ended in Keystone, and erase its secret."""
        await self._project.do(_ENDED, id=id)


async def idle_grants(
    pool: Pool, *, age_seconds: float, limit: int, but: Collection[UUID] = ()
) -> list[Grant]:
    """Return open grants of all projects that neither a job nor a check needs, the oldest first.

    Args:
        but: those that are left out.
        age_seconds: younger ones that no job has needed are left out: it may be about to be kept.
    """
    async with connected(pool) as connection:
        found = await rows(
            connection, _IDLE, {"age": age_seconds, "limit": limit, "but": list(but)}
        )
    return [_grant(each) for each in found]


def _grant(row: DictRow) -> Grant:
    return Grant(**{**row, "roles": tuple(row["roles"])})
