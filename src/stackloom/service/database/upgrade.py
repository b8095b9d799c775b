# SPDX-License-Identifier: Apache-2.0
"""Brings a database to what this version of stackloom works with.

Numbered texts below ``migrations/``, each in a transaction, and Procrastinate's own. An advisory
lock keeps several processes that start at once in line.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager

from stackloom.service.database.pool import DatabaseAway
from stackloom.service.refusal import Refused

DELIVERY_SCHEMA = "public"
"""Where Procrastinate's tables are; its texts name no schema."""

_OURS = "stackloom"
_DELIVERY = "procrastinate"
# Any number that nobody else locks by: "stackloom" in ASCII, cut to 63 bits.
_LOCK = int.from_bytes(b"stacklom") >> 1

_BEGIN = """
    create schema if not exists stackloom;
    create table if not exists stackloom.schema_versions (
        component text not null, version text not null,
        applied_at timestamptz not null default clock_timestamp(),
        primary key (component, version));
"""
_APPLIED = "select version from stackloom.schema_versions where component = %s"
_RECORD = "insert into stackloom.schema_versions (component, version) values (%s, %s)"

_Connection = psycopg.AsyncConnection[tuple[object, ...]]


async def upgrade(url: str) -> list[str]:
    """Apply what is missing.

    Returns:
        what was applied: ``["stackloom 0001_tables", ...]``; empty where nothing was missing.

    Raises:
        DatabaseAway: it cannot be reached.
        Refused: it was made by a newer stackloom.
    """
    applied = []
    try:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
            await connection.execute(_BEGIN.encode())
            for component, version, text in await _missing(connection):
                async with connection.transaction():
                    await connection.execute(f"set local search_path to {DELIVERY_SCHEMA}".encode())
                    await connection.execute(text.encode())
                    await connection.execute(_RECORD, (component, version))
                applied.append(f"{component} {version}")
    except psycopg.OperationalError as error:
        raise DatabaseAway(str(error).strip()) from error
    return applied


async def check(url: str) -> None:
    """Check that the database is as this version needs it.

    Raises:
        DatabaseAway: it cannot be reached.
        Refused: it is behind, or was made by a newer stackloom.
    """
    try:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            found = await connection.execute("select to_regclass('stackloom.schema_versions')")
            is_there = (await found.fetchone() or (None,))[0] is not None
            missing = await _missing(connection) if is_there else [(_OURS, "all of it", "")]
    except psycopg.OperationalError as error:
        raise DatabaseAway(str(error).strip()) from error
    if missing:
        names = ", ".join(f"{component} {version}" for component, version, _ in missing)
        raise Refused(
            "server.failed",
            f"the database is behind this version of stackloom; it lacks {names}",
            hint="stackloom db upgrade --database URL",
        )


async def _missing(connection: _Connection) -> list[tuple[str, str, str]]:
    """Return what is still to be applied: component, version and text of each."""
    ours = await _applied(connection, _OURS)
    known = [file.stem for file in _migrations()]
    newer = ours - set(known)
    if newer:
        raise Refused(
            "server.failed",
            f"the database was made by a newer stackloom: it has {', '.join(sorted(newer))}",
            hint="start the newer version",
        )
    missing = [
        (_OURS, file.stem, file.read_text(encoding="utf-8"))
        for file in _migrations()
        if file.stem not in ours
    ]
    return missing + _missing_of_delivery(await _applied(connection, _DELIVERY))


def _missing_of_delivery(applied: set[str]) -> list[tuple[str, str, str]]:
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    newest = files[-1].stem
    if not applied:
        # The whole schema is what all migrations up to the newest make.
        return [(_DELIVERY, newest, SchemaManager.get_schema())]
    behind = max(applied)
    # Their names begin with the version, two digits a part, so they sort as they are to be run.
    return [
        (_DELIVERY, file.stem, file.read_text(encoding="utf-8"))
        for file in files
        if file.stem > behind
    ]


def _migrations() -> Sequence[Path]:
    with resources.as_file(resources.files(__package__) / "migrations") as folder:
        return sorted(folder.glob("*.sql"))


async def _applied(connection: _Connection, component: str) -> set[str]:
    found = await connection.execute(_APPLIED, (component,))
    return {str(version) for (version,) in await found.fetchall()}
