# SPDX-License-Identifier: Apache-2.0
"""Seals everything in the database with the first key, so that older keys can leave their file.

Runs beside a working service: a row that changes meanwhile was sealed with the first key then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from stackloom.errors import StackloomError
from stackloom.service.database.pool import Connection, Pool, Row, connected, rows
from stackloom.service.grant.grant import about as about_grant
from stackloom.service.sealed import about_job_secrets, about_webhook_secret

_AT_ONCE = 500
_FIRST = UUID(int=0)

_JOBS = """
    select project_id, id, secrets as sealed from stackloom.jobs
    where secrets is not null and id > %(after)s order by id limit %(limit)s"""
_JOB = """
    update stackloom.jobs set secrets = %(new)s
    where project_id = %(project)s and id = %(id)s and secrets = %(sealed)s"""
_SCENARIOS = """
    select project_id, id, name, webhook_secret as sealed from stackloom.scenarios
    where webhook_secret is not null and id > %(after)s order by id limit %(limit)s"""
_SCENARIO = """
    update stackloom.scenarios set webhook_secret = %(new)s
    where project_id = %(project)s and id = %(id)s and webhook_secret = %(sealed)s"""
_GRANTS = """
    select project_id, id, sealed from stackloom.grants
    where sealed is not null and id > %(after)s order by id limit %(limit)s"""
_GRANT = """
    update stackloom.grants set sealed = %(new)s
    where project_id = %(project)s and id = %(id)s and sealed = %(sealed)s"""


class Resealing(Protocol):
    """What seals anew."""

    def reseal(self, sealed: bytes, *, about: str) -> bytes | None:
        """Return it sealed with the first key, None where it is already."""
        ...


@dataclass(slots=True, kw_only=True)
class Resealed:
    """How it went.

    Attributes:
        anew, before: how many were sealed now, and how many had been.
        broken: a sentence for each that cannot be opened; it is left as it is.
    """

    anew: int = 0
    before: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    table: str
    found: str
    change: str
    about: Callable[[Row], str]


_PLACES: Sequence[_Place] = (
    _Place(
        table="jobs",
        found=_JOBS,
        change=_JOB,
        about=lambda row: about_job_secrets(row["project_id"], row["id"]),
    ),
    _Place(
        table="scenarios",
        found=_SCENARIOS,
        change=_SCENARIO,
        about=lambda row: about_webhook_secret(row["project_id"], row["name"]),
    ),
    _Place(
        table="grants",
        found=_GRANTS,
        change=_GRANT,
        about=lambda row: about_grant(row["project_id"], row["id"]),
    ),
)


async def reseal(pool: Pool, seal: Resealing) -> Resealed:
    """Seal everything with the first key.

    Raises:
        DatabaseAway: part of it may have been done; again does no harm.
    """
    done = Resealed()
    async with connected(pool) as connection:
        for place in _PLACES:
            await _reseal_table(connection, place, seal, done)
    return done


async def _reseal_table(
    connection: Connection, place: _Place, seal: Resealing, done: Resealed
) -> None:
    after = _FIRST
    while found := await rows(connection, place.found, {"after": after, "limit": _AT_ONCE}):
        for row in found:
            try:
                new = seal.reseal(bytes(row["sealed"]), about=place.about(row))
            except StackloomError as error:
                done.broken.append(f"{place.table} {row['id']}: {error}")
                continue
            if new is None:
                done.before += 1
                continue
            values = {"project": row["project_id"], "id": row["id"], "sealed": row["sealed"]}
            await connection.execute(place.change.encode(), {**values, "new": new})
            done.anew += 1
        after = found[-1]["id"]
