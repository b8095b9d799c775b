# SPDX-License-Identifier: Apache-2.0
"""Tries what the settings of the service name: files, addresses, database, Keystone.

Every trial goes on where another has failed: an operator wants to know all of it at once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from stackloom.errors import StackloomError
from stackloom.service.database.upgrade import check
from stackloom.service.grant.key_file import read_keys
from stackloom.service.identity.keystone_door import KeystoneDoor
from stackloom.service.identity.service_user import ServiceUser
from stackloom.service.machine.binaries import find_programs
from stackloom.service.machine.postgres_data import prefix_of_programs
from stackloom.service.machine.tls import check_certificate
from stackloom.service.own_cloud import own_cloud, tls_of
from stackloom.service.settings import ServiceSettings
from stackloom.service.settings_rules import problems_of
from stackloom.transport.client import Lost, NotSent, Request
from stackloom.transport.reqwest import ReqwestTransport

_SECONDS = 10.0


async def problems_found(
    settings: ServiceSettings, environment: Mapping[str, str] = os.environ
) -> list[str]:
    """Return a sentence for each thing that does not work, none where all does."""
    problems = [*problems_of(settings), *_of_files(settings), *_of_extras(settings)]
    async with asyncio.TaskGroup() as group:
        database = group.create_task(_told("database", lambda: _of_database(settings, environment)))
        keystone = group.create_task(_told("keystone", lambda: _of_keystone(settings)))
    return [*problems, *database.result(), *keystone.result()]


def _of_files(settings: ServiceSettings) -> Iterator[str]:
    server, keys_file = settings.server, Path(settings.secrets.keys_file)
    if settings.secrets.keys_file and keys_file.is_file():
        try:
            read_keys(keys_file)
        except StackloomError as error:
            yield f"[secrets] keys_file: {error}"
    if Path(server.tls_certificate).is_file() and Path(server.tls_key).is_file():
        try:
            check_certificate(server)
        except StackloomError as error:
            yield str(error)


def _of_extras(settings: ServiceSettings) -> Iterator[str]:
    if settings.server.grpc_listen and find_spec("grpc") is None:
        yield "[server] grpc_listen needs the extra: pip install 'stackloom[grpc]'"
    if settings.telemetry.endpoint and find_spec("opentelemetry") is None:
        yield "[telemetry] endpoint needs the extra: pip install 'stackloom[telemetry]'"


async def _told(name: str, trial: Callable[[], Awaitable[None]]) -> list[str]:
    try:
        async with asyncio.timeout(_SECONDS):
            await trial()
    except TimeoutError:
        return [f"{name}: no answer within {_SECONDS:g} s"]
    except (StackloomError, NotSent, Lost) as error:
        # PostgreSQL's own words have several lines.
        return [f"{name}: {' '.join(str(error).split())}"]
    return []


async def _of_database(settings: ServiceSettings, environment: Mapping[str, str]) -> None:
    if settings.database.url:
        await check(settings.database.url)
    else:
        await asyncio.to_thread(find_programs, settings.database.programs, environment)
        await asyncio.to_thread(prefix_of_programs, environment)


async def _of_keystone(settings: ServiceSettings) -> None:
    """Ask for its versions, and log in as the service user where there is one."""
    if not settings.identity.auth_url:
        cloud = own_cloud(settings)
        await _asked(cloud.auth_url, ReqwestTransport(tls=cloud.tls))
        return
    door = KeystoneDoor(settings.identity)
    try:
        await _asked(door.auth_url, ReqwestTransport(tls=tls_of(settings.identity)))
        if settings.identity.service_user:
            await ServiceUser(settings.identity, door.exchange).token()
    finally:
        await door.close()


async def _asked(url: str, transport: ReqwestTransport) -> None:
    try:
        answer = await transport.send(Request(method="GET", url=url, headers={}))
    finally:
        await transport.close()
    if answer.status >= 400:
        raise StackloomError(f"{url} answers {answer.status}: that is no Keystone")
