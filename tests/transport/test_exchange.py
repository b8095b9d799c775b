# SPDX-License-Identifier: Apache-2.0
"""What is sent again, what is in doubt, and what is told; on a fake transport and a fake clock."""

from __future__ import annotations

import asyncio
import logging

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeTransport, answer

from stackloom.errors import (
    BadRequest,
    CloudError,
    Conflict,
    Forbidden,
    InDoubt,
    NotFound,
    RateLimited,
    ServerFault,
    Unreachable,
)
from stackloom.transport.client import Answer, Lost, NotSent, Request
from stackloom.transport.exchange import MOST_TRIES, Exchange, curl_line

_PATH = "/v2.0/networks"
_URL = f"http://cloud.test{_PATH}"
_UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]
_SAFE = ["GET", "HEAD"]
_GOOD = answer(200, {"networks": []})
_IS_IT_UP = "is the cloud up, and the address right? For the local one: stackloom local status"


class _Asking:
    """An exchange with everything around it."""

    def __init__(self) -> None:
        self.transport = FakeTransport()
        self.clock = FakeClock()
        self.exchange = Exchange(self.transport, sleep=self.clock.sleep)

    def ask(self, method: str, service: str = "network") -> Answer:
        """Ask once."""
        request = Request(method=method, url=_URL)
        return asyncio.run(self.exchange.ask(request, service=service))

    @property
    def times_sent(self) -> int:
        """How often the server was bothered."""
        return len(self.transport.requests)


@pytest.fixture
def asking() -> _Asking:
    """A new exchange."""
    return _Asking()


@pytest.mark.parametrize("status", [200, 201, 202, 204, 300])
def test_a_success_and_a_list_of_versions_are_returned(asking: _Asking, status: int) -> None:
    """Everything up to 300 is an answer, asked for once."""
    wanted = answer(status)
    asking.transport.on("POST", _PATH, wanted)
    assert asking.ask("POST") == wanted
    assert asking.times_sent == 1
    assert asking.exchange.requests_sent == 1


@pytest.mark.parametrize(
    ("method", "reply"),
    [
        ("POST", Lost("reset")),
        ("GET", Lost("reset")),
        ("GET", NotSent("refused")),
        ("POST", answer(504)),
        ("POST", answer(409)),
    ],
)
def test_every_failure_says_which_service_was_asked(
    asking: _Asking, method: str, reply: Answer | Lost | NotSent
) -> None:
    """By its type in the catalog."""
    asking.transport.on(method, _PATH, reply)
    with pytest.raises(CloudError) as caught:
        asking.ask(method, service="block-storage")
    assert (caught.value.service, caught.value.method) == ("block-storage", method)


# --- in doubt -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", _UNSAFE)
def test_a_lost_answer_to_a_change_is_in_doubt(asking: _Asking, method: str) -> None:
    """A change whose answer was lost is never sent twice; its error says that it may be done."""
    asking.transport.on(method, _PATH, Lost("connection reset"))
    with pytest.raises(InDoubt) as caught:
        asking.ask(method)
    assert asking.times_sent == 1
    assert asking.clock.pauses == []
    assert str(caught.value) == (
        f"Neutron may have done {method} {_URL}, or not: the answer was lost: connection reset"
    )
    assert caught.value.hint == "look whether it was done before asking again"
    assert isinstance(caught.value.__cause__, Lost)


@pytest.mark.parametrize("method", _UNSAFE)
@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_status_after_a_change_is_in_doubt(
    asking: _Asking, method: str, status: int
) -> None:
    """A proxy's 502, 503 or 504 says nothing about the service behind it."""
    asking.transport.on(method, _PATH, answer(status, None, X_OpenStack_Request_Id="req-1"))
    with pytest.raises(InDoubt) as caught:
        asking.ask(method)
    assert asking.times_sent == 1
    assert str(caught.value) == (
        f"Neutron may have done {method} {_URL}, or not: a gateway answered {status} "
        f"(HTTP {status}, req-1)"
    )


@pytest.mark.parametrize("status", [502, 504])
def test_retry_after_does_not_clear_a_gateways_doubt(asking: _Asking, status: int) -> None:
    """Only a 503 can promise that nothing was done; a 502 with ``Retry-After`` stays in doubt."""
    asking.transport.on("POST", _PATH, answer(status, None, Retry_After="1"))
    with pytest.raises(InDoubt):
        asking.ask("POST")
    assert asking.times_sent == 1


@pytest.mark.parametrize("method", _UNSAFE)
def test_a_fault_of_the_service_itself_is_told_at_once(asking: _Asking, method: str) -> None:
    """A 500 to a change is the service's own word, and not sent again."""
    asking.transport.on(method, _PATH, answer(500, {"NeutronError": {"message": "it broke"}}))
    with pytest.raises(ServerFault):
        asking.ask(method)
    assert asking.times_sent == 1


# --- sent again -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", _SAFE)
@pytest.mark.parametrize(
    "failure", [Lost("reset"), answer(502), answer(503), answer(504)], ids=["lost", "2", "3", "4"]
)
def test_a_question_is_asked_again(
    asking: _Asking, method: str, failure: Answer | Lost | NotSent
) -> None:
    """What changes nothing is asked again after half a second, then one, then two."""
    asking.transport.on(method, _PATH, failure, failure, failure, _GOOD)
    assert asking.ask(method) == _GOOD
    assert asking.times_sent == MOST_TRIES
    for pause, longest in zip(asking.clock.pauses, [0.5, 1.0, 2.0], strict=True):
        assert longest * 0.8 <= pause <= longest


def test_a_question_that_never_gets_an_answer_changed_nothing(asking: _Asking) -> None:
    """After the last try a GET is a fault of the server, not a doubt."""
    asking.transport.on("GET", _PATH, Lost("connection reset"))
    with pytest.raises(ServerFault) as caught:
        asking.ask("GET")
    assert asking.times_sent == MOST_TRIES
    assert str(caught.value) == f"Neutron did not answer GET {_URL}: connection reset"
    assert caught.value.hint == "nothing was changed; run the command again"


def test_a_question_that_a_gateway_keeps_refusing_is_a_fault(asking: _Asking) -> None:
    """After the last try the gateway's status is told."""
    asking.transport.on("GET", _PATH, answer(504))
    with pytest.raises(ServerFault) as caught:
        asking.ask("GET")
    assert asking.times_sent == MOST_TRIES
    assert caught.value.status == 504


@pytest.mark.parametrize("method", [*_SAFE, *_UNSAFE])
@pytest.mark.parametrize("status", [429, 503])
def test_who_is_told_when_to_come_back_comes_back_then(
    asking: _Asking, method: str, status: int
) -> None:
    """A 429 or 503 with ``Retry-After`` was refused before it was acted on; every method waits."""
    asking.transport.on(method, _PATH, answer(status, None, Retry_After="7"), _GOOD)
    assert asking.ask(method) == _GOOD
    assert asking.clock.pauses == [7.0]


def test_too_many_requests_without_a_time_wait_a_moment(asking: _Asking) -> None:
    """A 429 that does not say when to come back is asked again at our own pace."""
    asking.transport.on("POST", _PATH, answer(429), _GOOD)
    assert asking.ask("POST") == _GOOD
    assert len(asking.clock.pauses) == 1
    assert 0.4 <= asking.clock.pauses[0] <= 0.5


def test_a_date_to_come_back_at_is_answered_with_a_second(asking: _Asking) -> None:
    """``Retry-After`` may be a date; then we wait one second."""
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    asking.transport.on("POST", _PATH, answer(503, None, Retry_After=date), _GOOD)
    assert asking.ask("POST") == _GOOD
    assert asking.clock.pauses == [1.0]


def test_a_time_in_the_past_is_now(asking: _Asking) -> None:
    """A negative ``Retry-After`` is no pause."""
    asking.transport.on("POST", _PATH, answer(503, None, Retry_After="-3"), _GOOD)
    assert asking.ask("POST") == _GOOD
    assert asking.clock.pauses == [0.0]


@pytest.mark.parametrize(
    ("status", "leaf"), [(429, RateLimited), (503, ServerFault)], ids=["429", "503"]
)
def test_nobody_waits_longer_than_a_minute(
    asking: _Asking, status: int, leaf: type[CloudError]
) -> None:
    """A ``Retry-After`` of ten minutes is told to the person, not slept."""
    asking.transport.on("POST", _PATH, answer(status, None, Retry_After="600"))
    with pytest.raises(leaf) as caught:
        asking.ask("POST")
    assert asking.clock.pauses == []
    assert caught.value.hint == "it asks to come back after: 600 (seconds, or a date)"


def test_who_is_put_off_each_time_gives_up(asking: _Asking) -> None:
    """Also waiting as told ends after the last try."""
    asking.transport.on("DELETE", _PATH, answer(429, None, Retry_After="1"))
    with pytest.raises(RateLimited):
        asking.ask("DELETE")
    assert asking.times_sent == MOST_TRIES
    assert asking.clock.pauses == [1.0, 1.0, 1.0]


# --- never connected ------------------------------------------------------------------------------


def test_a_cloud_that_never_answered_is_told_at_once(asking: _Asking) -> None:
    """Who mistyped an address does not wait for four tries."""
    asking.transport.on("GET", _PATH, NotSent("connection refused"))
    with pytest.raises(Unreachable) as caught:
        asking.ask("GET")
    assert asking.times_sent == 1
    assert str(caught.value) == f"Neutron at {_URL} cannot be reached: connection refused"
    assert caught.value.hint == (
        "is the cloud up, and the address right? For the local one: stackloom local status"
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_service_that_restarts_is_waited_for(asking: _Asking, method: str) -> None:
    """One that answered before may be restarting; what never reached it is safe to send again."""
    asking.transport.on(method, _PATH, _GOOD, NotSent("refused"), NotSent("refused"), _GOOD)
    asking.ask(method)
    assert asking.ask(method) == _GOOD
    assert asking.times_sent == 4


def test_a_service_that_does_not_come_back_is_unreachable(asking: _Asking) -> None:
    """Four refused connections are enough."""
    asking.transport.on("POST", _PATH, _GOOD, NotSent("refused"))
    asking.ask("POST")
    with pytest.raises(Unreachable):
        asking.ask("POST")
    assert asking.times_sent == 1 + MOST_TRIES


def test_a_certificate_does_not_get_better_by_waiting(asking: _Asking) -> None:
    """A server whose certificate is refused is told at once, also if it answered before."""
    refused = NotSent("invalid peer Certificate: UnknownIssuer")
    asking.transport.on("GET", _PATH, _GOOD, refused)
    asking.ask("GET")
    with pytest.raises(Unreachable):
        asking.ask("GET")
    assert asking.times_sent == 2


# --- refused, and the rest ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "leaf"), [(400, BadRequest), (404, NotFound), (409, Conflict), (301, BadRequest)]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_is_raised_at_once(
    asking: _Asking, method: str, status: int, leaf: type[CloudError]
) -> None:
    """What the service refuses is not asked again."""
    asking.transport.on(method, _PATH, answer(status))
    with pytest.raises(leaf):
        asking.ask(method)
    assert asking.times_sent == 1


def test_a_caller_may_read_a_refusal_itself(asking: _Asking) -> None:
    """Keystone's 401 may hold a receipt; what the caller does not name is raised as ever."""
    receipt = answer(401, {"receipt": {}}, OpenStack_Auth_Receipt="x")
    asking.transport.on("POST", _PATH, receipt, answer(403))
    request = Request(method="POST", url=_URL)
    got = asyncio.run(asking.exchange.ask(request, accepted=(401,)))
    assert got == receipt
    with pytest.raises(Forbidden):
        asyncio.run(asking.exchange.ask(request, accepted=(401,)))


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        (
            "invalid peer certificate: UnknownIssuer",
            "give the certificate of the CA: cacert in clouds.yaml, or OS_CACERT",
        ),
        (
            "invalid peer certificate: certificate expired",
            "the server's certificate has expired; its operator has to renew it",
        ),
        ("invalid peer certificate: Revoked", _IS_IT_UP),
        ("Connection refused", _IS_IT_UP),
    ],
)
def test_what_to_do_about_a_certificate_is_told(asking: _Asking, reason: str, hint: str) -> None:
    """Where the reason says no more, the usual question is asked."""
    asking.transport.on("GET", _PATH, NotSent(reason))
    with pytest.raises(Unreachable) as caught:
        asking.ask("GET")
    assert caught.value.hint == hint


def test_only_so_many_requests_are_under_way_at_once() -> None:
    """Fifty who ask share the connections there are."""
    transport = FakeTransport()
    transport.on("GET", _PATH, _GOOD)
    exchange = Exchange(transport, connections=3)

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(50):
                group.create_task(exchange.ask(Request(method="GET", url=_URL)))

    asyncio.run(run())
    assert transport.most_at_once == 3
    assert exchange.requests_sent == 50


def test_who_waits_holds_no_connection() -> None:
    """A pause is spent outside of the limit, so that others get on."""
    transport = FakeTransport()
    transport.on("GET", "/slow", answer(429, None, Retry_After="5"), _GOOD)
    transport.on("GET", "/quick", _GOOD)
    order: list[str] = []

    async def sleep(_seconds: float) -> None:
        await exchange.ask(Request(method="GET", url="http://cloud.test/quick"))
        order.append("quick")

    exchange = Exchange(transport, sleep=sleep, connections=1)

    async def run() -> None:
        await exchange.ask(Request(method="GET", url="http://cloud.test/slow"))
        order.append("slow")

    asyncio.run(run())
    assert order == ["quick", "slow"]


def test_closing_gives_the_connections_back() -> None:
    """The transport is closed with the exchange."""
    transport = FakeTransport()
    asyncio.run(Exchange(transport).close())
    assert transport.is_closed


def test_a_request_is_shown_as_curl_without_its_token() -> None:
    """The line can be pasted into a shell once the token is filled in; bodies are not shown."""
    request = Request(
        method="POST",
        url=_URL,
        headers={"Accept": "application/json", "X-Auth-Token": "gAAAA-secret"},
        body=b"{}",
    )
    assert curl_line(request) == (
        'curl -g -i -X POST -H "Accept: application/json" -H "X-Auth-Token: {SHA256}'
        '0df73b8f1bfc83e346a68e2795117e34e65e9e6da3a066387a804908179aa789" '
        f"'{_URL}' # 2 bytes of body"
    )
    assert curl_line(Request(method="GET", url=_URL, headers={"A": "b"})) == (
        f"curl -g -i -X GET -H \"A: b\" '{_URL}'"
    )


def test_requests_are_logged_without_secrets(
    asking: _Asking, caplog: pytest.LogCaptureFixture
) -> None:
    """With debugging on, each request and answer is one line; tokens are hashed."""
    asking.transport.on("GET", _PATH, answer(502), _GOOD)
    request = Request(method="GET", url=_URL, headers={"X-Auth-Token": "gAAAA-secret"})
    with caplog.at_level(logging.DEBUG, logger="stackloom"):
        asyncio.run(asking.exchange.ask(request, service="network"))
    words = [record.getMessage().split()[0] for record in caplog.records]
    assert words == ["REQ:", "RESP:", "request_again", "REQ:", "RESP:"]
    assert "gAAAA" not in caplog.text
