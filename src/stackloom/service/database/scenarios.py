# SPDX-License-Identifier: Apache-2.0
"""The scenarios of a project, each with all its texts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from stackloom.service.database.project import (
    Changing,
    Project,
    as_json,
    as_struct,
    check_marker,
    page_sql,
)
from stackloom.service.new_id import new_id
from stackloom.service.refusal import Refused, changed_meanwhile, not_here
from stackloom.wire.scenario import Check, Condition, Revision, Scenario, ScenarioSource

_SELECT = """
    select base.id, base.name, base.revision, base.condition, base.tags,
           case when base.check_every_seconds is not null then json_build_object(
               'every_seconds', base.check_every_seconds, 'webhook_url', base.webhook_url)
           end as check,
           base.checked_at, base.last_job_id as last_run_id, base.created_at, base.created_by,
           base.updated_at
    from stackloom.scenarios as base"""
_GET = f"""{_SELECT}
    where base.project_id = %(project)s and base.id = %(id)s and base.deleted_at is null"""
_NAMED = f"""{_SELECT}
    where base.project_id = %(project)s and base.name = %(name)s and base.deleted_at is null"""
_FILTERS = """base.project_id = %(project)s and base.deleted_at is null
    and (%(name)s::text is null or base.name = %(name)s)
    and base.tags @> %(tags)s::text[]
    and (%(condition)s::text is null or base.condition = %(condition)s)"""
_PAGE = page_sql(_SELECT, _FILTERS, table="scenarios", newest_first=False)
_PAGE_NEWEST = page_sql(_SELECT, _FILTERS, table="scenarios", newest_first=True)

_COUNT = """
    select count(*) as scenarios from stackloom.scenarios
    where project_id = %(project)s and deleted_at is null"""
_INSERT = """
    insert into stackloom.scenarios (
        id, project_id, name, tags, check_every_seconds, next_check_at, webhook_url,
        webhook_secret, check_grant_id, created_by)
    values (%(id)s, %(project)s, %(name)s, %(tags)s, %(every)s::integer,
            clock_timestamp() + make_interval(secs => %(every)s::integer), %(webhook_url)s,
            %(webhook_secret)s, %(check_grant)s, %(by)s)"""
_INSERT_REVISION = """
    insert into stackloom.revisions (project_id, scenario_id, number, source, created_by)
    values (%(project)s, %(id)s, %(number)s, %(source)s, %(by)s)"""
# The webhook's secret is never given back, so one that is not sent again stays.
_REPLACE = """
    update stackloom.scenarios set revision = revision + 1, tags = %(tags)s,
        next_check_at = case when %(every)s::integer is null then null
            when check_every_seconds = %(every)s::integer then next_check_at
            else clock_timestamp() + make_interval(secs => %(every)s::integer) end,
        check_every_seconds = %(every)s::integer, webhook_url = %(webhook_url)s,
        webhook_secret = case when %(webhook_url)s::text is null then null
            else coalesce(%(webhook_secret)s, webhook_secret) end,
        check_grant_id = %(check_grant)s, updated_at = clock_timestamp()
    where project_id = %(project)s and id = %(id)s"""
_EXPIRE_PLANS = """
    update stackloom.plans set state = 'expired'
    where project_id = %(project)s and scenario_id = %(id)s and state = 'ready'"""

_BUSY = """
    select id from stackloom.jobs
    where project_id = %(project)s and scenario_id = %(id)s and kind = 'run' and state <> 'ended'
    order by queued_at limit 1"""
_HAS_RESOURCES = """
    select has_run or exists (
        select from stackloom.resources
        where project_id = %(project)s and scenario_id = %(id)s and condition <> 'missing'
    ) as has_resources
    from stackloom.scenarios where project_id = %(project)s and id = %(id)s"""
_DELETE = """
    update stackloom.scenarios set deleted_at = clock_timestamp(), next_check_at = null
    where project_id = %(project)s and id = %(id)s"""

_REVISION = """
    select revision.number, revision.source, revision.created_at, revision.created_by
    from stackloom.revisions as revision join stackloom.scenarios as scenario
        on scenario.project_id = revision.project_id and scenario.id = revision.scenario_id
    where revision.project_id = %(project)s and scenario.id = %(id)s
      and revision.number = coalesce(%(number)s, scenario.revision)"""
_REVISIONS = """
    select number, source, created_at, created_by from stackloom.revisions
    where project_id = %(project)s and scenario_id = %(id)s
      and (%(marker)s::integer is null or number < %(marker)s)
    order by number desc limit %(limit)s"""


class Scenarios:
    """What a project wants to have."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def create(
        self,
        *,
        name: str,
        source: ScenarioSource,
        tags: Sequence[str],
        check: Check | None,
        webhook_secret: bytes | None,
        created_by: str,
        check_grant_id: UUID | None = None,
    ) -> Scenario:
        """Keep a new one; *webhook_secret* is sealed.

        Raises:
            Refused: the project has one of this name, or as many as it may have.
        """
        id = new_id()
        try:
            async with self._project.changing() as changing:
                if await changing.row(_GET, id=id) is not None:
                    return await self.get(id)  # made by the same request, whose answer was lost
                await self._check_room(changing)
                await changing.do(
                    _INSERT,
                    id=id,
                    name=name,
                    check_grant=check_grant_id,
                    by=created_by,
                    **_columns(tags, check, webhook_secret),
                )
                await changing.do(
                    _INSERT_REVISION, id=id, number=1, source=as_json(source), by=created_by
                )
        except UniqueViolation as error:
            raise Refused(
                "scenario.exists",
                f'the project has a scenario "{name}"',
                hint="change that one, or write another name into the text",
            ) from error
        return await self.get(id)

    async def _check_room(self, changing: Changing) -> None:
        found = await changing.row(_COUNT)
        most = self._project.limits.scenarios
        if found is not None and found["scenarios"] >= most:
            raise Refused(
                "limit.reached",
                f"the project has {most} scenarios, which is as many as it may have",
                hint="delete one that is no longer needed",
            )

    async def get(self, id: UUID) -> Scenario:
        """Return one.

        Raises:
            Refused: there is none of this id in the project.
        """
        found = await self._project.row(_GET, id=id)
        if found is None:
            raise not_here("scenario", id)
        return as_struct(found, Scenario)

    async def named(self, name: str) -> Scenario | None:
        """Return the one of this name, None where there is none."""
        found = await self._project.row(_NAMED, name=name)
        return None if found is None else as_struct(found, Scenario)

    async def page(
        self,
        *,
        limit: int,
        marker: UUID | None = None,
        name: str | None = None,
        tags: Sequence[str] = (),
        condition: Condition | None = None,
        newest_first: bool = False,
    ) -> list[Scenario]:
        """Return some in the order in which they were made; they have all of *tags*.

        Args:
            marker: the id of the last one of the page before.

        Raises:
            Refused: there is no scenario *marker*.
        """
        found = await self._project.rows(
            _PAGE_NEWEST if newest_first else _PAGE,
            limit=limit,
            marker=marker,
            name=name,
            tags=list(tags),
            condition=condition,
        )
        if not found and marker is not None:
            await check_marker(self._project, "scenarios", marker)
        return [as_struct(each, Scenario) for each in found]

    async def replace(
        self,
        id: UUID,
        *,
        revision: int,
        name: str,
        source: ScenarioSource,
        tags: Sequence[str],
        check: Check | None,
        webhook_secret: bytes | None,
        by: str,
        check_grant_id: UUID | None = None,
    ) -> Scenario:
        """Put another text in the place of revision *revision*; plans of it expire.

        Raises:
            Refused: there is none, it has another revision by now, or another name.
        """
        async with self._project.changing() as changing:
            known = await self._at_revision(changing, id, revision)
            if known["name"] != name:
                raise Refused(
                    "scenario.renamed",
                    f'scenario "{known["name"]}" would become "{name}", and what it has in the '
                    "cloud carries its name",
                    hint=f"write scenario: {known['name']}, or keep this one as a new scenario",
                )
            await changing.do(
                _REPLACE,
                id=id,
                check_grant=check_grant_id,
                **_columns(tags, check, webhook_secret),
            )
            await changing.do(
                _INSERT_REVISION, id=id, number=revision + 1, source=as_json(source), by=by
            )
            await changing.do(_EXPIRE_PLANS, id=id)
        return await self.get(id)

    async def delete(self, id: UUID, *, revision: int) -> None:
        """Forget one that has nothing in the cloud; its runs can be read until they are too old.

        Raises:
            Refused: there is none, it has another revision by now, is being worked on, or still
                has resources.
        """
        async with self._project.changing() as changing:
            known = await self._at_revision(changing, id, revision)
            busy = await changing.row(_BUSY, id=id)
            if busy is not None:
                raise Refused(
                    "scenario.busy",
                    f'run {busy["id"]} of scenario "{known["name"]}" has not ended',
                    hint="wait for it, or cancel it",
                )
            found = await changing.row(_HAS_RESOURCES, id=id)
            if found is not None and found["has_resources"]:
                raise Refused(
                    "scenario.has-resources",
                    f'scenario "{known["name"]}" may still have resources in the cloud',
                    hint="destroy it first, or delete it with destroy=true",
                )
            await changing.do(_DELETE, id=id)

    async def _at_revision(self, changing: Changing, id: UUID, revision: int) -> DictRow:
        known = await changing.row(_GET, id=id)
        if known is None:
            raise not_here("scenario", id)
        if known["revision"] != revision:
            raise changed_meanwhile(known["name"], known["revision"], revision)
        return known

    async def revision(self, id: UUID, number: int | None = None) -> Revision:
        """Return one text, the newest where *number* is None; also of what was deleted.

        Raises:
            Refused: there is none of this number, or no such scenario.
        """
        found = await self._project.row(_REVISION, id=id, number=number)
        if found is None:
            raise not_here("scenario" if number is None else f"revision {number} of scenario", id)
        return as_struct(found, Revision)

    async def revisions(self, id: UUID, *, limit: int, marker: int | None = None) -> list[Revision]:
        """Return some texts, the newest first; *marker* is the last one's number."""
        found = await self._project.rows(_REVISIONS, id=id, limit=limit, marker=marker)
        return [as_struct(each, Revision) for each in found]


def _columns(
    tags: Sequence[str], check: Check | None, webhook_secret: bytes | None
) -> dict[str, object]:
    return {
        "tags": list(tags),
        "every": None if check is None else check.every_seconds,
        "webhook_url": None if check is None else check.webhook_url,
        "webhook_secret": webhook_secret,
    }
