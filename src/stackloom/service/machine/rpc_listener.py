# SPDX-License-Identifier: Apache-2.0
"""gRPC beside REST, where an address is set for it; the extra ``grpc`` is needed only then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stackloom.errors import BadConfig
from stackloom.service.rest.context import Context
from stackloom.service.settings import ServiceSettings


@asynccontextmanager
async def answering_rpc(settings: ServiceSettings, context: Context) -> AsyncIterator[None]:
    """Answer gRPC as well for an ``async with``; nothing where no address is set.

    Raises:
        BadConfig: the extra is not installed, or the address cannot be had.
    """
    if not settings.server.grpc_listen:
        yield
        return
    try:
        from stackloom.service.rpc.server import rpc_serving  # noqa: PLC0415 - the extra grpc
    except ImportError as error:
        raise BadConfig(
            f"[server] grpc_listen is set, and gRPC cannot be spoken: {error}",
            hint='install the extra: pip install "stackloom[grpc]"',
        ) from error
    async with rpc_serving(settings, context):
        yield
