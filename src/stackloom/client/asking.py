# SPDX-License-Identifier: Apache-2.0
"""One question to the service and its answer: token, JSON, refusals, and what is safe to repeat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from operator import attrgetter
from typing import Protocol, TypeVar, cast
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import msgspec

from stackloom.client.refusals import SERVICE, refused
from stackloom.errors import BadAnswer, Conflict, InDoubt, Unreachable, UsageError
from stackloom.log import Secret
from stackloom.transport.client import Answer, Request
from stackloom.transport.exchange import Exchange
from stackloom.transport.stream import Sink
from stackloom.transport.waiting import Sleep
from stackloom.wire.links import Links

T = TypeVar("T")
PageT = TypeVar("PageT", bound="_Page")

TokenSource = Callable[[], Awaitable[Secret]]
Query = Mapping[str, object]

# These are repeated by the exchange, as it is safe to; all others say what they are about.
_PUT_OFF = frozenset({429, 502, 503, 504})
_SAID = frozenset(range(301, 600)) - _PUT_OFF
_A_PAGE = 1_000
_MOST_TRIES = 4
_PAUSE_SECONDS = 1.0


class _Page(Protocol):
    """A part of a list."""

    @property
    def links(self) -> Links:
        """Where ``next`` leads to the next page, if there is one."""
        ...


class Asking:
    """Asks the service at one address.

    Args:
        url: where the service is: ``https://stackloom.example:9850``.
        token: gives the token for each request, a new one in time.

    Raises:
        UsageError: *url* is none.
    """

    def __init__(self, url: str, token: TokenSource, exchange: Exchange, *, sleep: Sleep) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise UsageError(
                f'"{url}" is no address of a service',
                hint="it looks like https://stackloom.example:9850",
            )
        self.url = url.rstrip("/")
        self._token = token
        self._exchange = exchange
        self._sleep = sleep

    async def ask(
        self,
        result: type[T],
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        is_repeatable: bool = False,
    ) -> T:
        """Return what the service answers.

        Args:
            result: what the body is; ``bytes`` takes it as it is, ``NoneType`` leaves it.
            query: parameters; those that are None are not sent.
            is_repeatable: the service knows the request again by its key, so that it may be sent
                once more when its answer was lost.

        Raises:
            StackloomError: the service refuses, fails, or cannot be reached; the leaf says how.
        """
        given = dict(headers or {})
        content = None if body is None else msgspec.json.encode(body)
        if content is not None:
            given["Content-Type"] = "application/json"
        if is_repeatable:
            given["Idempotency-Key"] = uuid4().hex
        request = Request(
            method=method, url=self._address(path, query), headers=given, body=content
        )
        answer = await (self._repeated(request) if is_repeatable else self._sent(request))
        return _read(answer, result, request)

    async def all(
        self,
        path: str,
        query: Query,
        page_type: type[PageT],
        items: Callable[[PageT], tuple[T, ...]],
        marker: Callable[[T], object] = attrgetter("id"),
    ) -> list[T]:
        """Return a whole list, page by page.

        The address of the next page is our own and not the answer's: the token goes nowhere else.

        Args:
            items: takes them out of a page.
            marker: what the last one of a page is known by.
        """
        result: list[T] = []
        last: object = None
        while True:
            asked = {**query, "limit": _A_PAGE, "marker": last}
            page = await self.ask(page_type, "GET", path, query=asked)
            result += items(page)
            # Not by their number: of what is long, a page has less than it was asked for.
            if all(link.rel != "next" for link in page.links):
                return result
            last = marker(result[-1])

    async def stream(self, path: str, sink: Sink, headers: Mapping[str, str]) -> None:
        """Give a sink what the service sends, until it ends the stream.

        Raises:
            StackloomError: as ``ask``.
        """
        request = Request(
            method="GET",
            url=self._address(path, None),
            headers={"Accept": "text/event-stream", **headers},
            sink=sink,
            is_live=True,
        )
        await self._sent(request)

    async def _repeated(self, request: Request) -> Answer:
        """Send a request that the service knows again, until it is known what became of it."""
        for _ in range(_MOST_TRIES - 1):
            try:
                return await self._sent(request)
            except InDoubt:
                pass
            except Conflict as error:
                if error.kind != "idempotency.under-way":
                    raise
            await self._sleep(_PAUSE_SECONDS)
        return await self._sent(request)

    async def _sent(self, request: Request) -> Answer:
        token = (await self._token()).reveal()
        headers = {"Accept": "application/json", "X-Auth-Token": token, **request.headers}
        sent = msgspec.structs.replace(request, headers=headers)
        try:
            answer = await self._exchange.ask(sent, service=SERVICE, accepted=_SAID)
        except Unreachable as error:
            if error.hint.startswith("is the cloud up"):
                error.hint = f"is the service up, and {self.url} its address?"
            raise
        if answer.status > 304:
            raise refused(answer, request)
        return answer

    def _address(self, path: str, query: Query | None) -> str:
        said = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        return f"{self.url}{path}" + (f"?{urlencode(said)}" if said else "")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _read(answer: Answer, result: type[T], request: Request) -> T:
    if result in {bytes, type(None)}:
        return cast("T", answer.body if result is bytes else None)
    try:
        return msgspec.json.decode(answer.body, type=result)
    except msgspec.DecodeError as error:
        raise BadAnswer(
            f"{request.method} {request.url.partition('?')[0]} is not answered as the API of "
            f"stackloom says: {error}",
            method=request.method,
            url=request.url,
            status=answer.status,
            hint="is that the address of the service, and is it of this version?",
        ) from error


def fixed(token: str | Secret) -> TokenSource:
    """Return what gives the same token every time."""
    secret = token if isinstance(token, Secret) else Secret(token)

    async def give() -> Secret:
        return secret

    return give
