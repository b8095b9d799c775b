# SPDX-License-Identifier: Apache-2.0
"""A project's view of the tables: whatever is asked through it is asked for that project."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec
from psycopg.rows import DictRow

from stackloom.service.database.pool import Connection, Pool, connected, row, rows, transaction
from stackloom.service.refusal import Refused

_T = TypeVar("_T")

# Every change of a project's jobs goes through its row: see migrations/0002_functions.sql.
_ADD = """
    insert into stackloom.projects (id) values (%(project)s) on conflict (id) do nothing
"""
_HOLD = "select 1 from stackloom.projects where id = %(project)s for no key update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a project may have.

    Attributes:
        scenarios: kept.
        queued_jobs: that wait for a worker.
    """

    scenarios: int = 1_000
    queued_jobs: int = 100


class Project:
    """Statements with ``%(project)s`` already said."""

    def __init__(self, pool: Pool, id: str, limits: Limits) -> None:
        self._pool = pool
        self.id = id
        self.limits = limits

    async def rows(self, sql: str, **values: object) -> list[DictRow]:
        """Return all rows of a statement."""
        async with connected(self._pool) as connection:
            return await rows(connection, sql, {**values, "project": self.id})

    async def row(self, sql: str, **values: object) -> DictRow | None:
        """Return the first row of a statement, None where there is none."""
        async with connected(self._pool) as connection:
            return await row(connection, sql, {**values, "project": self.id})

    async def do(self, sql: str, **values: object) -> None:
        """Carry out a statement that gives no rows."""
        async with connected(self._pool) as connection:
            await connection.execute(sql.encode(), {**values, "project": self.id})

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[Changing]:
        """Begin a transaction in which nobody else changes jobs or scenarios of the project."""
        async with transaction(self._pool) as connection:
            changing = Changing(connection, self.id)
            await changing.do(_ADD)
            await changing.row(_HOLD)
            yield changing


class Changing:
    """A transaction that holds the project's row."""

    def __init__(self, connection: Connection, project_id: str) -> None:
        self._connection = connection
        self._project_id = project_id

    async def row(self, sql: str, **values: object) -> DictRow | None:
        """Return the first row of a statement, None where there is none."""
        return await row(self._connection, sql, {**values, "project": self._project_id})

    async def do(self, sql: str, **values: object) -> None:
        """Carry out a statement that gives no rows."""
        await self._connection.execute(sql.encode(), {**values, "project": self._project_id})


def page_sql(select: str, filters: str, *, table: str, newest_first: bool) -> str:
    """Return the text of a page of rows in the order in which they were made.

    Rows are made while the project's row is held, so none ever comes before one that was seen.

    Args:
        select: names the table *table*, without ``where``.
        filters: further conditions, joined by ``and``; the project's is among them.
    """
    sign, order = ("<", "desc") if newest_first else (">", "asc")
    return f"""{select}
        where {filters}
          and (%(marker)s::uuid is null or (base.created_at, base.id) {sign} (
            select created_at, id from stackloom.{table}
            where project_id = %(project)s and id = %(marker)s::uuid))
        order by base.created_at {order}, base.id {order} limit %(limit)s"""


async def check_marker(project: Project, table: str, marker: UUID) -> None:
    """Check that a marker is a row of the project; asked only where a page came out empty.

    Raises:
        Refused: it is none.
    """
    sql = f"select id from stackloom.{table} where project_id = %(project)s and id = %(marker)s"
    if await project.row(sql, marker=marker) is None:
        raise Refused(
            "parameter.invalid",
            f"marker: there is no {marker} in this list",
            hint="take the address of the next page as it is given in links",
        )


def as_struct(row: DictRow, type: type[_T]) -> _T:
    """Return a row as the struct that has a field for each of its columns."""
    return msgspec.convert(row, type)


def as_json(value: object) -> str:
    """Return a value as the JSON text that a column of type ``json`` takes."""
    return msgspec.json.encode(value).decode()
