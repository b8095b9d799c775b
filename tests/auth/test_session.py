# SPDX-License-Identifier: Apache-2.0
"""One log-in for all, renewed in time and once on a 401; with a fake Keystone and a fake clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import (
    KEYSTONE,
    PASSWORD,
    TOKENS,
    FakeKeystone,
    config,
    fake_session,
    token_answer,
    token_document,
)
from tests.fakes.transport import FakeTransport, answer, body_of

from stackloom.auth.session import Session
from stackloom.auth.token import Token
from stackloom.auth.token_cache import TokenCache
from stackloom.errors import (
    AuthFailed,
    BadAnswer,
    BadRequest,
    CloudError,
    Forbidden,
    NotFound,
    RateLimited,
    ServerFault,
    Unreachable,
)
from stackloom.log import Secret
from stackloom.transport.client import Answer, Lost, NotSent, Request
from stackloom.transport.exchange import Exchange

_NETWORKS = Request(method="GET", url="http://cloud.test/v2.0/networks")
_GOOD = answer(200, {"networks": []})


class _Cloud:
    """A Keystone, a Neutron that takes one token only, and a session with them."""

    def __init__(self, cache: TokenCache | None = None) -> None:
        self.transport = FakeTransport()
        self.keystone = FakeKeystone(self.transport)
        self.clock = FakeClock()
        self.cache = cache
        self.takes("token-1")

    def takes(self, token: str, method: str = "GET") -> None:
        """Let Neutron take this token and no other."""
        self.keystone.guard(method, "/v2.0/networks", _GOOD, valid=token)

    def session(self) -> Session:
        """Open a session, as a new process would."""
        return fake_session(self.transport, clock=self.clock, cache=self.cache)


@pytest.fixture
def cloud() -> _Cloud:
    """A new cloud."""
    return _Cloud()


async def _ask_at_once(session: Session, times: int) -> list[Answer]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(session.ask(_NETWORKS, service="network")) for _ in range(times)]
    return [task.result() for task in tasks]


def test_a_log_in_sends_what_is_documented(cloud: _Cloud) -> None:
    """The token is asked for as JSON at ``/v3/auth/tokens``, and is given in a header."""

    async def run() -> None:
        session = cloud.session()
        token = await session.token()
        assert token.secret.reveal() == "token-1"
        assert (await session.token()) is token

    asyncio.run(run())
    (request,) = cloud.transport.requests
    assert (request.method, request.url) == ("POST", f"{KEYSTONE}/auth/tokens")
    assert request.headers == {"Content-Type": "application/json", "Accept": "application/json"}
    assert body_of(request) == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {
                    "user": {
                        "name": "alice",
                        "domain": {"name": "Default"},
                        "password": PASSWORD,
                    }
                },
            },
            "scope": {"project": {"name": "demo", "domain": {"name": "Default"}}},
        }
    }


def test_a_request_carries_the_token_beside_its_own_headers(cloud: _Cloud) -> None:
    """The request itself is not changed; what is sent has the token too."""
    request = Request(method="GET", url=_NETWORKS.url, headers={"Accept": "x"})
    assert asyncio.run(cloud.session().ask(request, service="network")) == _GOOD
    assert cloud.transport.requests[-1].headers == {"Accept": "x", "X-Auth-Token": "token-1"}
    assert request.headers == {"Accept": "x"}


def test_fifty_who_need_a_token_log_in_once(cloud: _Cloud) -> None:
    """However many wait for a token, Keystone is asked once."""
    answers = asyncio.run(_ask_at_once(cloud.session(), 50))
    assert answers == [_GOOD] * 50
    assert cloud.keystone.log_ins == 1


def test_fifty_with_a_revoked_token_log_in_once(cloud: _Cloud) -> None:
    """A token that is refused to fifty is renewed once, and each asks again with the new one."""

    async def run() -> None:
        session = cloud.session()
        await session.token()
        cloud.takes("token-2")
        assert await _ask_at_once(session, 50) == [_GOOD] * 50

    asyncio.run(run())
    assert cloud.keystone.log_ins == 2
    assert len(cloud.transport.sent("GET", "/v2.0/networks")) == 100


def test_a_change_is_sent_again_with_a_new_token(cloud: _Cloud) -> None:
    """A 401 is given before anything is done; so a POST is safe to send again after it."""
    cloud.takes("token-2", "POST")

    async def run() -> Answer:
        request = Request(method="POST", url=_NETWORKS.url, body=b"{}")
        return await cloud.session().ask(request, service="network")

    assert asyncio.run(run()) == _GOOD
    assert len(cloud.transport.sent("POST", "/v2.0/networks")) == 2


def test_a_second_401_stops(cloud: _Cloud) -> None:
    """A service that refuses the new token too is not asked a third time."""
    cloud.takes("no token at all")
    with pytest.raises(AuthFailed) as caught:
        asyncio.run(cloud.session().ask(_NETWORKS, service="network"))
    assert caught.value.message == "Neutron answered GET /v2.0/networks with: no valid token"
    assert cloud.keystone.log_ins == 2
    assert len(cloud.transport.sent("GET", "/v2.0/networks")) == 2


def test_a_token_is_renewed_before_it_ends(cloud: _Cloud) -> None:
    """Two minutes before its end, which is in an hour, a token is not used any more."""

    async def run() -> None:
        session = cloud.session()
        await session.token()
        cloud.clock.seconds = 3600 - 121
        assert (await session.token()).secret.reveal() == "token-1"
        cloud.clock.seconds = 3600 - 120
        assert (await session.token()).secret.reveal() == "token-2"

    asyncio.run(run())


@pytest.mark.parametrize(("life", "used_for"), [(100, 80), (600, 480), (3600, 3480)])
def test_a_token_with_a_short_life_is_used_for_most_of_it(life: int, used_for: int) -> None:
    """A log-in on every call would be the end of it: the margin is at most a fifth of the life."""
    cloud = _Cloud()
    end = cloud.clock.today() + timedelta(seconds=life)
    document = token_document(expires_at=end.isoformat(), issued_at=cloud.clock.today().isoformat())
    cloud.transport.on("POST", TOKENS, token_answer("short", document), token_answer("next"))

    async def run() -> None:
        session = cloud.session()
        await session.token()
        cloud.clock.seconds = used_for - 1
        assert (await session.token()).secret.reveal() == "short"
        cloud.clock.seconds = used_for
        assert (await session.token()).secret.reveal() == "next"

    asyncio.run(run())


# --- the cache ------------------------------------------------------------------------------------


@pytest.fixture
def keeping(tmp_path: Path) -> _Cloud:
    """A cloud whose tokens are kept on disk."""
    return _Cloud(TokenCache(tmp_path, config()))


def test_the_next_process_needs_no_log_in(keeping: _Cloud) -> None:
    """A kept token is used as it is."""
    for _ in range(3):
        assert asyncio.run(keeping.session().ask(_NETWORKS, service="network")) == _GOOD
    assert keeping.keystone.log_ins == 1


def test_a_kept_token_that_ends_soon_is_not_used(keeping: _Cloud) -> None:
    """The age of a kept token is looked at."""
    asyncio.run(keeping.session().token())
    keeping.clock.seconds = 3600 - 60
    assert asyncio.run(keeping.session().token()).secret.reveal() == "token-2"


def test_a_kept_token_that_was_revoked_is_replaced(keeping: _Cloud) -> None:
    """A 401 to a kept token leads to a new one, which is kept in its place."""
    asyncio.run(keeping.session().token())
    keeping.takes("token-2")
    for _ in range(2):
        assert asyncio.run(keeping.session().ask(_NETWORKS, service="network")) == _GOOD
    assert keeping.keystone.log_ins == 2


def test_a_revoked_token_is_forgotten_also_where_no_new_one_is_given(keeping: _Cloud) -> None:
    """After a failed renewal the next process does not try the revoked token again."""
    asyncio.run(keeping.session().token())
    keeping.takes("token-2")
    keeping.transport.on("POST", TOKENS, answer(401))
    with pytest.raises(AuthFailed):
        asyncio.run(keeping.session().ask(_NETWORKS, service="network"))
    assert keeping.cache is not None
    assert keeping.cache.read() is None


# --- log-ins that fail ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "who", "hint"),
    [
        ({}, 'user "alice" for project demo', "check user, password, domain and project"),
        (
            {"username": "", "user_id": "u-1", "system_scope": "all"},
            'user "u-1" for system',
            "check user, password, domain and project",
        ),
        (
            {"username": "", "auth_type": "token", "token": "t"},
            "the token given",
            "it may have ended or been revoked; check the scope too",
        ),
        (
            {
                "username": "",
                "auth_type": "v3applicationcredential",
                "application_credential_id": "c",
                "application_credential_secret": "s",
            },
            "the application_credential given",
            "it may have ended or been deleted, or its user lost the role",
        ),
    ],
)
def test_refused_credentials_are_told_with_who_it_was(
    values: dict[str, str], who: str, hint: str
) -> None:
    """The message says who was refused, for what and by which settings; never with what."""
    transport = FakeTransport()
    refusal = {"error": {"code": 401, "message": "The request requires authentication."}}
    transport.on("POST", TOKENS, answer(401, refusal, X_OpenStack_Request_Id="req-1"))
    session = fake_session(transport, cloud_config=config(**values))
    with pytest.raises(AuthFailed) as caught:
        asyncio.run(session.token())
    assert str(caught.value) == (f'Keystone did not accept {who} (cloud "test") (HTTP 401, req-1)')
    assert caught.value.hint == hint


def test_a_wrong_password_is_sent_once_however_many_wait() -> None:
    """Fifty callers do not lock the account with fifty wrong log-ins; each of them is told."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, answer(401))
    session = fake_session(transport)

    async def ask() -> str:
        try:
            await session.ask(_NETWORKS, service="network")
        except AuthFailed as error:
            return error.message
        return "it went well"

    async def run() -> list[str]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask()) for _ in range(50)]
        return [task.result() for task in tasks]

    told = 'Keystone did not accept user "alice" for project demo (cloud "test")'
    assert asyncio.run(run()) == [told] * 50
    assert len(transport.requests) == 1


@pytest.mark.parametrize("reply", [Lost("reset"), answer(502), answer(503), answer(504)])
def test_a_log_in_without_an_answer_leaves_nothing_in_doubt(reply: Answer | Lost) -> None:
    """A token that may have been made harms nobody; the person is told to try again."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, reply)
    with pytest.raises(ServerFault) as caught:
        asyncio.run(fake_session(transport).token())
    assert caught.value.message == (
        f'Keystone at {KEYSTONE} did not answer the log-in (cloud "test")'
    )
    assert caught.value.status == (reply.status if isinstance(reply, Answer) else 0)
    assert caught.value.hint == "is the cloud up? Run the command again"
    assert len(transport.requests) == 1


@pytest.mark.parametrize(
    ("reply", "leaf", "message"),
    [
        (
            NotSent("connection refused"),
            Unreachable,
            f"Keystone at {KEYSTONE}/auth/tokens cannot be reached: connection refused",
        ),
        (answer(404), NotFound, f"Keystone answered POST {TOKENS} with: not found"),
        (answer(500), ServerFault, f"Keystone answered POST {TOKENS} with: it failed"),
        (
            answer(300, {"versions": {}}),
            BadAnswer,
            f"{KEYSTONE}/auth/tokens answered, but not with a token",
        ),
        (
            answer(200, {"hello": "I am a router"}),
            BadAnswer,
            f"{KEYSTONE}/auth/tokens answered, but not with a token",
        ),
        (
            answer(201, {"token": {}}, X_Subject_Token="t"),
            BadAnswer,
            "Keystone's token cannot be read: Object missing required field `user` - at `$.token`",
        ),
        (
            answer(429, None, Retry_After="300"),
            RateLimited,
            f"Keystone answered POST {TOKENS} with: too many requests",
        ),
    ],
)
def test_what_is_no_keystone_is_told(
    reply: Answer | NotSent, leaf: type[CloudError], message: str
) -> None:
    """Whatever answers in Keystone's place ends in one message."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, reply)
    with pytest.raises(leaf) as caught:
        asyncio.run(fake_session(transport).token())
    assert caught.value.message == message


def test_a_log_in_that_failed_for_another_reason_may_be_tried_again() -> None:
    """Only refused credentials are remembered; a Keystone that is back gives a token."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, answer(500), token_answer("token-9", token_document()))
    session = fake_session(transport)

    async def run() -> str:
        with pytest.raises(ServerFault):
            await session.token()
        return (await session.token()).secret.reveal()

    assert asyncio.run(run()) == "token-9"


# --- the wrong scope ------------------------------------------------------------------------------

_SYSTEM = token_document(project=None, system={"all": True})
_OF_A_DOMAIN = token_document(project=None, domain={"id": "d", "name": "Users"})
_USUAL = "your role on this project does not allow it"
_FOR_KEYSTONE = (
    "this token is for project demo; what concerns all of Keystone needs a role on the system: "
    "--os-system-scope all"
)


@pytest.mark.parametrize(
    ("document", "service", "hint"),
    [
        (
            _SYSTEM,
            "network",
            "this token is for system; here a project is needed: --os-project-name",
        ),
        (
            _OF_A_DOMAIN,
            "compute",
            "this token is for domain Users; here a project is needed: --os-project-name",
        ),
        (_SYSTEM, "identity", _USUAL),
        (token_document(), "identity", _FOR_KEYSTONE),
        (token_document(), "network", _USUAL),
    ],
)
def test_a_refusal_under_another_scope_is_explained(
    document: object, service: str, hint: str
) -> None:
    """A 403 says which scope the token has, and which would help."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, token_answer("t", document))
    transport.on("GET", "/v2.0/networks", answer(403))
    with pytest.raises(Forbidden) as caught:
        asyncio.run(fake_session(transport).ask(_NETWORKS, service=service))
    assert caught.value.hint == hint


def test_what_keystone_explains_itself_gets_no_other_hint() -> None:
    """No other scope helps against what is immutable."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, token_answer("t", _SYSTEM))
    words = 'Set resource option "immutable" to false first.'
    transport.on("GET", "/v2.0/networks", answer(403, {"error": {"message": words}}))
    with pytest.raises(Forbidden, match="immutable") as caught:
        asyncio.run(fake_session(transport).ask(_NETWORKS, service="identity"))
    assert caught.value.hint == ""


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        (_SYSTEM, "this token is for system; here a project is needed: --os-project-name"),
        (token_document(), ""),
    ],
)
def test_a_request_that_lacks_a_project_is_explained(document: object, hint: str) -> None:
    """Neutron calls it a bad request, in words that help nobody."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, token_answer("t", document))
    transport.on("GET", "/v2.0/networks", answer(400))
    with pytest.raises(BadRequest) as caught:
        asyncio.run(fake_session(transport).ask(_NETWORKS, service="network"))
    assert caught.value.hint == hint


def test_refused_credentials_without_a_scope_are_told_without() -> None:
    """Nobody reads "for unscoped"."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, answer(401))
    unscoped = config(unscoped="true")
    with pytest.raises(AuthFailed) as caught:
        asyncio.run(fake_session(transport, cloud_config=unscoped).token())
    assert caught.value.message == 'Keystone did not accept user "alice" (cloud "test")'


def _given(cloud: _Cloud, secret: str = "hers") -> Session:
    """Open a session with a token that somebody else has got."""
    token = Token(Secret(secret), msgspec.json.encode(token_document()))
    exchange = Exchange(cloud.transport, sleep=cloud.clock.sleep)
    return Session(config(), exchange, clock=cloud.clock.today, given=token)


def test_a_token_that_is_given_is_used_without_a_log_in(cloud: _Cloud) -> None:
    """For what a service asks on behalf of whoever sent it."""
    cloud.takes("hers")

    async def run() -> None:
        session = _given(cloud)
        assert (await session.ask(_NETWORKS, service="network")).status == 200
        assert (await session.token()).user_name == "alice"

    asyncio.run(run())
    assert cloud.keystone.log_ins == 0


def test_a_given_token_that_is_refused_is_not_replaced(cloud: _Cloud) -> None:
    """Only its owner can get another one: one request, and no log-in."""

    async def run() -> AuthFailed:
        session = _given(cloud)
        with pytest.raises(AuthFailed) as caught:
            await session.ask(_NETWORKS, service="network")
        return caught.value

    error = asyncio.run(run())
    assert error.status == 401
    assert error.hint == "get a new token from Keystone and ask again with that"
    assert [request.method for request in cloud.transport.requests] == ["GET"]


def test_a_given_token_that_has_ended_is_not_sent(cloud: _Cloud) -> None:
    """It is good to its last second, and no longer."""

    async def run(passed: timedelta) -> str:
        await cloud.clock.sleep(passed.total_seconds())
        try:
            return (await _given(cloud).token()).scope
        except AuthFailed as error:
            return str(error)

    assert asyncio.run(run(timedelta(minutes=59, seconds=59))) == "project demo"
    assert asyncio.run(run(timedelta(seconds=1))) == (
        "the token of alice has ended at 2026-06-01 13:00:00 UTC"
    )
    assert cloud.transport.requests == []
