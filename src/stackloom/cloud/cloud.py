# SPDX-License-Identifier: Apache-2.0
"""A cloud: requests by service and path, with token, endpoint and microversion filled in.

Knows how to reach every service; what the paths mean is said by the kinds.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.session import Session
from stackloom.auth.token import Token
from stackloom.auth.token_cache import TokenCache, cache_directory
from stackloom.transport.blocking import AloneTurns, BlockingTransport, blocking_sleep
from stackloom.transport.client import Answer, Request, ReqwestTransport, Transport
from stackloom.transport.exchange import Exchange

Query = Mapping[str, str | int | bool]


class Cloud:
    """One cloud, seen by one user in one scope. Made by ``connect``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        # One id for everything that one command does: operators grep all services' logs for it.
        self.global_request_id = f"req-{uuid4()}"

    @property
    def config(self) -> CloudConfig:
        """Where it is and who we are on it."""
        return self._session.config

    @property
    def requests_sent(self) -> int:
        """How many requests went out so far, retries included."""
        return self._session.exchange.requests_sent

    async def token(self) -> Token:
        """Return the token in use, logging in where there is none yet."""
        return await self._session.token()

    async def request(
        self,
        service: str,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        microversion: str = "",
    ) -> Answer:
        """Send one request and return its answer.

        Args:
            service: the type in the catalog: ``network``, ``compute``, ``image``, ``identity``.
            path: with its version, such as ``/v2.0/networks``.
            body: anything JSON; None sends no body.

        Raises:
            CloudError: refused, unreachable or in doubt; see ``transport.exchange``.
        """
        token = await self._session.token()
        root = token.endpoint(service, region=self.config.region, interface=self.config.interface)
        url = f"{root}{path}"
        if query:
            pairs = [(name, _wire(value)) for name, value in query.items()]
            url += ("&" if "?" in path else "?") + urlencode(pairs)
        headers = {"Accept": "application/json", "X-OpenStack-Request-Id": self.global_request_id}
        if microversion:
            headers["OpenStack-API-Version"] = f"{service} {microversion}"
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        return await self._session.ask(
            Request(method=method, url=url, headers=headers, body=content), service=service
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._session.exchange.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


@asynccontextmanager
async def connect(
    config: CloudConfig,
    *,
    transport: Transport | None = None,
    environment: Mapping[str, str] = os.environ,
) -> AsyncIterator[Cloud]:
    """Open a cloud for the length of an ``async with``; nothing is sent before it is needed."""
    exchange = Exchange(transport or ReqwestTransport(tls=config.tls))
    async with Cloud(Session(config, exchange, cache=_cache(config, environment))) as cloud:
        yield cloud


@asynccontextmanager
async def connect_alone(
    config: CloudConfig, *, environment: Mapping[str, str] = os.environ
) -> AsyncIterator[Cloud]:
    """Open a cloud without an event loop, inside a coroutine for ``blocking.run_alone``."""
    transport = BlockingTransport(tls=config.tls)
    exchange = Exchange(transport, sleep=blocking_sleep, turns=AloneTurns)
    cache = _cache(config, environment)
    async with Cloud(Session(config, exchange, cache=cache, turns=AloneTurns)) as cloud:
        yield cloud


def _cache(config: CloudConfig, environment: Mapping[str, str]) -> TokenCache | None:
    return TokenCache(cache_directory(environment), config) if config.cache_tokens else None


def _wire(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
