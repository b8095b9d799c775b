# SPDX-License-Identifier: Apache-2.0
"""What is typed into the page is exchanged for a token at the operator's Keystone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import KEYSTONE, TOKENS, config, token_answer, token_document
from tests.fakes.transport import FakeTransport, answer, body_of

from stackloom.log import Secret
from stackloom.service.identity.bearer import BearerIdentities
from stackloom.service.identity.keystone import KeystoneIdentities
from stackloom.service.identity.log_ins import LogIns
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings, ServiceSettings
from stackloom.transport.client import NotSent
from stackloom.wire.log_in import LogIn

_ALICE = LogIn(user="alice", password="swordfish", project="demo")
_UNAUTHORIZED = answer(401, {"error": {"code": 401, "message": "no"}})


class _Bench:
    def __init__(self) -> None:
        settings = ServiceSettings(identity=IdentitySettings(auth_url=KEYSTONE))
        self.clock = FakeClock()
        self.transport = FakeTransport()
        identities = KeystoneIdentities(
            settings, transport=self.transport, now=self.clock.now, today=self.clock.today
        )
        self.log_ins = LogIns(settings, identities, transport=self.transport, now=self.clock.now)
        self.transport.on("POST", TOKENS, token_answer("t-9"))
        self.transport.on("GET", TOKENS, answer(200, token_document()))

    def log_in(self, form: LogIn, address: str = "192.0.2.1") -> Secret:
        return asyncio.run(
            self.log_ins.token(form, address=address, request_id="", global_request_id="")
        )

    def refused(self, form: LogIn) -> Refused:
        with pytest.raises(Refused) as caught:
            self.log_in(form)
        return caught.value


@pytest.mark.parametrize(
    ("form", "sent"),
    [
        (
            _ALICE,
            {
                "identity": {
                    "methods": ["password"],
                    "password": {
                        "user": {
                            "name": "alice",
                            "domain": {"name": "Default"},
                            "password": "swordfish",
                        }
                    },
                },
                "scope": {"project": {"name": "demo", "domain": {"name": "Default"}}},
            },
        ),
        (
            LogIn(application_credential_id="a-1", application_credential_secret="x"),
            {
                "identity": {
                    "methods": ["application_credential"],
                    "application_credential": {"id": "a-1", "secret": "x"},
                }
            },
        ),
    ],
)
def test_it_is_exchanged_at_keystone(form: LogIn, sent: dict[str, Any]) -> None:
    """And the token that comes back is looked at before anything is made of it."""
    bench = _Bench()
    assert bench.log_in(form) == Secret("t-9")
    assert bench.transport.lines == [
        "POST /identity/v3/auth/tokens",
        "GET /identity/v3/auth/tokens",
    ]
    assert body_of(bench.transport.requests[0]) == {"auth": sent}
    assert bench.transport.requests[1].headers["X-Subject-Token"] == "t-9"


def test_a_token_is_taken_as_it_is() -> None:
    """Once Keystone has said that it is good."""
    bench = _Bench()
    assert bench.log_in(LogIn(bearer=" t-1\n")) == Secret("t-1")
    assert bench.transport.lines == ["GET /identity/v3/auth/tokens"]


def test_a_wrong_password_is_told_and_counted() -> None:
    """After five, nothing is sent to Keystone any more; another address still may."""
    bench = _Bench()
    bench.transport.on("POST", TOKENS, _UNAUTHORIZED)
    for _ in range(5):
        refused = bench.refused(_ALICE)
        assert refused.code == "token.refused"
        assert 'did not accept user "alice" for project demo' in refused.message
        assert "swordfish" not in refused.message + refused.hint
    assert bench.refused(_ALICE).code == "rate.exceeded"
    assert len(bench.transport.requests) == 5
    bench.transport.on("POST", TOKENS, token_answer("t-9"))
    assert bench.log_in(_ALICE, "192.0.2.2") == Secret("t-9")


def test_a_user_without_a_project_is_told() -> None:
    """Here, and not at the next page."""
    bench = _Bench()
    bench.transport.on("GET", TOKENS, answer(200, token_document(project=None)))
    assert bench.refused(_ALICE).code == "scope.no-project"


@pytest.mark.parametrize(
    "form", [LogIn(), LogIn(user="alice"), LogIn(application_credential_id="a-1")]
)
def test_a_form_that_is_not_filled_in_is_told(form: LogIn) -> None:
    """Nothing is sent for it."""
    bench = _Bench()
    refused = bench.refused(form)
    assert refused.code == "body.invalid"
    assert "is missing" in refused.message
    assert bench.transport.requests == []


def test_a_keystone_that_is_away_is_told() -> None:
    """It is no fault of what was typed, and not counted as one."""
    bench = _Bench()
    bench.transport.on("POST", TOKENS, NotSent("refused"))
    assert [bench.refused(_ALICE).code for _ in range(10)] == ["identity.away"] * 10


def test_without_keystone_only_the_bearer_opens_the_page() -> None:
    """A name and a password are for nobody then."""
    identities = BearerIdentities(Secret("open-sesame"), config())
    log_ins = LogIns(ServiceSettings(), identities)

    async def run() -> None:
        async def token(form: LogIn) -> Secret:
            return await log_ins.token(form, address="", request_id="", global_request_id="")

        assert await token(LogIn(bearer="open-sesame")) == Secret("open-sesame")
        for form, code in ((LogIn(bearer="x"), "token.refused"), (_ALICE, "body.invalid")):
            with pytest.raises(Refused) as caught:
                await token(form)
            assert caught.value.code == code

    asyncio.run(run())
