# SPDX-License-Identifier: Apache-2.0
"""Every statement on what belongs to projects says which, but for a few that are named here."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from tests.service.database.filled import at_database, executed

from stackloom.service import database
from stackloom.service.database.pool import Pool

# Of all projects, and why.
OF_ALL_PROJECTS = {
    "grants._IDLE": "workers take back what no job of anybody's needs",
    "housekeeping": "what is too old goes, whosever it is",
    "jobs._STATES": "a number for the operator",
    "jobs._OLDEST": "a number for the operator",
    "resealing": "secrets of all projects get another key",
    "webhooks._TAKE": "workers send what is due, whosever it is",
}
TABLE = re.compile(r"(?:from|join|update|into)\s+stackloom\.(\w+)(?!\w*\()", re.IGNORECASE)
NOT_OF_PROJECTS = {"projects", "schema_versions"}


def statements() -> Iterator[tuple[str, str]]:
    """Yield every statement of the package, with the name of its constant."""
    texts = dict(_texts())
    for name, text in texts.items():
        # What others are put together from is no statement.
        if not any(text != other and text in other for other in texts.values()):
            yield name, text


def _texts() -> Iterator[tuple[str, str]]:
    for found in pkgutil.iter_modules(database.__path__):
        module = importlib.import_module(f"{database.__name__}.{found.name}")
        for name, value in vars(module).items():
            if isinstance(value, str) and TABLE.search(value):
                yield f"{found.name}.{name}", value


def is_for_one_project(text: str) -> bool:
    """Return whether each table of a statement is held to ``%(project)s``.

    Either by a condition of its own (an insert: by the value), or joined by ``project_id`` to one
    that is.
    """
    tables = [each for each in TABLE.findall(text) if each not in NOT_OF_PROJECTS]
    held = len(re.findall(r"project_id = %\(project\)s", text))
    held += len(re.findall(r"using \(project_id, id\)", text))
    held += len(re.findall(r"\w+\.project_id = \w+\.project_id", text))
    if re.match(r"\s*insert", text):
        held += "%(project)s" in text
    return held >= len(tables)


def test_every_statement_names_the_project() -> None:
    """Nobody gets another project's rows because somebody forgot a condition."""
    careless = {
        name
        for name, text in statements()
        if name not in OF_ALL_PROJECTS
        and name.partition(".")[0] not in OF_ALL_PROJECTS
        and not is_for_one_project(text)
    }
    assert careless == set()


def test_the_statements_are_found() -> None:
    """The test above would be of no use if it looked at nothing."""
    names = {name for name, _ in statements()}
    assert {"scenarios._GET", "plans._PAGE", "runs._PAGE_NEWEST", "events._OF_JOB"} <= names
    assert len(names) > 40


@pytest.mark.parametrize(
    "text",
    [
        "select * from stackloom.runs where id = %(id)s",
        (
            "select * from stackloom.runs as base join stackloom.jobs as job on job.id = base.id "
            "where base.project_id = %(project)s"
        ),
        "delete from stackloom.plans",
        "insert into stackloom.runs select * from stackloom.plans where id = 1",
    ],
)
def test_a_careless_statement_is_seen(text: str) -> None:
    """Also one that holds only one of two tables."""
    assert not is_for_one_project(text)


def test_every_table_belongs_to_projects(database_url: str) -> None:
    """A new table cannot be left out by accident."""

    async def live(pool: Pool) -> None:
        rows = await executed(
            pool,
            "select table_name from information_schema.tables as tables "
            "where table_schema = 'stackloom' and not exists (select from "
            "information_schema.columns as columns where columns.table_schema = 'stackloom' "
            "and columns.table_name = tables.table_name and column_name = 'project_id' "
            "and is_nullable = 'NO')",
        )
        assert {name for (name,) in rows} == NOT_OF_PROJECTS

    at_database(database_url, live)


# A foreign key whose columns no index begins with; one over some rows has all but null.
WITHOUT_INDEX = """
    select conname
    from pg_constraint as key
    where contype = 'f' and connamespace = 'stackloom'::regnamespace
      and confrelid <> 'stackloom.projects'::regclass
      and not exists (
        select from pg_index as index
        where index.indrelid = key.conrelid and index.indkey[0] = key.conkey[1]
          and (index.indpred is null
               or pg_get_expr(index.indpred, index.indrelid) like '(%% IS NOT NULL)'))"""


def test_what_hangs_on_a_row_that_goes_is_found_by_an_index(database_url: str) -> None:
    """Housekeeping would go through a whole table for each row else; projects never go."""

    async def live(pool: Pool) -> None:
        assert await executed(pool, WITHOUT_INDEX) == []
        await executed(pool, "drop index stackloom.jobs_of_scenario")
        assert await executed(pool, WITHOUT_INDEX) == [("jobs_scenario_id_fkey",)]

    at_database(database_url, live)
