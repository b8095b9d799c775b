# SPDX-License-Identifier: Apache-2.0
"""A request that is sent again is answered again, and whatever it makes is made once."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID

import pytest
from tests.service.database.filled import a_plan, a_run, a_scenario, at_database, executed

from stackloom.service.database.idempotency import Stored
from stackloom.service.database.pool import DatabaseAway, Pool
from stackloom.service.database.project import Limits
from stackloom.service.database.store import Store
from stackloom.service.new_id import making, new_id
from stackloom.service.refusal import Refused

STORED = Stored(status=201, body=b"\0body", location="/v1/x", etag='"1"')
MUCH_LATER = "update stackloom.idempotency_keys set created_at = now() - interval '16 seconds'"


def test_a_key_is_for_one_request_and_answers_it_once(database_url: str) -> None:
    """At once, again, with another body, and by another user or project."""

    async def live(pool: Pool) -> None:
        keys = Store(pool, "blue").idempotency
        at_once = await asyncio.gather(
            *(keys.begin("ada-id", "k", b"h") for _ in range(4)), return_exceptions=True
        )
        codes = [each.code for each in at_once if isinstance(each, Refused)]
        assert codes == ["idempotency.under-way"] * 3
        assert len([each for each in at_once if isinstance(each, UUID)]) == 1
        with pytest.raises(Refused) as refused:
            await keys.begin("ada-id", "k", b"other")
        assert refused.value.code == "idempotency.reused"
        assert isinstance(await keys.begin("bob-id", "k", b"other"), UUID)
        assert isinstance(await Store(pool, "red").idempotency.begin("ada-id", "k", b"o"), UUID)
        await keys.end("ada-id", "k", STORED)
        assert await keys.begin("ada-id", "k", b"h") == STORED

    at_database(database_url, live)


def test_whoever_was_killed_leaves_the_id_of_what_it_was_to_make(database_url: str) -> None:
    """After a while the request may come again, and makes the same thing; its answer stays."""

    async def live(pool: Pool) -> None:
        keys = Store(pool, "blue").idempotency
        first = await keys.begin("ada-id", "k", b"h")
        await executed(pool, MUCH_LATER)
        assert await keys.begin("ada-id", "k", b"h") == first
        await keys.end("ada-id", "k", STORED)
        await executed(pool, MUCH_LATER)
        assert await keys.begin("ada-id", "k", b"h") == STORED

    at_database(database_url, live)


def test_how_a_request_ended_decides_what_becomes_of_its_key(database_url: str) -> None:
    """Refused: the key is free. Not known: the same request comes again, with the same id."""

    async def live(pool: Pool) -> None:
        keys = Store(pool, "blue").idempotency

        async def ended_by(key: str, error: BaseException) -> object:
            id = await keys.begin("ada-id", key, b"h")
            assert isinstance(id, UUID)
            with contextlib.suppress(type(error)):
                async with keys.answering("ada-id", key, id):
                    assert new_id() == id
                    raise error
            return await keys.begin("ada-id", key, b"h") == id

        assert await ended_by("a", Refused("not-found", "no")) is False
        assert await ended_by("b", DatabaseAway("gone")) is True
        assert await ended_by("c", asyncio.CancelledError()) is True

    at_database(database_url, live)


def test_whoever_is_refused_late_leaves_the_answer_of_another(database_url: str) -> None:
    """It was given up, and another process has answered; that answer is the request's."""

    async def live(pool: Pool) -> None:
        keys = Store(pool, "blue").idempotency
        id = await keys.begin("ada-id", "k", b"h")
        assert isinstance(id, UUID)
        with contextlib.suppress(Refused):
            async with keys.answering("ada-id", "k", id):
                await executed(pool, MUCH_LATER)
                assert await keys.begin("ada-id", "k", b"h") == id
                await keys.end("ada-id", "k", STORED)
                raise Refused("cloud.unreachable", "Keystone gave no answer")
        assert await keys.begin("ada-id", "k", b"h") == STORED

    at_database(database_url, live)


def test_a_scenario_that_was_made_is_found_where_there_is_room_for_no_other(
    database_url: str,
) -> None:
    """It may have been the last one."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue", Limits(scenarios=1))
        with making(UUID(int=7)):
            assert await a_scenario(store) == await a_scenario(store)
        with pytest.raises(Refused, match="as many as it may have"):
            await a_scenario(store, "two")

    at_database(database_url, live)


def test_what_was_made_is_found_by_its_id(database_url: str) -> None:
    """The process that made it was killed before it could say so."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        with making(UUID(int=7)):
            scenario = await a_scenario(store)
            assert await a_scenario(store) == scenario
        assert scenario.id == UUID(int=7)
        with pytest.raises(Refused, match='has a scenario "one"'):
            await a_scenario(store)
        run = await a_run(store, scenario, id=UUID(int=8))
        assert await a_run(store, scenario, id=UUID(int=8)) == run
        plan = await a_plan(store, scenario, id=UUID(int=9))
        assert await a_plan(store, scenario, id=UUID(int=9)) == plan
        assert await executed(pool, "select count(*) from stackloom.jobs") == [(2,)]

    at_database(database_url, live)
