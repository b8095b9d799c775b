# SPDX-License-Identifier: Apache-2.0
"""A cloud: requests by service and path, with token, endpoint and microversion filled in.

Knows how to reach every service; what the paths mean is said by the kinds.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.service_choice import choice_for, microversion_header
from stackloom.auth.session import Session
from stackloom.auth.token import Token
from stackloom.auth.token_cache import TokenCache, cache_directory
from stackloom.cloud.versions import Offer, VersionBook, agree, read_offer
from stackloom.errors import BadRequest, CloudError, Forbidden, NotFound, UsageError
from stackloom.transport.blocking import AloneTurns, BlockingTransport, blocking_sleep
from stackloom.transport.client import Answer, Request, Transport
from stackloom.transport.exchange import Exchange
from stackloom.transport.reqwest import ReqwestTransport
from stackloom.transport.stream import Sink, Upload
from stackloom.transport.waiting import LoopTurns, Sleep, Turns, loop_sleep

if TYPE_CHECKING:
    from stackloom.transport.meter import Meter

Query = Mapping[str, str | int | bool | Sequence[str]]
"""What is asked of a list; a parameter with several values is sent once for each."""


class Cloud:
    """One cloud, seen by one user in one scope. Made by ``connect``."""

    def __init__(
        self,
        session: Session,
        *,
        sleep: Sleep = loop_sleep,
        turns: Turns = LoopTurns,
        versions: VersionBook | None = None,
    ) -> None:
        self._session = session
        self._versions = versions or VersionBook()
        # {address of an API: the turns in which its versions are read}
        self._looking: dict[str, AbstractAsyncContextManager[None]] = {}
        # How whoever waits for something in it waits.
        self.sleep = sleep
        self.turns = turns
        # One id for everything that one command does: operators grep all services' logs for it.
        self.global_request_id = f"req-{uuid4()}"
        # {id: when a service told of it}: see verbs.py.
        self.told_at: dict[str, float] = {}

    @property
    def config(self) -> CloudConfig:
        """Where it is and who we are on it."""
        return self._session.config

    @property
    def requests_sent(self) -> int:
        """How many requests went out so far, retries included."""
        return self._session.exchange.requests_sent

    @property
    def meter(self) -> Meter:
        """How long its services take to answer."""
        exchange = self._session.exchange
        exchange.meter = exchange.meter or _meter()
        return exchange.meter

    def allow(self, requests_at_once: int) -> None:
        """Let so many requests be under way from now on, over all services."""
        self._session.exchange.allow(requests_at_once)

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
        newest_microversion: str = "",
        headers: Mapping[str, str] | None = None,
        upload: Upload | None = None,
        sink: Sink | None = None,
    ) -> Answer:
        """Send one request and return its answer.

        Args:
            service: the type in the catalog: ``network``, ``compute``, ``image``, ``identity``.
            path: with its version, such as ``/v2.0/networks``; ``{project_id}`` and ``{user_id}``
                in it stand for those of the token.
            body: anything JSON; None sends no body.
            microversion: what is asked for; with *newest_microversion*, the oldest that will do,
                and the service is asked for the highest in between that it has.
            headers: more of them, or others than usual.
            upload: bytes to send in place of a body, in pieces.
            sink: where the bytes of a good answer are put.

        Raises:
            CloudError: refused, unreachable or in doubt; see ``transport.exchange``.
        """
        token = await self._session.token()
        root = token.endpoint(service, region=self.config.region, interface=self.config.interface)
        url = f"{root}{_filled(path, token)}"
        if query:
            pairs = [(name, word) for name, value in query.items() for word in _wire(value)]
            url += ("&" if "?" in path else "?") + urlencode(pairs)
        sent = {"Accept": "application/json", "X-OpenStack-Request-Id": self.global_request_id}
        if (
            newest_microversion
            and (pinned := choice_for(self.config.services, service)).microversion
        ):
            microversion = pinned.microversion
        elif newest_microversion:
            microversion = await self._agreed(
                service, root, path, oldest=microversion, newest=newest_microversion
            )
        if microversion:
            sent |= microversion_header(service, microversion)
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            sent["Content-Type"] = "application/json"
        if upload:
            sent["Content-Type"] = "application/octet-stream"
        if sink:
            sent["Accept"] = "*/*"
        sent |= headers or {}
        request = Request(
            method=method, url=url, headers=sent, body=content, upload=upload, sink=sink
        )
        try:
            return await self._session.ask(request, service=service)
        except CloudError as error:
            if error.status == 406 and microversion:
                self._versions.forget(_api_root(root, path))
                error.hint = (
                    f"microversion {microversion} was asked for and the service does not have it; "
                    "run the command again, or see what it has: stackloom versions list"
                )
            raise

    async def _agreed(self, service: str, root: str, path: str, *, oldest: str, newest: str) -> str:
        """Return the highest microversion that we and the service know.

        Raises:
            BadRequest: there is none.
        """
        url = _api_root(root, path)
        # One reads it, however many want to know; another API's is read at the same time.
        async with self._looking.setdefault(url, self.turns(1)):
            offer = self._versions.read(url)
            if offer is None:
                offer = await self._offer(service, url)
                self._versions.write(url, offer)
        agreed = agree(oldest, newest, offer)
        if not agreed:
            raise BadRequest(
                f"{service} has microversions {offer.lowest} to {offer.highest}, and this needs "
                f"one of {oldest} to {newest}",
                url=url,
                hint="the service is too old, or too new, for this command",
            )
        return agreed

    async def _offer(self, service: str, url: str) -> Offer:
        request = Request(method="GET", url=f"{url}/", headers={"Accept": "application/json"})
        try:
            answer = await self._session.ask(request, service=service)
        except (NotFound, BadRequest, Forbidden):
            return Offer()  # a proxy that hides it: the oldest will do
        return read_offer(answer.body, url.rpartition("/")[2])

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
    token: Token | None = None,
) -> AsyncIterator[Cloud]:
    """Open a cloud for the length of an ``async with``; nothing is sent before it is needed.

    Args:
        token: one that is there and valid, to ask with: then nobody logs in, nothing is renewed or
            kept, and of *config* only the places count, not the credentials.
    """
    exchange = Exchange(transport or ReqwestTransport(tls=config.tls), meter=_meter())
    cache = None if token else _cache(config, environment)
    session = Session(config, exchange, cache=cache, given=token)
    async with Cloud(session, versions=_versions(config, environment)) as cloud:
        yield cloud


@asynccontextmanager
async def connect_alone(
    config: CloudConfig, *, environment: Mapping[str, str] = os.environ
) -> AsyncIterator[Cloud]:
    """Open a cloud without an event loop, inside a coroutine for ``blocking.run_alone``."""
    transport = BlockingTransport(tls=config.tls)
    exchange = Exchange(transport, sleep=blocking_sleep, turns=AloneTurns)
    cache = _cache(config, environment)
    session = Session(config, exchange, cache=cache, turns=AloneTurns)
    versions = _versions(config, environment)
    async with Cloud(session, sleep=blocking_sleep, turns=AloneTurns, versions=versions) as cloud:
        yield cloud


def _meter() -> Meter:
    from stackloom.transport.meter import Meter  # noqa: PLC0415 - quick commands need none

    return Meter()


def _cache(config: CloudConfig, environment: Mapping[str, str]) -> TokenCache | None:
    directory = cache_directory(environment, config.cache_path)
    return TokenCache(directory, config) if config.cache_tokens else None


def _versions(config: CloudConfig, environment: Mapping[str, str]) -> VersionBook:
    directory = cache_directory(environment, config.cache_path)
    return VersionBook(directory if config.cache_tokens else None)


def _api_root(root: str, path: str) -> str:
    """Return the address of an API with its version: where its version document is."""
    return f"{root}/{path.split('/')[1]}"


def _filled(path: str, token: Token) -> str:
    """Put the token's own ids into a path.

    Raises:
        UsageError: it needs a project, and the token has none.
    """
    if "{project_id}" in path and not token.project_id:
        raise UsageError(
            f"{path} needs a project, and this token is for {token.scope}",
            hint="name a project: --os-project-name",
        )
    return path.replace("{project_id}", token.project_id).replace("{user_id}", token.user_id)


def _wire(value: str | int | bool | Sequence[str]) -> Sequence[str]:
    if isinstance(value, bool):
        return (str(value).lower(),)
    return (str(value),) if isinstance(value, str | int) else value
