# SPDX-License-Identifier: Apache-2.0
"""Every way to be known: what it sends, and what it misses."""

from __future__ import annotations

import pytest

from stackloom import plug
from stackloom.auth import methods
from stackloom.auth.credentials import Credentials, Method, Named, all_of
from stackloom.auth.methods import application_credential, password, token, totp
from stackloom.log import Secret

_NOBODY = Named()
_ALICE = Named(name="alice", domain_name="Default")
_SECRET = Secret("s")


def _credentials(
    user: Named = _NOBODY,
    *,
    password: bool = False,
    token: bool = False,
    passcode: bool = False,
    credential: Named = _NOBODY,
    credential_secret: bool = False,
) -> Credentials:
    return Credentials(
        user=user,
        password=_SECRET if password else None,
        token=_SECRET if token else None,
        passcode=_SECRET if passcode else None,
        application_credential=credential,
        application_credential_secret=_SECRET if credential_secret else None,
    )


@pytest.mark.parametrize(
    ("method", "credentials", "identity"),
    [
        (
            password.METHOD,
            _credentials(_ALICE, password=True),
            {"user": {"name": "alice", "domain": {"name": "Default"}, "password": "s"}},
        ),
        (token.METHOD, _credentials(token=True), {"id": "s"}),
        (
            totp.METHOD,
            _credentials(Named(id="u"), passcode=True),
            {"user": {"id": "u", "passcode": "s"}},
        ),
        (
            totp.METHOD,
            _credentials(Named(name="alice", domain_id="d"), passcode=True),
            {"user": {"name": "alice", "domain": {"id": "d"}, "passcode": "s"}},
        ),
        (
            application_credential.METHOD,
            _credentials(credential=Named(id="c", name="ignored"), credential_secret=True),
            {"id": "c", "secret": "s"},
        ),
        (
            application_credential.METHOD,
            _credentials(_ALICE, credential=Named(name="mine"), credential_secret=True),
            {
                "name": "mine",
                "user": {"name": "alice", "domain": {"name": "Default"}},
                "secret": "s",
            },
        ),
    ],
)
def test_a_method_sends_what_keystone_wants(
    method: Method, credentials: Credentials, identity: object
) -> None:
    """With all that it needs, a method misses nothing and builds its part of the request."""
    assert method.missing(credentials) == []
    assert method.identity(credentials) == identity


@pytest.mark.parametrize(
    ("method", "credentials", "missing"),
    [
        (password.METHOD, _credentials(), ["username", "password"]),
        (
            password.METHOD,
            _credentials(Named(name="alice"), password=True),
            ["user_domain_name"],
        ),
        (password.METHOD, _credentials(Named(id="u")), ["password"]),
        (token.METHOD, _credentials(_ALICE, password=True), ["token"]),
        (totp.METHOD, _credentials(), ["username", "passcode"]),
        (totp.METHOD, _credentials(Named(name="alice")), ["user_domain_name", "passcode"]),
        (
            all_of((password.METHOD, totp.METHOD)),
            _credentials(),
            ["username", "password", "passcode"],
        ),
        (
            application_credential.METHOD,
            _credentials(
                Named(name="alice"), credential=Named(name="mine"), credential_secret=True
            ),
            ["user_domain_name"],
        ),
        (
            application_credential.METHOD,
            _credentials(),
            ["application_credential_id", "application_credential_secret"],
        ),
        (
            application_credential.METHOD,
            _credentials(credential=Named(name="mine"), credential_secret=True),
            ["username"],
        ),
    ],
)
def test_a_method_names_all_that_is_missing(
    method: Method, credentials: Credentials, missing: list[str]
) -> None:
    """Everything that is missing is named at once, as the settings are called."""
    assert method.missing(credentials) == missing


def test_every_method_has_names_of_its_own() -> None:
    """No two methods answer to one ``auth_type`` or have one name in Keystone."""
    known = plug.read(methods, "METHOD", Method)
    auth_types = [name for method in known.values() for name in method.auth_types]
    assert len(auth_types) == len(set(auth_types))
    assert sorted(method.name for method in known.values()) == sorted(known)
