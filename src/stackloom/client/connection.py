# SPDX-License-Identifier: Apache-2.0
"""A way to a service, for as long as a program needs it: where, who, how patiently."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from stackloom.client.asking import Asking, TokenSource, fixed
from stackloom.log import Secret
from stackloom.transport.client import Tls, Transport
from stackloom.transport.exchange import Exchange
from stackloom.transport.reqwest import ReqwestTransport
from stackloom.transport.waiting import LoopTurns, Sleep, Turns, loop_sleep

# Each watcher holds a connection as long as it watches.
_CONNECTIONS = 1_024
PATIENCE_SECONDS = 60.0


class Connection:
    """A way to a service; an ``async with``.

    Args:
        url: where it is: ``https://stackloom.example:9850``.
        token: Keystone's, for a project, or the bearer of a service on the loopback; or what gives
            one each time, which renews it as it needs.
        tls: whom to trust.
        patience_seconds: whoever watches events waits that long for a service that is restarted,
            or a network that comes back.
        transport: what carries requests; one of its own where none is given.

    """

    def __init__(
        self,
        url: str,
        *,
        token: str | Secret | TokenSource,
        tls: Tls | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        transport: Transport | None = None,
        turns: Turns = LoopTurns,
        sleep: Sleep = loop_sleep,
    ) -> None:
        self._exchange = Exchange(
            transport or ReqwestTransport(tls=tls),
            sleep=sleep,
            turns=turns,
            connections=_CONNECTIONS,
        )
        self._patience = patience_seconds
        source = fixed(token) if isinstance(token, str | Secret) else token
        self._asking = Asking(url, source, self._exchange, sleep=sleep)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._exchange.close()
