# SPDX-License-Identifier: Apache-2.0
"""The ring around every call: its id, token, limits, refusals, and its line in the log.

The only place of gRPC that catches broadly.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, aclosing
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from urllib.parse import unquote
from uuid import uuid4

from google.protobuf.message import DecodeError, Message
from grpc.aio import ServicerContext

from stackloom.log import Secret
from stackloom.service.database.idempotency import Stored
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.identities import is_still_welcome
from stackloom.service.logging import noting
from stackloom.service.refusal import Refused
from stackloom.service.rest.asked import global_id
from stackloom.service.rest.context import Context
from stackloom.service.rest.stream import BELIEVED
from stackloom.service.rest.tokens import token_in
from stackloom.service.rpc.asked import Asked
from stackloom.service.rpc.method import Method
from stackloom.service.rpc.refusals import DETAILS, details_of, message_of, status_code
from stackloom.service.rpc.translate import message_of as answer_of

log = logging.getLogger(__name__)

Servicer = ServicerContext[bytes, bytes]

REQUEST_ID = "x-openstack-request-id"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class Call:
    """One call of a method."""

    def __init__(self, context: Context, method: Method, servicer: Servicer) -> None:
        self._context = context
        self._method = method
        self._servicer = servicer
        self._said = _metadata(servicer)
        self._request_id = f"req-{uuid4()}"
        came_with = self._said.get(REQUEST_ID, "")
        self._global_request_id = global_id(came_with, otherwise=self._request_id)
        self._project_id = ""
        self._begun = time.perf_counter()

    async def answer(self, data: bytes) -> bytes:
        """Answer a call that is answered once."""
        await self._begin()
        with self._noting():
            try:
                asked = await self._met()
                answer = await self._answer(asked, data)
            except Exception as error:  # noqa: BLE001 - the edge: nobody else would tell the caller
                await self._refuse(error)
            self._tell(200)
            return answer

    async def stream(self, data: bytes) -> AsyncGenerator[bytes, None]:
        """Answer a call with whatever happens, until there is an end to it, or to the token."""
        await self._begin()
        with self._noting():
            try:
                asked = await self._met()
                assert self._method.streaming, "it is one that streams"
                events = await self._method.streaming(asked, self._request(data))
                streams = self._context.streams
                streams.check(self._project_id)
                with streams.counted(self._project_id):
                    async with aclosing(
                        until_closed(events, asked.caller, streams.closing, self._is_welcome)
                    ) as told:
                        async for event in told:
                            yield answer_of(event, self._method.answer).SerializeToString()
            except Exception as error:  # noqa: BLE001 - the edge: nobody else would tell the caller
                await self._refuse(error)
            self._tell(200)

    async def _is_welcome(self, caller: Caller) -> bool:
        return await is_still_welcome(self._context.identities, self._token(), caller)

    async def _begin(self) -> None:
        await self._servicer.send_initial_metadata(((REQUEST_ID, self._request_id),))

    async def _met(self) -> Asked:
        """Find out who asks, and whether they may ask once more.

        Raises:
            Refused: nobody, not they, or not now.
        """
        caller = await self._context.identities.caller(
            self._token(),
            request_id=self._request_id,
            global_request_id=self._global_request_id,
            address=self._address(),
        )
        self._project_id = caller.project_id
        self._context.rates.check(caller.project_id, "POST" if self._method.is_making else "GET")
        return Asked(context=self._context, caller=caller)

    def _address(self) -> str:
        """Return the address that asks: behind a proxy the one that it names, "" for none."""
        if self._context.settings.server.behind_proxy:
            return self._said.get("x-forwarded-for", "").rpartition(",")[2].strip()
        kind, _, place = unquote(self._servicer.peer()).partition(":")
        return place.rpartition(":")[0].strip("[]") if kind in {"ipv4", "ipv6"} else ""

    def _token(self) -> Secret:
        token = token_in(self._said)
        if token is None:
            raise Refused(
                "token.missing",
                f"{self._method.path} came without a token",
                hint="send it in the metadata, as x-auth-token or authorization: Bearer",
            )
        return token

    def _request(self, data: bytes) -> Message:
        request = self._method.request()
        try:
            request.ParseFromString(data)
        except DecodeError as error:
            name = self._method.request.DESCRIPTOR.name
            raise Refused("body.invalid", f"what was sent is no {name}: {error}") from error
        return request

    async def _answer(self, asked: Asked, data: bytes) -> bytes:
        key = self._said.get("idempotency-key", "") if self._method.is_making else ""
        if key and not _KEY.fullmatch(key):
            raise Refused("header.invalid", "idempotency-key is 1 to 128 visible characters")
        return await (self._once(asked, key, data) if key else self._done(asked, data))

    async def _done(self, asked: Asked, data: bytes) -> bytes:
        assert self._method.answering, "it is one that answers"
        came = await self._method.answering(asked, self._request(data))
        answer = came if isinstance(came, Message) else answer_of(came, self._method.answer)
        return answer.SerializeToString()

    async def _once(self, asked: Asked, key: str, data: bytes) -> bytes:
        """Do it, or give what it gave when it was asked for with the same key before."""
        table = asked.desk.store(asked.caller).idempotency
        user_id = asked.caller.user_id
        fingerprint = asked.desk.seal.fingerprint(data, about=self._method.path)
        stored = await table.begin(user_id, key, fingerprint)
        if isinstance(stored, Stored):
            return stored.body
        async with table.answering(user_id, key, stored):
            answer = await self._done(asked, data)
        await asyncio.shield(table.end(user_id, key, Stored(status=200, body=answer)))
        return answer

    async def _refuse(self, error: Exception) -> NoReturn:
        refusal = self._context.refusals.of(
            error, path=self._method.path, request_id=self._request_id
        )
        self._tell(refusal.status)
        details = details_of(refusal).SerializeToString()
        self._servicer.set_trailing_metadata(((DETAILS, details),))
        await self._servicer.abort(status_code(refusal.status), message_of(refusal))
        raise AssertionError("abort raises")

    def _tell(self, status: int) -> None:
        seconds = time.perf_counter() - self._begun
        self._context.observe(self._method.path, "RPC", status, seconds)
        log.info(
            "%s %d %.4f s %s",
            self._method.path,
            status,
            seconds,
            self._servicer.peer(),
            extra={"project_id": self._project_id},
        )

    def _noting(self) -> AbstractContextManager[None]:
        return noting(request_id=self._request_id, global_request_id=self._global_request_id)


def _metadata(servicer: Servicer) -> Mapping[str, str]:
    pairs = servicer.invocation_metadata() or ()
    return {key: value for key, value in pairs if isinstance(value, str)}


async def until_closed(
    events: AsyncIterator[object],
    caller: Caller,
    closing: asyncio.Event,
    is_welcome: Callable[[Caller], Awaitable[bool]],
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    believed: timedelta = BELIEVED,
) -> AsyncGenerator[object, None]:
    """Hand events on, until the service or the token ends.

    Args:
        is_welcome: asks whether the token is still good, each time it was *believed* for so long.

    Raises:
        Refused: the token is no longer good, or the service ends; whoever watches comes back.
    """
    asked_at = now()
    close = asyncio.ensure_future(closing.wait())
    coming = asyncio.ensure_future(anext(events))
    try:
        while True:
            moment = now()
            left = believed if caller.expires_at is None else caller.expires_at - moment
            is_good = left > timedelta()
            if is_good and moment - asked_at >= believed:
                asked_at, is_good = moment, await is_welcome(caller)
            if not is_good:
                raise Refused("token.refused", "the token has ended; come back with another one")
            await asyncio.wait(
                {coming, close},
                timeout=min(left, believed).total_seconds(),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if coming.done():
                yield coming.result()
                coming = asyncio.ensure_future(anext(events))
            elif close.done():
                raise Refused("stopping", "the service goes down; another one answers, or it again")
    except StopAsyncIteration:
        return
    finally:
        close.cancel()
        coming.cancel()
