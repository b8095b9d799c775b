# SPDX-License-Identifier: Apache-2.0
"""Open what the application needs to answer, and close it again in the other order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from stackloom.service.database import pool
from stackloom.service.database.listener import Listener
from stackloom.service.events import Events
from stackloom.service.grant.grant import Grants
from stackloom.service.grant.grants import grants_of
from stackloom.service.grant.key_file import seal_of
from stackloom.service.health import HealthChecks
from stackloom.service.identity.cookie import Cookies
from stackloom.service.identity.identities import Identities, identities_of
from stackloom.service.identity.log_ins import LogIns
from stackloom.service.lists.project_lists import ProjectLists
from stackloom.service.operation.desk import Desk
from stackloom.service.reading import Reading
from stackloom.service.rest.context import Context, Observe
from stackloom.service.rest.rates import Rates
from stackloom.service.rest.refusals import Refusals
from stackloom.service.rest.stream import Streams
from stackloom.service.settings import ServiceSettings


@asynccontextmanager
async def opened(
    settings: ServiceSettings,
    *,
    identities: Identities | None = None,
    grants: Grants | None = None,
    observe: Observe | None = None,
) -> AsyncIterator[Context]:
    """Open everything that *settings* ask for.

    Args:
        identities, grants: in the place of those of the settings; closed with the others.

    Raises:
        BadConfig: the settings do not say enough, or a file of theirs cannot be used.
    """
    url = public_url(settings)
    async with AsyncExitStack() as stack:
        seal = seal_of(settings)
        identities = identities or identities_of(settings)
        stack.push_async_callback(identities.close)
        grants = grants or grants_of(settings, seal)
        stack.push_async_callback(grants.close)
        connections = await stack.enter_async_context(
            pool.opened(settings.database.url, settings.database.pool_size)
        )
        listener = await stack.enter_async_context(Listener(settings.database.url))
        events = await stack.enter_async_context(Events(connections, listener))
        lists = ProjectLists(settings, public_url=url)
        stack.push_async_callback(lists.close)
        reading = await stack.enter_async_context(Reading(settings))
        log_ins = LogIns(settings, identities)
        stack.push_async_callback(log_ins.close)
        streams = Streams(settings.limits)
        stack.callback(streams.close)
        health = HealthChecks(settings, connections)
        stack.push_async_callback(health.close)
        desk = Desk(
            pool=connections,
            events=events,
            grants=grants,
            seal=seal,
            lists=lists,
            reading=reading,
            settings=settings,
            public_url=url,
        )
        yield Context(
            settings=settings,
            public_url=url,
            desk=desk,
            identities=identities,
            rates=Rates(settings.limits),
            streams=streams,
            refusals=Refusals(help_url=f"{url}/v1/docs", challenge=identities.challenge),
            cookies=Cookies(seal, is_secure=url.startswith("https:")),
            log_ins=log_ins,
            health=health,
            observe=observe or _nobody_looks,
        )


def public_url(settings: ServiceSettings) -> str:
    """Return what links begin with: what the operator says, else where the service listens."""
    server = settings.server
    scheme = "https" if server.tls_certificate else "http"
    return (server.public_url or f"{scheme}://{server.listen}").rstrip("/")


def _nobody_looks(_template: str, _method: str, _status: int, _seconds: float) -> None:
    """Count nothing."""
