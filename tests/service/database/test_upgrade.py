# SPDX-License-Identifier: Apache-2.0
"""A database becomes what this version needs, once, however many ask at once."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from stackloom.service.database.pool import DatabaseAway
from stackloom.service.database.upgrade import check, upgrade
from stackloom.service.refusal import Refused


def test_four_at_once_apply_each_migration_once(empty_database_url: str) -> None:
    """Several processes may start on a new database at the same time."""

    async def all_at_once() -> list[list[str]]:
        return await asyncio.gather(*(upgrade(empty_database_url) for _ in range(4)))

    with pytest.raises(Refused, match="is behind this version of stackloom; it lacks"):
        asyncio.run(check(empty_database_url))
    applied = sorted(asyncio.run(all_at_once()), key=len)
    assert applied[:3] == [[], [], []]
    assert applied[3][:2] == ["stackloom 0001_tables", "stackloom 0002_functions"]
    assert applied[3][2].startswith("procrastinate 03.")
    asyncio.run(check(empty_database_url))


def test_a_database_of_a_newer_version_is_left_alone(empty_database_url: str) -> None:
    """Whatever it has, this version does not know what to do with it."""
    asyncio.run(upgrade(empty_database_url))
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute(
            "insert into stackloom.schema_versions values ('stackloom', '9999_future')"
        )
    for what in (upgrade, check):
        with pytest.raises(Refused, match="made by a newer stackloom: it has 9999_future"):
            asyncio.run(what(empty_database_url))


def test_a_database_that_is_away_is_said_to_be(tmp_path: object) -> None:
    """In one sentence, whatever was tried."""
    with pytest.raises(DatabaseAway, match="the database cannot be reached"):
        asyncio.run(check(f"postgresql:///x?host={tmp_path}"))
