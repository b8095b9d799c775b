# SPDX-License-Identifier: Apache-2.0
"""Log-ins that are none of our own, by keystoneauth1's real plugins and a server of rules."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.cloud import PASSWORD, config, settings, token_document
from tests.fakes.http_bridge import served
from tests.fakes.transport import FakeTransport, Reply, answer

from stackloom.auth.config import cloud_config
from stackloom.auth.session import Session
from stackloom.auth.settings import Settings
from stackloom.auth.token import Token
from stackloom.auth.token_cache import TokenCache
from stackloom.errors import (
    AuthFailed,
    BadConfig,
    CloudError,
    ServerFault,
    StackloomError,
    Unreachable,
)
from stackloom.transport.blocking import AloneTurns, run_alone
from stackloom.transport.exchange import Exchange

_FEDERATION = "/v3/OS-FEDERATION/identity_providers/corp/protocols/openid/auth"
_LASTING = "2999-01-01T00:00:00Z"


class _Provider(FakeTransport):
    """A company's identity provider and the Keystone that trusts it."""

    def __init__(self) -> None:
        super().__init__()
        self.address = ""
        document = token_document(expires_at=_LASTING, methods=["openid"])
        self.on("POST", "/company/token", answer(200, {"access_token": "a-1"}))
        self.on("POST", _FEDERATION, answer(201, document, X_Subject_Token="unscoped-1"))
        self.on("POST", "/v3/auth/tokens", answer(201, document, X_Subject_Token="token-1"))

    def settings(self, **changes: str) -> Settings:
        """Return the settings of a user of that provider."""
        values = {
            "auth_type": "v3oidcpassword",
            "auth_url": f"{self.address}/v3",
            "identity_provider": "corp",
            "protocol": "openid",
            "client_id": "stackloom",
            "client_secret": PASSWORD,
            "access_token_endpoint": f"{self.address}/company/token",
            "username": "alice",
            "password": PASSWORD,
            "project_name": "demo",
            "project_domain_name": "Default",
            **changes,
        }
        return Settings(source='cloud "corp"', values={n: v for n, v in values.items() if v})


@pytest.fixture
def provider() -> Iterator[_Provider]:
    """The provider, on the loopback."""
    fake = _Provider()
    with served(fake) as address:
        fake.address = address
        yield fake


Run = Callable[[Coroutine[Any, Any, Token]], Token]


def _log_in(given: Settings, run: Run = asyncio.run, cache: TokenCache | None = None) -> Token:
    exchange = Exchange(FakeTransport())
    session = Session(cloud_config(given), exchange, cache=cache, turns=AloneTurns)
    return run(session.token())


@pytest.mark.parametrize("run", [asyncio.run, run_alone], ids=["loop", "alone"])
def test_a_plugin_earns_the_token(provider: _Provider, run: Run) -> None:
    """Its token, and Keystone's whole document with the catalog, are used as ours are."""
    token = _log_in(provider.settings(), run)
    assert token.secret.reveal() == "token-1"
    assert (token.methods, token.scope) == (("openid",), "project demo")
    assert token.endpoint("network") == "http://cloud.test/networking"
    assert provider.lines == [
        "POST /company/token",
        f"POST {_FEDERATION}",
        "POST /v3/auth/tokens",
    ]


def test_its_token_is_kept_for_its_options_alone(provider: _Provider, tmp_path: Path) -> None:
    """The next process needs no log-in; another user gets no such token."""
    for _ in range(2):
        given = provider.settings()
        _log_in(given, cache=TokenCache(tmp_path, cloud_config(given)))
    assert len(provider.sent("POST", "/company/token")) == 1
    other = cloud_config(provider.settings(username="bob"))
    assert TokenCache(tmp_path, other).read() is None


@pytest.mark.parametrize(
    ("path", "reply", "leaf", "message"),
    [
        (
            "/v3/auth/tokens",
            answer(401),
            AuthFailed,
            'Keystone did not accept the log-in with v3oidcpassword (cloud "corp")',
        ),
        (
            "/v3/auth/tokens",
            answer(500),
            ServerFault,
            'the log-in with v3oidcpassword (cloud "corp") failed',
        ),
        (
            _FEDERATION,
            answer(403),
            CloudError,
            'the log-in with v3oidcpassword (cloud "corp") failed',
        ),
    ],
)
def test_a_log_in_that_fails_is_told(
    provider: _Provider, path: str, reply: Reply, leaf: type[CloudError], message: str
) -> None:
    """As one of our own errors, without what the plugin was given."""
    provider.on("POST", path, reply)
    with pytest.raises(leaf) as caught:
        _log_in(provider.settings())
    assert caught.value.message == message
    _no_secret_in(caught.value)


def test_a_provider_that_is_not_there_is_told(provider: _Provider) -> None:
    """Nobody listens at that port."""
    with pytest.raises(Unreachable) as caught:
        _log_in(provider.settings(access_token_endpoint="http://127.0.0.1:1/"))
    _no_secret_in(caught.value)


def test_a_missing_option_is_named(provider: _Provider) -> None:
    """By keystoneauth1's own list."""
    with pytest.raises(BadConfig) as caught:
        _log_in(provider.settings(identity_provider="", protocol=""))
    assert caught.value.message == (
        'v3oidcpassword (cloud "corp"): identity_provider, protocol is missing'
    )


def test_a_plugin_without_a_catalog_is_told() -> None:
    """``none`` and ``admin_token`` know one address, and we need those of all services."""
    with pytest.raises(BadConfig) as caught:
        _log_in(settings(auth_type="none"))
    assert caught.value.message == (
        'none (cloud "test") has no catalog of services, which stackloom needs'
    )


def test_a_method_that_nobody_knows_is_told_with_those_that_are() -> None:
    """Ours and keystoneauth1's, in one list."""
    with pytest.raises(BadConfig) as caught:
        config(auth_type="v3nonsense")
    assert caught.value.message == (
        'cloud "test": auth_type "v3nonsense" is known neither to stackloom nor to keystoneauth1'
    )
    assert {"v3multifactor", "v3oidcpassword"} < set(
        caught.value.hint.removeprefix("there are: ").split(", ")
    )


def test_without_keystoneauth1_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The optional extra is named, and what works without."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "keystoneauth1" else find(name, *rest),
    )
    with pytest.raises(BadConfig) as caught:
        config(auth_type="v3oidcpassword")
    assert caught.value.message == (
        'cloud "test": auth_type "v3oidcpassword" is not one that stackloom speaks by itself'
    )
    assert caught.value.hint == (
        "for keystoneauth1's plugins: pip install 'stackloom[auth]'; without it: password, token, "
        "v3applicationcredential, v3multifactor, v3password, v3token, v3totp"
    )


def test_no_text_of_a_plugin_has_a_secret(provider: _Provider) -> None:
    """The whole configuration can be logged."""
    assert PASSWORD not in repr(cloud_config(provider.settings()))


def _no_secret_in(error: StackloomError) -> None:
    assert PASSWORD not in f"{error!r}{error.hint}{vars(error)}"
    assert error.__cause__ is None
    assert error.__suppress_context__
