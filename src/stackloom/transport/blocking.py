# SPDX-License-Identifier: Apache-2.0
"""The same coroutines without an event loop: for programs that ask one thing after the other.

A coroutine whose awaits never have to wait for another one can be run by sending it ``None`` once.
So there is one core for both worlds: asyncio with ``ReqwestTransport``, or this, where a request
blocks.
"""

from __future__ import annotations

import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from pyreqwest.client import SyncClientBuilder

from stackloom.transport.client import Answer, NotSent, Request, Tls, Transport, request_headers
from stackloom.transport.reqwest import (
    Clients,
    openssl_may_accept,
    tell_of_openssl,
    told_apart,
    whole_answer,
)
from stackloom.transport.stream import PIECE_BYTES, is_streamed

T = TypeVar("T")


class BlockingTransport:
    """Rust's reqwest without asyncio; see ``reqwest.ReqwestTransport``."""

    def __init__(self, *, tls: Tls | None = None, user_agent: str = "stackloom") -> None:
        self._tls = tls or Tls()
        self._user_agent = user_agent
        self._clients = Clients(SyncClientBuilder, self._tls, user_agent)
        self._instead: Transport | None = None

    async def send(self, request: Request) -> Answer:
        """Send one request and read its whole answer; nothing else runs meanwhile.

        Raises:
            NotSent: no usable address, refused, no such host, TLS not agreed.
            Lost: sent, and then reset, timed out or cut short.
            BadConfig: TLS is needed, and a file about it cannot be read or used.
        """
        if self._instead:
            return await self._instead.send(request)
        try:
            return self._send(request)
        except NotSent as error:
            if not openssl_may_accept(error):
                raise
        from stackloom.transport.openssl import BlockingOpenSslTransport  # noqa: PLC0415 - 0.2 s

        self._instead = BlockingOpenSslTransport(tls=self._tls, user_agent=self._user_agent)
        answer = await self._instead.send(request)
        tell_of_openssl(request)
        return answer

    def _send(self, request: Request) -> Answer:
        client = self._clients.for_request(request)
        with told_apart(request):
            builder = client.request(request.method, request.url)
            builder = builder.headers(request_headers(request))
            if request.body is not None:
                builder = builder.body_bytes(request.body)
            if request.upload:
                builder = builder.body_stream(request.upload.pieces())
            if request.sink is None:
                response = builder.build().send()
                return whole_answer(response, response.bytes())
            if request.is_live:
                builder = builder.streamed_read_buffer_limit(0)
            with builder.build_streamed() as response:
                if not is_streamed(response.status):
                    return whole_answer(response, response.bytes())
                request.sink.begin()
                while request.is_live and (piece := response.body_reader.read_chunk()):
                    request.sink.write(bytes(piece))
                while piece := response.body_reader.read(PIECE_BYTES):
                    request.sink.write(bytes(piece))
                return whole_answer(response, b"")

    async def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.made():
            client.close()
        if self._instead:
            await self._instead.close()


class AloneTurns:
    """Turns for whoever is alone: it is always theirs; see ``waiting.Turns``."""

    def __init__(self, _number: int) -> None:
        pass

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


async def blocking_sleep(seconds: float) -> None:
    """Pause the whole program."""
    time.sleep(seconds)  # noqa: ASYNC251 - there is no loop to block


def run_alone(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never has to wait for another one, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    coroutine.close()
    raise AssertionError("it waits for something that only an event loop could bring")
