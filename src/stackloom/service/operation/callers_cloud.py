# SPDX-License-Identifier: Apache-2.0
"""The cloud as the caller sees it: asked with the caller's own token, while the request lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stackloom.cloud.cloud import Cloud, connect
from stackloom.service.identity.caller import Caller
from stackloom.service.own_cloud import at_keystone, own_cloud
from stackloom.service.settings import ServiceSettings


@asynccontextmanager
async def callers_cloud(caller: Caller, settings: ServiceSettings) -> AsyncIterator[Cloud]:
    """Open the cloud for an ``async with``.

    For the bearer of a service without Keystone it is that of whoever started the service.
    """
    if caller.catalog is None:
        config = own_cloud(settings)
    else:
        # Only the places count: nobody logs in with what is said here.
        config = at_keystone(settings.identity, token="-")  # noqa: S106
    async with connect(config, token=caller.catalog) as cloud:
        if caller.global_request_id:
            cloud.global_request_id = caller.global_request_id
        yield cloud
