# SPDX-License-Identifier: Apache-2.0
"""What a process says of itself: well, or which part is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeTransport
from tests.service.serving import KEYSTONE, app_for, asking, settings_for

from stackloom.service.database.pool import opened
from stackloom.service.health import HealthChecks
from stackloom.service.settings import DatabaseSettings, HealthSettings, ServiceSettings
from stackloom.transport.client import Answer, NotSent
from stackloom.wire.health import Health, HealthPart

_DATABASE = HealthPart(name="database", is_well=True)
_KEYSTONE = HealthPart(name="keystone", is_well=True)
_OPERATOR = HealthPart(name="operator", is_well=True)
_VERSIONS = Answer(status=200, headers={}, body=b"{}")


def _keystone(*replies: Answer | NotSent) -> FakeTransport:
    transport = FakeTransport()
    transport.on("GET", "/v3", *replies)
    return transport


def _ready(settings: ServiceSettings, transport: FakeTransport) -> Health:
    async def run() -> Health:
        async with opened(settings.database.url, 1) as pool:
            checks = HealthChecks(settings, pool, transport=transport)
            try:
                return await checks.ready()
            finally:
                await checks.close()

    return asyncio.run(run())


def test_ready_where_everything_answers(database_url: str, tmp_path: Path) -> None:
    """Database and Keystone are asked; what Keystone says of itself does not matter."""
    transport = _keystone(_VERSIONS)
    found = _ready(settings_for(database_url, tmp_path), transport)
    assert found == Health(is_well=True, parts=(_DATABASE, _KEYSTONE, _OPERATOR))
    assert [(each.method, each.url) for each in transport.requests] == [("GET", KEYSTONE)]
    assert transport.is_closed


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        (NotSent("connection refused by 10.1.2.3"), "it cannot be reached"),
        (Answer(status=503, headers={}, body=b""), "it answers 503"),
    ],
)
def test_keystone_is_away(
    database_url: str, tmp_path: Path, reply: Answer | NotSent, detail: str
) -> None:
    """It is named, and its address is not: anybody may ask."""
    found = _ready(settings_for(database_url, tmp_path), _keystone(reply))
    keystone = HealthPart(name="keystone", is_well=False, detail=detail)
    assert found == Health(is_well=False, parts=(_DATABASE, keystone, _OPERATOR))


def test_the_database_is_away(tmp_path: Path) -> None:
    """Nobody waits longer than the settings say."""
    nowhere = f"postgresql://stackloom@/stackloom?host={tmp_path}"
    settings = replace(
        settings_for("", tmp_path),
        database=DatabaseSettings(url=nowhere),
        health=HealthSettings(check_seconds=0.1),
    )
    database = HealthPart(name="database", is_well=False, detail="no answer within 0.1 s")
    found = _ready(settings, _keystone(_VERSIONS))
    assert found == Health(is_well=False, parts=(database, _KEYSTONE, _OPERATOR))


def test_a_look_is_shared_for_a_second(database_url: str, tmp_path: Path) -> None:
    """A hundred who ask cost one request; a second later there is another look."""
    clock = FakeClock()
    transport = _keystone(_VERSIONS, NotSent("gone"))

    async def run() -> list[bool]:
        settings = settings_for(database_url, tmp_path)
        async with opened(settings.database.url, 1) as pool, asyncio.TaskGroup() as group:
            checks = HealthChecks(settings, pool, transport=transport, now=clock.now)
            asking = [group.create_task(checks.ready()) for _ in range(100)]
            for each in asking:
                await each
            clock.seconds = 0.9
            still = await checks.ready()
            clock.seconds = 1.1
            return [asking[99].result().is_well, still.is_well, (await checks.ready()).is_well]

    assert asyncio.run(run()) == [True, True, False]
    assert len(transport.requests) == 2


def test_over_http(database_url: str, tmp_path: Path) -> None:
    """Nobody has to say who they are; a file takes the process out of use, and back."""
    file = tmp_path / "disabled"
    health = HealthSettings(disabled_file=str(file), check_seconds=0.1)
    settings = replace(settings_for(database_url, tmp_path), health=health)
    out_of_use = {"name": "operator", "is_well": False, "detail": "taken out of use"}

    async def run() -> None:
        async with asking(app_for(settings)) as client:
            answer = await client.get("/livez")
            assert (answer.status_code, answer.json()) == (200, {"is_well": True, "parts": []})
            in_use = await client.get("/healthcheck")
            assert (in_use.status_code, in_use.json()["is_well"]) == (200, True)
            await asyncio.to_thread(file.touch)
            answer = await client.get("/healthcheck")
            assert (answer.status_code, answer.json()) == (
                503,
                {"is_well": False, "parts": [out_of_use]},
            )
            head = await client.head("/healthcheck")
            assert (head.status_code, head.content) == (503, b"")
            # "keystone.test" is no host, so that Keystone is away.
            ready = await client.get("/readyz")
            assert ready.status_code == 503
            assert [part["name"] for part in ready.json()["parts"] if not part["is_well"]] == [
                "keystone",
                "operator",
            ]
            await asyncio.to_thread(file.unlink)
            assert (await client.get("/healthcheck")).status_code == 200

    asyncio.run(run())
