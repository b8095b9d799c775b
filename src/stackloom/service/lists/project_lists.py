# SPDX-License-Identifier: Apache-2.0
"""What the cloud lists for a project: asked with the token of whoever asks first.

One answer is given to all of a project who have the same roles, for those see the same. What the
cloud refuses to one (401, 403) says nothing of the others: each then asks for itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol
from urllib.parse import urlencode

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.session import Session
from stackloom.auth.token import Token
from stackloom.cloud.cloud import Cloud
from stackloom.errors import AuthFailed, BadAnswer, Forbidden
from stackloom.service.identity.caller import Caller
from stackloom.service.lists.collapse import Collapse, Result
from stackloom.service.metrics import METRICS
from stackloom.service.own_cloud import at_keystone, own_cloud
from stackloom.service.refusal import Refused
from stackloom.service.settings import ServiceSettings
from stackloom.transport.client import Transport
from stackloom.transport.exchange import Exchange
from stackloom.transport.paging import next_query
from stackloom.transport.reqwest import ReqwestTransport
from stackloom.wire.links import Link

ListName = Literal["networks", "servers", "images", "flavors"]

# Requests to the cloud that may be under way at once, of all callers of this process together.
_AT_ONCE = 64
_ANSWER_SECONDS = 60.0


class ListQuery(Protocol):
    """Which part of a list is wanted; None for what is left to the cloud."""

    @property
    def limit(self) -> int | None:
        """How many at most."""

    @property
    def marker(self) -> str | None:
        """The cloud's id of the last one before."""

    @property
    def name(self) -> str | None:
        """What they are called; Nova takes a regular expression."""

    @property
    def status(self) -> str | None:
        """In which state they are, in the words of the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list as it is given to a caller.

    Attributes:
        body: ``{"networks": [...], "links": [...]}``, the items as the cloud's service wrote them.
        etag: of the body, without quotes.
        age_seconds: since the cloud was asked.
        fresh_seconds: for how long from now on it may be taken as it is.
    """

    body: bytes
    etag: str
    age_seconds: float
    fresh_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """Where a list is.

    Attributes:
        service: its type in the catalog.
        has: which fields of a query it knows; the others are refused rather than passed over.
        owner: the parameter by which an administrator, who sees everybody's, sees one project's.
    """

    service: str
    path: str
    has: frozenset[str] = frozenset({"limit", "marker", "name", "status"})
    owner: str = ""


_LISTINGS: Mapping[ListName, _Listing] = {
    "networks": _Listing(service="network", path="/v2.0/networks", owner="project_id"),
    # Of the token's own project, also for an administrator, unless all_tenants is asked for
    # (nova/api/openstack/compute/servers.py, 34.0.0).
    "servers": _Listing(service="compute", path="/v2.1/servers/detail"),
    "images": _Listing(service="image", path="/v2/images", owner="owner"),
    # It passes over what it does not know (nova/api/openstack/compute/schemas/flavors.py,
    # index_query, 34.0.0).
    "flavors": _Listing(
        service="compute", path="/v2.1/flavors/detail", has=frozenset({"limit", "marker"})
    ),
}

_Key = tuple[ListName, str, frozenset[str], int | None, str | None, str | None, str | None]


class ProjectLists:
    """Lists by caller.

    Args:
        public_url: what links begin with, without a slash at its end; "" for links without a host.
        transport: what carries requests; tests pass their own.
        now: a monotonic clock, in seconds.
        today: the time of day, in UTC, by which tokens end.
        count: told for each list how it was come by.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        *,
        public_url: str = "",
        transport: Transport | None = None,
        now: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
        count: Callable[[Result], None] = METRICS.list_asked,
    ) -> None:
        identity = settings.identity
        # Of it only the places count: requests go out with the token of whoever asks.
        self._config: CloudConfig = (
            at_keystone(identity, token="-")  # noqa: S106 - nobody logs in with it
            if identity.auth_url
            else own_cloud(settings)
        )
        transport = transport or ReqwestTransport(tls=self._config.tls)
        # One for all callers, so that connections stay open from one to the next.
        self._exchange = Exchange(transport, connections=_AT_ONCE)
        self._today = today
        self._own = None if identity.auth_url else self._session()
        self._public_url = public_url
        self._fresh_seconds = settings.lists.seconds
        self._collapse: Collapse[_Key] = Collapse(
            fresh_seconds=settings.lists.seconds,
            most_bytes=settings.lists.memory_mib * 1024 * 1024,
            is_shared=lambda error: not isinstance(error, AuthFailed | Forbidden),
            now=now,
            count=count,
        )

    async def listed(
        self, caller: Caller, name: ListName, query: ListQuery, *, anew: bool = False
    ) -> Listed:
        """Return a list, of the last moments or anew.

        Args:
            anew: ask the cloud in any case, as for ``Cache-Control: no-cache``.

        Raises:
            Refused: ``parameter.unknown`` where the service cannot choose by it,
                ``cloud.unreachable`` where it gives no answer.
            CloudError: the cloud's service refuses or fails.
        """
        key = (
            name,
            caller.project_id,
            caller.roles,
            query.limit,
            query.marker,
            query.name,
            query.status,
        )
        kept = await self._collapse.answer(key, lambda: self._fetch(caller, name, query), anew=anew)
        age = self._collapse.age_seconds(kept)
        return Listed(
            body=kept.body,
            etag=kept.etag,
            age_seconds=age,
            fresh_seconds=max(0.0, self._fresh_seconds - age),
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._collapse.close()
        await self._exchange.close()

    async def _fetch(self, caller: Caller, name: ListName, query: ListQuery) -> bytes:
        listing = _LISTINGS[name]
        wanted = _wanted(name, listing, query)
        sent = dict(wanted)
        if listing.owner and "admin" in caller.roles and self._own is None:
            sent[listing.owner] = caller.project_id
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                answer = await self._cloud(caller).request(
                    listing.service, "GET", listing.path, query=sent
                )
        except TimeoutError as error:
            raise Refused(
                "cloud.unreachable",
                f"the cloud did not list the {name} within {_ANSWER_SECONDS:.0f} s",
                hint="ask again in a moment",
            ) from error
        return self._body(name, wanted, answer.body)

    def _cloud(self, caller: Caller) -> Cloud:
        cloud = Cloud(self._own or self._session(caller.catalog))
        cloud.global_request_id = caller.global_request_id or cloud.global_request_id
        return cloud

    def _session(self, token: Token | None = None) -> Session:
        return Session(self._config, self._exchange, clock=self._today, given=token)

    def _body(self, name: ListName, wanted: Mapping[str, str], answered: bytes) -> bytes:
        """Return the cloud's items as they came, with links that lead here and not past us."""
        try:
            document = msgspec.json.decode(answered, type=dict[str, msgspec.Raw])
            items = document[name]
            following = next_query(document, name)
        except (msgspec.DecodeError, KeyError) as error:
            raise BadAnswer(
                f"the cloud's list of {name} is none: {error}",
                method="GET",
                hint="is the catalog's address really that of the service?",
            ) from error
        links: tuple[Link, ...] = ()
        if following and "marker" in following:
            page = {**wanted, **{key: following[key] for key in _PAGE if key in following}}
            href = f"{self._public_url}/v1/{name}?{urlencode(page)}"
            links = (Link(rel="next", href=href),)
        return msgspec.json.encode({name: items, "links": links})


_PAGE = ("limit", "marker")


def _wanted(name: ListName, listing: _Listing, query: ListQuery) -> dict[str, str]:
    """Return the query for the cloud's service.

    Raises:
        Refused: ``parameter.unknown``: the service cannot choose by it.
    """
    given = {
        "limit": query.limit,
        "marker": query.marker,
        "name": query.name,
        "status": query.status,
    }
    wanted = {key: str(value) for key, value in given.items() if value is not None}
    for key in wanted:
        if key not in listing.has:
            raise Refused(
                "parameter.unknown",
                f"the cloud does not choose {name} by {key}",
                hint=f"leave it out; there are: {', '.join(sorted(listing.has))}",
            )
    return wanted
