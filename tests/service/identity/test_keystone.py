# SPDX-License-Identifier: Apache-2.0
"""Tokens are validated once for a while, refused ones not asked for again, and many cost one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import KEYSTONE, TOKENS, token_answer, token_document
from tests.fakes.transport import FakeTransport, answer

from stackloom.log import Secret
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone import KeystoneIdentities
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings, LimitsSettings, ServiceSettings
from stackloom.transport.client import NotSent, Request

_REFUSED = answer(401, {"error": {"code": 401, "message": "The request you have made …"}})
_OF_A_TRUST = answer(403, {"error": {"code": 403, "message": "You are not authorized"}})


def _settings(**identity: Any) -> ServiceSettings:
    return ServiceSettings(identity=IdentitySettings(auth_url=KEYSTONE, **identity))


class _Bench:
    """Identities at a Keystone of rules, with a clock."""

    def __init__(self, **identity: Any) -> None:
        self.transport = FakeTransport()
        self.clock = FakeClock()
        self.counted: list[str] = []
        self.identities = KeystoneIdentities(
            _settings(**identity),
            transport=self.transport,
            now=self.clock.now,
            today=self.clock.today,
            count=self.counted.append,
        )

    def says(self, *replies: Any) -> None:
        self.transport.on("GET", TOKENS, *replies)

    async def caller(self, token: str = "t-1", *, address: str = "") -> Caller:
        return await self.identities.caller(
            Secret(token), request_id="req-1", global_request_id="req-2", address=address
        )

    async def refused(self, token: str = "t-1", *, address: str = "") -> Refused:
        with pytest.raises(Refused) as caught:
            await self.caller(token, address=address)
        return caught.value

    @property
    def asked(self) -> int:
        return len(self.transport.sent("GET", TOKENS))


@pytest.mark.parametrize("methods", [["password"], ["token", "application_credential"]])
def test_a_token_is_validated_with_itself(methods: list[str]) -> None:
    """Everything that the service has to know of the caller comes from Keystone."""

    async def run() -> None:
        bench = _Bench()
        bench.says(answer(200, token_document(methods=methods)))
        caller = await bench.caller()
        assert caller.catalog is not None
        assert caller.catalog.endpoint("network") == "http://cloud.test/networking"
        assert caller == Caller(
            user_id="u-1",
            user_name="alice",
            project_id="p-1",
            project_name="demo",
            roles=frozenset({"member", "reader"}),
            expires_at=datetime(2026, 6, 1, 13, 0, tzinfo=UTC),
            token=Secret("t-1"),
            catalog=caller.catalog,
            methods=tuple(methods),
            is_delegated="application_credential" in methods,
            request_id="req-1",
            global_request_id="req-2",
        )
        (request,) = bench.transport.requests
        assert (request.url, request.headers) == (
            f"{KEYSTONE}/auth/tokens",
            {
                "Accept": "application/json",
                "X-Auth-Token": "t-1",
                "X-Subject-Token": "t-1",
                "X-OpenStack-Request-Id": "req-2",
            },
        )

    asyncio.run(run())


def test_it_is_believed_for_a_while() -> None:
    """60 s by default, and then asked for again."""

    async def run() -> None:
        bench = _Bench()
        bench.says(answer(200, token_document()))
        await bench.caller()
        bench.clock.seconds = 59.9
        await bench.caller()
        assert bench.asked == 1
        bench.clock.seconds = 60.0
        await bench.caller()
        assert bench.asked == 2
        assert bench.counted == ["miss", "hit", "miss"]

    asyncio.run(run())


def test_whoever_shows_many_bad_tokens_is_no_longer_asked_for() -> None:
    """Each random one would cost Keystone a request; one that was good before is looked at."""

    async def run() -> None:
        bench = _Bench()
        most, here, there = LimitsSettings().refused_tokens_per_minute, "192.0.2.1", "192.0.2.2"
        good = answer(200, token_document())
        bench.says(good, *[_REFUSED] * (most + 2), good, good)
        await bench.caller("good", address=here)
        for number in range(most):
            bench.clock.seconds = number / 100
            told = await bench.refused(f"bad-{number}", address=here)
            assert told.code == "token.refused"
        assert bench.asked == 1 + most

        told = await bench.refused("bad", address=here)
        assert (told.code, told.headers) == ("rate.exceeded", {"Retry-After": "58"})
        assert told.message == f"{most} tokens from {here} have failed within a minute"
        await bench.caller("good", address=here)
        assert (await bench.refused("bad-0", address=here)).code == "token.refused"
        assert bench.asked == 1 + most
        assert (await bench.refused("bad", address=there)).code == "token.refused"
        assert bench.asked == 1 + most + 1

        bench.clock.seconds = 60.0
        assert (await bench.refused("another", address=here)).code == "token.refused"
        assert (await bench.refused("a third", address=here)).code == "rate.exceeded"
        await bench.caller("good", address=here)
        bench.clock.seconds = 63.0
        await bench.caller("a third", address=here)
        assert bench.asked == 1 + most + 4

    asyncio.run(run())


def test_it_is_never_believed_beyond_its_end() -> None:
    """A token that ends in 10 s is asked for again after 10 s, and then refused."""

    async def run() -> None:
        bench = _Bench()
        ends = "2026-06-01T12:00:10.000000Z"
        bench.says(answer(200, token_document(expires_at=ends)), _REFUSED)
        await bench.caller()
        bench.clock.seconds = 9.9
        await bench.caller()
        assert bench.asked == 1
        bench.clock.seconds = 10.0
        assert (await bench.refused()).code == "token.refused"
        assert bench.asked == 2

    asyncio.run(run())


def test_many_at_once_cost_one_request() -> None:
    """Whoever shows the same token waits for the same answer, with the ids of their own request."""

    async def run() -> None:
        bench = _Bench()
        bench.says(answer(200, token_document()))
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    bench.identities.caller(
                        Secret("t-1"), request_id=f"req-{number}", global_request_id=""
                    )
                )
                for number in range(100)
            ]
        assert bench.asked == 1
        assert [task.result().request_id for task in tasks] == [f"req-{n}" for n in range(100)]

    asyncio.run(run())


@pytest.mark.parametrize("reply", [_REFUSED, answer(404), answer(400)])
def test_a_refused_token_is_not_asked_for_again_at_once(reply: Any) -> None:
    """Whoever tries again and again costs Keystone one request in 10 s."""

    async def run() -> None:
        bench = _Bench()
        bench.says(reply)
        refused = await bench.refused()
        assert (refused.code, refused.headers) == (
            "token.refused",
            {"WWW-Authenticate": f'Keystone uri="{KEYSTONE}"'},
        )
        bench.clock.seconds = 9.9
        await bench.refused()
        assert bench.asked == 1
        bench.clock.seconds = 10.0
        await bench.refused()
        assert bench.asked == 2

    asyncio.run(run())


def test_refused_tokens_drive_out_no_good_one() -> None:
    """Who sends rubbish does not make Keystone busy with everybody else's tokens."""

    async def run() -> None:
        bench = _Bench(cache_entries=5)

        def reply(request: Request) -> Any:
            good = request.headers["X-Auth-Token"] == "good"
            return answer(200, token_document()) if good else _REFUSED

        bench.says(reply)
        await bench.caller("good")
        for number in range(20):
            await bench.refused(f"bad-{number}")
        await bench.caller("good")
        assert bench.asked == 21

    asyncio.run(run())


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        ({"project": None}, "unscoped"),
        ({"project": None, "system": {"all": True}}, "system"),
        ({"project": None, "domain": {"id": "d-1", "name": "Users"}}, "domain Users"),
    ],
)
def test_a_token_without_a_project_is_told_so(changes: dict[str, Any], scope: str) -> None:
    """403, and the scope that it has."""

    async def run() -> None:
        bench = _Bench()
        bench.says(answer(200, token_document(**changes)))
        refused = await bench.refused()
        assert (refused.code, refused.headers) == ("scope.no-project", {})
        assert refused.message == f"this token is for {scope}; the service works for projects"

    asyncio.run(run())


@pytest.mark.parametrize("token", ["", "a\nb", "ä", "x" * 8_193])
def test_what_can_be_no_token_is_not_sent(token: str) -> None:
    """Nothing of it reaches a header of ours."""

    async def run() -> None:
        bench = _Bench()
        assert (await bench.refused(token)).code == "token.refused"
        assert bench.transport.requests == []

    asyncio.run(run())


@pytest.mark.parametrize(
    "reply",
    [NotSent("refused"), answer(500), answer(200, {"not": "a token"})],
)
def test_a_keystone_that_does_not_answer_is_told_so(reply: Any) -> None:
    """503 with a time to come back, and the next caller asks again: nothing is remembered."""

    async def run() -> None:
        bench = _Bench()
        bench.says(reply, answer(200, token_document()))
        refused = await bench.refused()
        assert (refused.code, refused.headers) == ("identity.away", {"Retry-After": "2"})
        assert (await bench.caller()).user_name == "alice"

    asyncio.run(run())


def test_a_token_of_a_trust_is_validated_by_the_service_user(tmp_path: Path) -> None:
    """It may not validate itself."""

    async def run() -> None:
        password = tmp_path / "password"
        password.write_text("swordfish\n")
        password.chmod(0o600)
        bench = _Bench(service_user="stackloom", service_password_file=str(password))
        trust: dict[str, Any] = {"OS-TRUST:trust": {"id": "x-1", "impersonation": True}}
        document = token_document(**trust)
        bench.transport.on("POST", TOKENS, token_answer("service-token"))
        bench.says(_OF_A_TRUST, answer(200, document))
        assert (await bench.caller()).is_delegated
        asked = bench.transport.sent("GET", TOKENS)[1]
        assert asked.headers["X-Auth-Token"] == "service-token"
        assert asked.headers["X-Subject-Token"] == "t-1"

    asyncio.run(run())


def test_without_a_service_user_a_token_of_a_trust_is_refused() -> None:
    """And it is said why: the token is good, but nobody here may ask about it."""

    async def run() -> None:
        bench = _Bench()
        bench.says(_OF_A_TRUST)
        refused = await bench.refused()
        assert refused.code == "token.refused"
        assert "came from a trust" in refused.message
        assert "service_user" in refused.hint

    asyncio.run(run())


def test_a_service_user_with_a_wrong_password_is_no_fault_of_the_token(tmp_path: Path) -> None:
    """503: the operator has to look; its password is sent once, and again when it is another."""

    async def run() -> None:
        password = tmp_path / "password"
        password.write_text("wrong")
        password.chmod(0o600)
        bench = _Bench(service_user="stackloom", service_password_file=str(password))
        bench.transport.on("POST", TOKENS, _REFUSED)
        bench.says(_OF_A_TRUST)
        for _ in range(3):
            assert (await bench.refused()).code == "identity.away"
        assert len(bench.transport.sent("POST", TOKENS)) == 1
        password.write_text("right")
        bench.transport.on("POST", TOKENS, token_answer())
        bench.says(_OF_A_TRUST, answer(200, token_document()))
        assert (await bench.caller()).user_name == "alice"

    asyncio.run(run())
