# SPDX-License-Identifier: Apache-2.0
"""The whole service in this process: a real PostgreSQL, no socket, no Keystone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import msgspec
from tests.fakes.grants import FakeGrants
from tests.fakes.people import FakePeople

from stackloom.service.app import Application, create_app
from stackloom.service.grant.key_file import write_new_key
from stackloom.service.settings import (
    DatabaseSettings,
    IdentitySettings,
    LimitsSettings,
    SecretsSettings,
    ServerSettings,
    ServiceSettings,
)

URL = "http://service.test"
KEYSTONE = "http://keystone.test/v3"
MEMBER = {"X-Auth-Token": "blue-member"}
READER = {"X-Auth-Token": "blue-reader"}
STRANGER = {"X-Auth-Token": "red-member"}


def settings_for(
    database_url: str,
    folder: Path,
    limits: LimitsSettings | None = None,
    *,
    keystone: str = KEYSTONE,
) -> ServiceSettings:
    """Return settings of a service that finds nothing but its database, unless told otherwise."""
    keys_file = folder / "keys"
    write_new_key(keys_file)
    return ServiceSettings(
        server=ServerSettings(public_url=URL),
        database=DatabaseSettings(url=database_url, pool_size=4),
        identity=IdentitySettings(auth_url=keystone),
        secrets=SecretsSettings(keys_file=str(keys_file)),
        limits=limits or LimitsSettings(readings_at_once=1),
    )


def app_for(settings: ServiceSettings, people: FakePeople | None = None) -> Application:
    """Return the application with fakes in the place of Keystone."""
    return create_app(settings, identities=people or FakePeople(), grants=FakeGrants())


@asynccontextmanager
async def asking(app: Application) -> AsyncIterator[httpx2.AsyncClient]:
    """Open the application, and a client that calls it in memory."""
    transport = httpx2.ASGITransport(app)
    async with (
        app.running(),
        httpx2.AsyncClient(transport=transport, base_url=URL) as client,
    ):
        yield client


def plain(body: object) -> object:
    """Return a document as JSON has it."""
    return msgspec.json.decode(msgspec.json.encode(body))
