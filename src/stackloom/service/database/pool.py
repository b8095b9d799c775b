# SPDX-License-Identifier: Apache-2.0
"""Connections to PostgreSQL, and what it means that there are none right now."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from stackloom.service.refusal import Refused

# A row comes as a mapping; what its values are is said by the struct it is turned into.
Row = Mapping[str, Any]
Connection = psycopg.AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]

_Value = TypeVar("_Value")

# How long a request waits for one of the pool's connections before it is refused.
_TURN_SECONDS = 5.0
# A pool that has lost its connections waits 1 s before it connects again, then 2, 4, 8 s, ...
# (psycopg_pool/base.py, 3.3.3), long after PostgreSQL is back. So it gives up at once, and begins
# anew with each time it is asked; and it is asked again and again.
_RECONNECT_SECONDS = 0.0
_ASK_SECONDS = 0.5
# Between two tries of `patiently`: a restart of PostgreSQL takes from 0.2 s.
_PAUSE_SECONDS = 0.2
_CONNECT_SECONDS = 5


class DatabaseAway(Refused):
    """PostgreSQL gave no answer, or broke off; whether something was written is not known."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "database.away",
            f"the database cannot be reached: {cause}",
            hint="try again in a moment",
            headers={"Retry-After": "2"},
        )


@asynccontextmanager
async def opened(url: str, size: int = 10) -> AsyncIterator[Pool]:
    """Open a pool; it opens whether or not PostgreSQL answers, and finds it once it does."""
    # It tells of each connection that it does not get: hundreds of lines in a restart of
    # PostgreSQL. Whoever needs one says so in a line.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    pool: Pool = AsyncConnectionPool(
        url,
        connection_class=psycopg.AsyncConnection[DictRow],
        kwargs={
            "autocommit": True,
            "row_factory": dict_row,
            "connect_timeout": _CONNECT_SECONDS,
            "application_name": "stackloom",
        },
        min_size=1,
        max_size=size,
        open=False,
        configure=_configure,
        check=AsyncConnectionPool.check_connection,
        reconnect_timeout=_RECONNECT_SECONDS,
    )
    await pool.open(wait=False)
    try:
        yield pool
    finally:
        await pool.close()


async def _configure(connection: Connection) -> None:
    set_json_loads(msgspec.json.decode, connection)
    await connection.execute("set timezone to 'UTC'")


@asynccontextmanager
async def connected(pool: Pool) -> AsyncIterator[Connection]:
    """Borrow a connection; every statement is a transaction of its own.

    Raises:
        DatabaseAway: there is none, or it broke.
    """
    try:
        connection = await _borrowed(pool)
        try:
            async with connection:
                yield connection
        finally:
            await pool.putconn(connection)
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseAway(str(error).strip() or type(error).__name__) from error


async def _borrowed(pool: Pool) -> Connection:
    until = time.monotonic() + _TURN_SECONDS
    while True:
        try:
            return await pool.getconn(timeout=_ASK_SECONDS)
        except PoolTimeout:
            if time.monotonic() >= until:
                raise


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """Borrow a connection for one transaction; an exception rolls it back.

    Raises:
        DatabaseAway: there is none, or it broke; the transaction may have been committed.
    """
    async with connected(pool) as connection, connection.transaction():
        yield connection


async def rows(connection: Connection, sql: str, values: Mapping[str, object]) -> list[DictRow]:
    """Return all rows of a statement."""
    # The texts are constants of this package; psycopg's type asks for literals.
    cursor = await connection.execute(sql.encode(), values)
    return await cursor.fetchall()


async def row(connection: Connection, sql: str, values: Mapping[str, object]) -> DictRow | None:
    """Return the first row of a statement, None where there is none."""
    cursor = await connection.execute(sql.encode(), values)
    return await cursor.fetchone()


async def patiently(query: Callable[[], Awaitable[_Value]], until: float) -> _Value:
    """Ask again while the database is away.

    Only for what may be done twice: an answer can be lost after the commit.

    Args:
        until: when to give up, as ``time.monotonic()`` counts; asked once at least.

    Raises:
        DatabaseAway: it was away until then.
    """
    while True:
        try:
            async with asyncio.timeout_at(_loop_time(until)):
                return await query()
        except TimeoutError as error:
            raise DatabaseAway("no answer in time") from error
        except DatabaseAway:
            if time.monotonic() + _PAUSE_SECONDS >= until:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)


def _loop_time(until: float) -> float:
    """Return a moment of ``time.monotonic()`` on the loop's clock; a turn's time at least."""
    left = max(until - time.monotonic(), _TURN_SECONDS)
    return asyncio.get_running_loop().time() + left
