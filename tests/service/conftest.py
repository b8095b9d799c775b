# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL for the whole run, and a database of its own for each test."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from stackloom.service.database.upgrade import upgrade
from stackloom.service.machine.binaries import find_programs
from stackloom.service.machine.postgres import Postgres
from stackloom.service.settings_sources import variable

_TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """The server of this run; what is in it does not outlive it.

    ``STACKLOOM_DATABASE_PROGRAMS`` names the programs of another version to try with.
    """
    server = Postgres(
        find_programs(os.environ.get(variable("database.programs"), ""), os.environ),
        tmp_path_factory.mktemp("postgres"),
        environment=os.environ,
        is_lasting=False,
    )
    with asyncio.Runner() as runner:
        runner.run(server.start())
        yield server
        runner.run(server.stop())


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """What opens its own database, which tests leave alone."""
    return postgres.url


@pytest.fixture(scope="session")
def _template(postgres: Postgres) -> str:
    _at_server(postgres, "create database {}", _TEMPLATE)
    asyncio.run(upgrade(postgres.url_of(_TEMPLATE)))
    return _TEMPLATE


@pytest.fixture
def database_url(postgres: Postgres, _template: str) -> Iterator[str]:
    """What opens a database with every table and no row."""
    name = f"test_{uuid4().hex}"
    _at_server(postgres, "create database {} template {}", name, _template)
    yield postgres.url_of(name)
    _at_server(postgres, "drop database {} with (force)", name)


@pytest.fixture
def empty_database_url(postgres: Postgres) -> Iterator[str]:
    """What opens a database without any table."""
    name = f"test_{uuid4().hex}"
    _at_server(postgres, "create database {}", name)
    yield postgres.url_of(name)
    _at_server(postgres, "drop database {} with (force)", name)


def _at_server(postgres: Postgres, statement: str, *names: str) -> None:
    query = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(query)
