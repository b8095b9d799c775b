# SPDX-License-Identifier: Apache-2.0
"""Which way a service acts for its callers; what real Keystones say to it is in tests/cloud."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from tests.fakes.cloud import KEYSTONE, PASSWORD, TOKENS, token_answer, token_document
from tests.fakes.transport import FakeTransport, answer, body_of

from stackloom.errors import AuthFailed, BadConfig
from stackloom.log import Secret
from stackloom.service.grant.grant import Grant, Grants
from stackloom.service.grant.grants import grants_of
from stackloom.service.grant.seal import Seal, SealKey
from stackloom.service.identity.caller import Caller
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings, ServerSettings, ServiceSettings
from stackloom.transport.client import NotSent
from stackloom.wire.plan import Credential

T = TypeVar("T")
_SEAL = Seal([SealKey(id="a", secret=b"k" * 32)])
_UNTIL = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)
_CREDENTIALS = "/identity/v3/users/u-1/application_credentials"
_TRUSTS = "/identity/v3/OS-TRUST/trusts"
_CALLER = Caller(
    user_id="u-1",
    user_name="alice",
    project_id="p-1",
    project_name="demo",
    roles=frozenset({"member", "reader"}),
    token=Secret("t-1"),
    global_request_id="req-7",
)
_UNAUTHORIZED = answer(401, {"error": {"code": 401, "message": "no"}})


@pytest.fixture
def transport() -> FakeTransport:
    """Return a Keystone that lets everybody log in."""
    fake = FakeTransport()
    document = token_document(expires_at="2099-01-01T00:00:00.000000Z")
    fake.on("POST", TOKENS, token_answer("t-9", document))
    return fake


@pytest.fixture
def by_credential(transport: FakeTransport) -> Grants:
    """Return the grants of a service without a service user."""
    settings = ServiceSettings(identity=IdentitySettings(auth_url=KEYSTONE))
    return grants_of(settings, _SEAL, transport=transport)


@pytest.fixture
def by_trust(transport: FakeTransport, tmp_path: Path) -> Grants:
    """Return the grants of a service with one."""
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    identity = IdentitySettings(
        auth_url=KEYSTONE, service_user="stackloom", service_password_file=str(password)
    )
    return grants_of(ServiceSettings(identity=identity), _SEAL, transport=transport)


def _make(grants: Grants, *, caller: Caller = _CALLER, **wish: Credential) -> Grant:
    return _run(grants.make(caller, until=_UNTIL, roles=("reader", "member"), **wish))


def _run(work: Awaitable[T]) -> T:
    async def run() -> T:
        return await work

    return asyncio.run(run())


def test_without_a_service_user_it_is_an_application_credential(
    transport: FakeTransport, by_credential: Grants
) -> None:
    """Made with the caller's token, unrestricted so that it can delete itself, and sealed."""
    made = {"application_credential": {"id": "a-1", "secret": "s3cret"}}
    transport.on("POST", _CREDENTIALS, answer(201, made))
    grant = _make(by_credential)
    (request,) = transport.requests
    assert request.headers["X-Auth-Token"] == "t-1"
    assert request.headers["X-OpenStack-Request-Id"] == "req-7"
    assert body_of(request) == {
        "application_credential": {
            "name": f"stackloom-{grant.id}",
            "description": "stackloom acts with it for a plan or run, and deletes it then",
            "roles": [{"name": "member"}, {"name": "reader"}],
            "expires_at": "2026-06-02T12:00:00.000000Z",
            "unrestricted": True,
        }
    }
    assert grant == Grant(
        id=grant.id,
        project_id="p-1",
        user_id="u-1",
        kind="application_credential",
        reference="a-1",
        sealed=grant.sealed,
        roles=("member", "reader"),
        expires_at=_UNTIL,
    )
    assert b"s3cret" not in (grant.sealed or b"")
    assert "s3cret" not in repr(grant)
    credentials = by_credential.config(grant).credentials
    assert credentials.application_credential.id == "a-1"
    assert credentials.application_credential_secret == Secret("s3cret")


def test_with_a_service_user_it_is_a_trust(transport: FakeTransport, by_trust: Grants) -> None:
    """Whose end has microseconds of its own; nothing of it is secret."""
    transport.on("POST", _TRUSTS, answer(201, {"trust": {"id": "x-1"}}))
    first, second = _make(by_trust), _make(by_trust)
    bodies = [body_of(request) for request in transport.sent("POST", _TRUSTS)]
    assert bodies[0] == {
        "trust": {
            "trustor_user_id": "u-1",
            "trustee_user_id": "u-1",  # the fake Keystone knows one user
            "project_id": "p-1",
            "impersonation": True,
            "roles": [{"name": "member"}, {"name": "reader"}],
            "expires_at": first.expires_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
    }
    assert bodies[0] != bodies[1]
    assert first.expires_at.replace(microsecond=0) == _UNTIL
    assert (first.kind, first.reference, first.sealed) == ("trust", "x-1", None)
    config = by_trust.config(second)
    assert (config.scope.trust_id, config.credentials.user.name) == ("x-1", "stackloom")
    assert config.cache_tokens is False


def test_what_was_erased_cannot_be_used_again(
    transport: FakeTransport, by_credential: Grants
) -> None:
    """A grant that has ended opens nothing."""
    made = {"application_credential": {"id": "a-1", "secret": "s3cret"}}
    transport.on("POST", _CREDENTIALS, answer(201, made))
    with pytest.raises(Refused) as refused:
        by_credential.config(replace(_make(by_credential), sealed=None))
    assert refused.value.code == "grant.revoked"


def test_a_service_user_that_went_leaves_its_trusts_to_be_told(
    transport: FakeTransport, by_trust: Grants, by_credential: Grants
) -> None:
    """Settings may change between two starts; what was made before is named."""
    transport.on("POST", _TRUSTS, answer(201, {"trust": {"id": "x-1"}}))
    with pytest.raises(BadConfig, match="of the kind trust, which the settings no longer have"):
        by_credential.config(_make(by_trust))


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_is_told_apart_from_one_that_has_ended(
    transport: FakeTransport, by_credential: Grants, status: int
) -> None:
    """The one cannot hand on what it may, the other may nothing any more."""
    words = {"error": {"code": status, "message": "not with this method"}}
    transport.on("POST", _CREDENTIALS, answer(status, words))
    with pytest.raises(Refused) as refused:
        _make(by_credential)
    assert refused.value.code == {401: "token.refused", 403: "grant.not-delegable"}[status]


def test_a_keystone_that_is_away_is_told(transport: FakeTransport, by_credential: Grants) -> None:
    """As 503: to be asked for again."""
    transport.on("POST", _CREDENTIALS, NotSent("refused"))
    with pytest.raises(Refused) as refused:
        _make(by_credential)
    assert refused.value.code == "identity.away"


def test_a_trust_that_is_gone_is_told_from_a_password_that_is_wrong(
    transport: FakeTransport, by_trust: Grants
) -> None:
    """Keystone says 401 to both; the one has ended, the other is tried again."""
    transport.on("POST", _TRUSTS, answer(201, {"trust": {"id": "x-1"}}))
    grant = _make(by_trust)
    transport.on("POST", TOKENS, _UNAUTHORIZED)
    transport.on("GET", f"{_TRUSTS}/x-1", answer(404))
    _run(by_trust.end(grant))
    transport.on("GET", f"{_TRUSTS}/x-1", answer(200, {"trust": {"id": "x-1"}}))
    with pytest.raises(AuthFailed):
        _run(by_trust.end(grant))
    assert transport.sent("DELETE", f"{_TRUSTS}/x-1") == []


def test_an_application_credential_of_another_project_is_refused(
    transport: FakeTransport, by_credential: Grants
) -> None:
    """The run would act there."""
    other = {"id": "p-2", "name": "other"}
    transport.on("POST", TOKENS, token_answer("t-9", token_document(project=other)))
    with pytest.raises(Refused) as refused:
        _make(by_credential, credential=Credential(id="a-1", secret="x"))
    assert refused.value.code == "grant.not-delegable"
    assert transport.sent("POST", _CREDENTIALS) == []


def test_without_keystone_it_acts_as_who_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the settings of ``--os-cloud``; an application credential could be logged in nowhere."""
    clouds = tmp_path / "clouds.yaml"
    clouds.write_text(
        f"clouds: {{lab: {{auth: {{auth_url: '{KEYSTONE}', username: alice, password: x,"
        " user_domain_name: Default, project_name: demo, project_domain_name: Default}}}"
    )
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(clouds))
    grants = grants_of(ServiceSettings(server=ServerSettings(os_cloud="lab")), _SEAL)
    bearer = replace(_CALLER, project_id="local", token=None)
    grant = _make(grants, caller=bearer)
    assert (grant.kind, grant.sealed, grant.project_id) == ("settings", None, "local")
    assert grants.config(grant).credentials.user.name == "alice"
    _run(grants.end(grant))
    with pytest.raises(Refused) as refused:
        _make(grants, caller=bearer, credential=Credential(id="a-1", secret="x"))
    assert refused.value.code == "grant.not-delegable"
