# SPDX-License-Identifier: Apache-2.0
"""What goes over the wire for a question, what is repeated, and what is not."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from tests.fakes.transport import FakeTransport, Reply, raw_answer

from stackloom.client import Client
from stackloom.errors import BadAnswer, InDoubt, ServerFault, Unreachable, UsageError
from stackloom.log import Secret
from stackloom.transport.client import Lost, NotSent

ID = UUID(int=7)
RUN = f"/v1/runs/{ID}/actions"
ANSWER = b"""{"id":"00000000-0000-0000-0000-000000000007","scenario_id":
"00000000-0000-0000-0000-000000000008","scenario_name":"s","revision":1,"operation":"apply",
"plan_id":null,"state":"queued","state_since":"2026-01-01T00:00:00Z","timestamps":{},"counts":null,
"progress":{},"is_partial":false,"actions":{},"attempt":0,"next_try_at":null,"retry_of":null,
"error":null,"global_request_id":"req-1","created_at":"2026-01-01T00:00:00Z","created_by":"u",
"last_seq":0}"""
UNDER_WAY = raw_answer(
    409,
    b'{"errors":[{"code":"stackloom.idempotency.under-way","status":409,"title":"t","detail":"d"}]}',
)


def _cancelled(*replies: Reply) -> FakeTransport:
    """Cancel a run, and return what was sent."""
    transport = FakeTransport()
    transport.on("POST", RUN, *replies)

    async def no_pause(_seconds: float) -> None:
        pass

    async def work() -> None:
        client = Client("http://service.test/", token="secret", transport=transport, sleep=no_pause)
        async with client:
            assert (await client.cancel(ID)).id == ID

    asyncio.run(work())
    return transport


def test_a_question_has_token_key_and_body() -> None:
    """The key is new for each."""
    (first,) = _cancelled(raw_answer(202, ANSWER)).requests
    (second,) = _cancelled(raw_answer(202, ANSWER)).requests
    assert first.url == f"http://service.test{RUN}"
    assert first.body == b'{"approve":null,"cancel":{},"retry":null}'
    keys = {dict(each.headers).pop("Idempotency-Key") for each in (first, second)}
    assert len(keys) == 2
    assert {name: each for name, each in first.headers.items() if name != "Idempotency-Key"} == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "X-Auth-Token": "secret",
    }


def test_a_lost_answer_is_asked_for_again_under_the_same_key() -> None:
    """The service then knows that it is the same question, also while it works on the first."""
    transport = _cancelled(Lost("reset"), UNDER_WAY, raw_answer(502, b""), raw_answer(202, ANSWER))
    assert len(transport.requests) == 4
    assert len({each.headers["Idempotency-Key"] for each in transport.requests}) == 1


def test_it_is_not_asked_for_ever() -> None:
    """Then it is in doubt, as everywhere."""
    with pytest.raises(InDoubt):
        _cancelled(Lost("reset"))


@pytest.mark.parametrize("url", ["", "service.test:9850", "ftp://service.test", "http://"])
def test_what_is_no_address_is_told_before_anything_is_sent(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a service"):
        Client(url, token="t", transport=FakeTransport())


def _asked_whoami(reply: Reply) -> None:
    transport = FakeTransport()
    transport.on("GET", "/v1/token", reply)

    async def no_pause(_seconds: float) -> None:
        pass

    async def work() -> None:
        async with Client(
            "http://service.test", token=Secret("t"), transport=transport, sleep=no_pause
        ) as client:
            await client.whoami()

    asyncio.run(work())


def test_another_server_s_answer_is_no_document() -> None:
    """A page of somebody else's, at a mistyped address."""
    with pytest.raises(BadAnswer) as caught:
        _asked_whoami(raw_answer(200, b"<html>hello</html>"))
    assert caught.value.hint == ("is that the address of the service, and is it of this version?")


def test_a_service_that_is_away_is_told_with_its_address() -> None:
    """The hint is about the service, not about a cloud."""
    with pytest.raises(Unreachable) as caught:
        _asked_whoami(NotSent("connection refused"))
    assert caught.value.hint == "is the service up, and http://service.test its address?"


def test_what_the_service_puts_off_is_asked_for_again() -> None:
    """As the exchange does for a cloud; then it is told."""
    with pytest.raises(ServerFault):
        _asked_whoami(raw_answer(503, b"", Retry_After="0"))


def test_every_request_asks_for_the_token() -> None:
    """So that whoever gives it can renew it."""
    given = iter(["first", "second"])
    transport = FakeTransport()
    transport.on("GET", "/v1/networks", raw_answer(200, b'{"networks":[]}'))

    async def token() -> Secret:
        return Secret(next(given))

    async def work() -> None:
        async with Client("http://service.test", token=token, transport=transport) as client:
            await client.networks()
            await client.networks(limit=5, name="a b")

    asyncio.run(work())
    assert [each.headers["X-Auth-Token"] for each in transport.requests] == ["first", "second"]
    assert transport.lines == ["GET /v1/networks", "GET /v1/networks?limit=5&name=a+b"]
