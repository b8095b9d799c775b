# SPDX-License-Identifier: Apache-2.0
"""What a worker may not send any more is not sent, whoever wants to send it again."""

from __future__ import annotations

import asyncio

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeTransport, answer

from stackloom.errors import LostLease
from stackloom.service.worker.fence import FencedTransport
from stackloom.transport.client import Request
from stackloom.transport.exchange import Exchange

_LOG_IN = "http://cloud.test/v3/auth/tokens"
_NETWORKS = "http://cloud.test/v2.0/networks"


class _Lease:
    def __init__(self) -> None:
        self.is_lost = False

    def check(self) -> None:
        if self.is_lost:
            raise LostLease("another worker has it")


def _fenced(transport: FakeTransport, lease: _Lease) -> FencedTransport:
    return FencedTransport(transport, may_go_on=lease.check, log_in_url=_LOG_IN)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_without_the_lease_nothing_is_changed(method: str) -> None:
    """Looking is allowed, and so is logging in for it."""
    transport, lease = FakeTransport(), _Lease()
    for known, path in (("GET", "/v2.0/networks"), ("POST", "/v3/auth/tokens")):
        transport.on(known, path, answer(200))
    transport.on(method, "/v2.0/networks", answer(200))
    fenced = _fenced(transport, lease)

    async def send(method: str, url: str) -> int:
        return (await fenced.send(Request(method=method, url=url))).status

    assert asyncio.run(send(method, _NETWORKS)) == 200
    lease.is_lost = True
    with pytest.raises(LostLease):
        asyncio.run(send(method, _NETWORKS))
    assert [asyncio.run(send("GET", _NETWORKS)), asyncio.run(send("POST", _LOG_IN))] == [200, 200]
    assert len(transport.requests) == 3


def test_a_repetition_by_the_exchange_asks_too() -> None:
    """A service that asks to come back in a minute: by then somebody else may have the job."""
    transport, lease, clock = FakeTransport(), _Lease(), FakeClock()
    transport.on("POST", "/v2.0/networks", answer(503, Retry_After="30"), answer(201))

    async def pause(seconds: float) -> None:
        await clock.sleep(seconds)
        lease.is_lost = True

    exchange = Exchange(_fenced(transport, lease), sleep=pause)
    with pytest.raises(LostLease):
        asyncio.run(exchange.ask(Request(method="POST", url=_NETWORKS), service="network"))
    assert (len(transport.requests), clock.pauses) == (1, [30.0])


def test_closing_closes_what_is_behind() -> None:
    """The connections are given back."""
    transport = FakeTransport()
    asyncio.run(_fenced(transport, _Lease()).close())
    assert transport.is_closed
