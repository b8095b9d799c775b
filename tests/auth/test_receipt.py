# SPDX-License-Identifier: Apache-2.0
"""Keystone's receipts: what was right is not sent again, and what is missing is told."""

from __future__ import annotations

import asyncio

import pytest
from tests.fakes.cloud import KEYSTONE, TOKENS, config, fake_session, token_answer
from tests.fakes.transport import FakeTransport, answer, body_of

from stackloom.auth.receipt import Receipt, receipt_of
from stackloom.errors import AuthFailed
from stackloom.log import Secret
from stackloom.transport.client import Answer


def _receipt(*rules: list[str], proven: list[str] | None = None) -> Answer:
    """Answer as keystone/receipt/handlers.py, 30.0.0, does."""
    document = {
        "receipt": {"methods": proven or ["password"], "expires_at": "2026-06-01T12:05:00Z"},
        "required_auth_methods": list(rules),
    }
    return answer(401, document, Openstack_Auth_Receipt="receipt-1", X_OpenStack_Request_Id="req-1")


_BOTH = ["password", "totp"]


def test_a_receipt_is_read() -> None:
    """What was proven, and each rule that would do."""
    assert receipt_of(_receipt(_BOTH, ["password", "mail", "totp"])) == Receipt(
        secret=Secret("receipt-1"),
        proven=("password",),
        rules=(("password", "totp"), ("password", "mail", "totp")),
    )


@pytest.mark.parametrize(
    "refusal",
    [answer(401), answer(401, None, Openstack_Auth_Receipt="x")],
    ids=["without", "broken"],
)
def test_a_plain_refusal_has_none(refusal: Answer) -> None:
    """No header, or nothing that can be read beside it."""
    assert receipt_of(refusal) is None


def test_the_missing_factor_is_sent_with_the_receipt() -> None:
    """With the passcode at hand the log-in goes on by itself, in a second request."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, _receipt(_BOTH), token_answer("token-1"))
    session = fake_session(transport, cloud_config=config(passcode="012345"))
    assert asyncio.run(session.token()).secret.reveal() == "token-1"
    first, second = transport.requests
    assert "OpenStack-Auth-Receipt" not in first.headers
    assert second.headers["OpenStack-Auth-Receipt"] == "receipt-1"
    user = {"name": "alice", "domain": {"name": "Default"}, "passcode": "012345"}
    assert body_of(second) == {
        "auth": {
            "identity": {"methods": ["totp"], "totp": {"user": user}},
            "scope": {"project": {"name": "demo", "domain": {"name": "Default"}}},
        }
    }


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ([_BOTH], "totp"),
        ([["password", "mail", "totp"], _BOTH], "totp or mail and totp"),
        ([], "more"),
    ],
)
def test_a_factor_that_is_not_at_hand_is_told(rules: list[list[str]], wanted: str) -> None:
    """The person learns what was right, what is wanted, and where to put it; once."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, _receipt(*rules))
    session = fake_session(transport)
    for _ in range(2):
        with pytest.raises(AuthFailed) as caught:
            asyncio.run(session.token())
    assert str(caught.value) == (
        f'Keystone accepted password of user "alice" for project demo and wants also: {wanted} '
        '(cloud "test") (HTTP 401, req-1)'
    )
    assert caught.value.hint == (
        "give what is missing beside it, such as the passcode: OS_PASSCODE or --os-passcode"
    )
    assert caught.value.url == f"{KEYSTONE}/auth/tokens"
    assert len(transport.requests) == 1


def test_a_wrong_passcode_is_told() -> None:
    """The second request may be refused too."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, _receipt(_BOTH), answer(401))
    session = fake_session(transport, cloud_config=config(passcode="1"))
    with pytest.raises(AuthFailed) as caught:
        asyncio.run(session.token())
    assert caught.value.message == (
        'Keystone did not accept user "alice" for project demo (cloud "test")'
    )
    assert caught.value.hint == "a passcode is good for half a minute: give the newest one"
