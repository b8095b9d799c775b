# SPDX-License-Identifier: Apache-2.0
"""Nothing that changes a cloud leaves a worker that may have lost its job.

The engine asks before each of its requests; what the exchange below it sends again by itself, up to
a minute later, is asked about here.
"""

from __future__ import annotations

from collections.abc import Callable

from stackloom.transport.client import Answer, Request, Transport

_ONLY_LOOKING = frozenset({"GET", "HEAD"})


class FencedTransport:
    """A transport that asks right before each request that changes something.

    Args:
        may_go_on: raises ``LostLease`` where somebody else may have the job by now.
        log_in_url: where tokens are asked for; that changes nothing of the project's.
    """

    def __init__(
        self, transport: Transport, *, may_go_on: Callable[[], None], log_in_url: str
    ) -> None:
        self._transport = transport
        self._may_go_on = may_go_on
        self._log_in_url = log_in_url

    async def send(self, request: Request) -> Answer:
        """Send *request*, if it may still be sent."""
        if request.method not in _ONLY_LOOKING and request.url != self._log_in_url:
            self._may_go_on()
        return await self._transport.send(request)

    async def close(self) -> None:
        """Give the connections back."""
        await self._transport.close()
