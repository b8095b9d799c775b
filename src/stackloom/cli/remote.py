# SPDX-License-Identifier: Apache-2.0
"""Run a coroutine with the service that ``--server`` names, as whoever the options say we are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from stackloom.cli.command import Invocation
from stackloom.errors import AuthFailed

if TYPE_CHECKING:
    from stackloom.client import Client
    from stackloom.log import Secret

T = TypeVar("T")

_BEARER_VARIABLE = "STACKLOOM_TOKEN"


def with_client(invocation: Invocation, work: Callable[[Client], Awaitable[T]]) -> T:
    """Connect to the service, await *work* with it, and close."""

    async def run() -> T:
        async with _client(invocation) as client:
            try:
                return await work(client)
            except AuthFailed as error:
                error.hint = f"{error.hint}; " if error.hint else ""
                error.hint += (
                    f"the service at {invocation.options.server} takes the token of its own "
                    "Keystone, or the bearer that it printed, in STACKLOOM_TOKEN"
                )
                raise

    return asyncio.run(run())


@asynccontextmanager
async def _client(invocation: Invocation) -> AsyncIterator[Client]:
    """Open the service: with the bearer of the environment, unless the options name a cloud."""
    from stackloom.cli.connection import chosen_config
    from stackloom.client import Client
    from stackloom.cloud.cloud import connect
    from stackloom.transport.client import Tls

    environment, given = invocation.environment, invocation.cloud_options
    url = invocation.options.server
    bearer = environment.get(_BEARER_VARIABLE)
    if bearer and not (given.cloud or given.settings):
        ca_file = environment.get("OS_CACERT")
        tls = Tls(
            verify=not invocation.options.insecure, ca_file=Path(ca_file) if ca_file else None
        )
        async with Client(url, token=bearer, tls=tls) as client:
            yield client
        return
    config = chosen_config(invocation)
    async with connect(config, environment=environment) as cloud:

        async def token() -> Secret:
            return (await cloud.token()).secret

        async with Client(url, token=token, tls=config.tls) as client:
            yield client
