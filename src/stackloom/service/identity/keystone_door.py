# SPDX-License-Identifier: Apache-2.0
"""Ask the one Keystone that the operator has named; no other address can be asked through it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import msgspec

from stackloom.errors import CloudError, InDoubt, RateLimited, ServerFault, Unreachable
from stackloom.log import Secret
from stackloom.service.own_cloud import keystone_url, tls_of
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings
from stackloom.transport.client import Answer, Request, Transport
from stackloom.transport.exchange import Exchange
from stackloom.transport.reqwest import ReqwestTransport

# A caller waits for it, so it does not take what a run would give a busy Keystone.
ANSWER_SECONDS = 15.0
_AT_ONCE = 64
_AWAY = (Unreachable, ServerFault, InDoubt, RateLimited, TimeoutError)


class KeystoneDoor:
    """Keystone's v3 API.

    Attributes:
        auth_url: its address with ``/v3``.
        exchange: what carries the requests; log-ins go through it as well.
    """

    def __init__(self, identity: IdentitySettings, *, transport: Transport | None = None) -> None:
        self.auth_url = keystone_url(identity)
        transport = transport or ReqwestTransport(tls=tls_of(identity))
        self.exchange = Exchange(transport, connections=_AT_ONCE)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        token: Secret,
        subject: Secret | None = None,
        body: object = None,
        global_request_id: str = "",
        accepted: Collection[int] = (),
    ) -> Answer:
        """Send one request and return its answer.

        Args:
            path: below ``/v3``, with the slash it begins with.
            subject: the token that is asked about.

        Raises:
            Refused: ``identity.away``: no answer within 15 s, or it cannot answer now.
            CloudError: it understood and refused.
        """
        headers = {"Accept": "application/json", "X-Auth-Token": token.reveal()}
        if subject:
            headers["X-Subject-Token"] = subject.reveal()
        if global_request_id:
            headers["X-OpenStack-Request-Id"] = global_request_id
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(body)
        request = Request(
            method=method, url=f"{self.auth_url}{path}", headers=headers, body=content
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self.exchange.ask(request, service="identity", accepted=accepted)
        except _AWAY as error:
            raise away(error) from error

    async def close(self) -> None:
        """Give the connections back."""
        await self.exchange.close()


def away(error: BaseException) -> Refused:
    """Return the refusal where Keystone gives no answer that counts."""
    what = (
        error.message if isinstance(error, CloudError) else f"no answer in {ANSWER_SECONDS:.0f} s"
    )
    return Refused(
        "identity.away",
        f"Keystone cannot be asked: {what}",
        hint="ask again in a moment",
        headers={"Retry-After": "2"},
    )
