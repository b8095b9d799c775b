# SPDX-License-Identifier: Apache-2.0
"""Who and what for, as Keystone wants to read it."""

from __future__ import annotations

import json

import pytest

from stackloom.auth.credentials import Credentials, Named, Scope, all_of, token_request
from stackloom.auth.methods import application_credential, password, totp
from stackloom.log import Secret

_NOBODY = Named()


# keystone, api-ref/source/v3/samples/admin/auth-password-system-scoped-request-with-domain.json,
# release 30.0.0.
_DOCUMENTED = """\
{
    "auth": {
        "identity": {
            "methods": [
                "password"
            ],
            "password": {
                "user": {
                    "name": "admin",
                    "domain": {
                        "name": "Default"
                    },
                    "password": "devstacker"
                }
            }
        },
        "scope": {
            "system": {
                "all": true
            }
        }
    }
}
"""


def test_the_documented_request_for_a_system_scoped_token() -> None:
    """Password and the whole system: byte for byte what Keystone's API reference shows."""
    credentials = Credentials(
        user=Named(name="admin", domain_name="Default"),
        password=Secret("devstacker"),
        application_credential=_NOBODY,
    )
    scope = Scope(project=_NOBODY, domain=_NOBODY, system=True)
    request = token_request(password.METHOD, credentials, scope)
    assert json.dumps(request, indent=4) + "\n" == _DOCUMENTED


def test_several_methods_go_in_one_request() -> None:
    """Multi-factor: each method has its part, in the order given."""
    credentials = Credentials(
        user=Named(id="u"),
        password=Secret("x"),
        passcode=Secret("012345"),
        application_credential=_NOBODY,
    )
    scope = Scope(project=_NOBODY, domain=_NOBODY, unscoped=True)
    both = all_of((password.METHOD, totp.METHOD))
    assert token_request(both, credentials, scope) == {
        "auth": {
            "identity": {
                "methods": ["password", "totp"],
                "password": {"user": {"id": "u", "password": "x"}},
                "totp": {"user": {"id": "u", "passcode": "012345"}},
            },
            "scope": "unscoped",
        }
    }


@pytest.mark.parametrize(
    ("named", "payload"),
    [
        (Named(id="1", name="x", domain_id="2", domain_name="y"), {"id": "1"}),
        (
            Named(name="x", domain_id="2", domain_name="y"),
            {"name": "x", "domain": {"id": "2"}},
        ),
        (Named(name="x", domain_name="y"), {"name": "x", "domain": {"name": "y"}}),
        (Named(name="x"), {"name": "x"}),
    ],
)
def test_an_id_says_more_than_a_name(named: Named, payload: object) -> None:
    """What has an id needs neither name nor domain; a domain's id counts before its name."""
    assert named.payload() == payload


def test_a_domain_alone_names_nothing() -> None:
    """Something is named by id or name, not by its domain."""
    assert not Named(domain_id="default")
    assert Named(id="1")
    assert Named(name="x")


@pytest.mark.parametrize(
    ("scope", "payload", "words"),
    [
        (
            Scope(project=Named(name="demo"), domain=Named(name="d"), system=True),
            {"system": {"all": True}},
            "system",
        ),
        (
            Scope(project=Named(name="demo", domain_id="default"), domain=Named(name="d")),
            {"project": {"name": "demo", "domain": {"id": "default"}}},
            "project demo",
        ),
        (Scope(project=Named(id="7"), domain=_NOBODY), {"project": {"id": "7"}}, "project 7"),
        (Scope(project=_NOBODY, domain=Named(name="d")), {"domain": {"name": "d"}}, "domain d"),
        (Scope(project=_NOBODY, domain=Named(id="9")), {"domain": {"id": "9"}}, "domain 9"),
        (Scope(project=_NOBODY, domain=_NOBODY), None, "unscoped"),
        (
            Scope(project=Named(id="7"), domain=_NOBODY, system=True, trust_id="t"),
            {"OS-TRUST:trust": {"id": "t"}},
            "trust t",
        ),
        (
            Scope(project=Named(id="7"), domain=_NOBODY, trust_id="t", unscoped=True),
            "unscoped",
            "unscoped",
        ),
    ],
)
def test_a_scope_is_one_thing(scope: Scope, payload: object, words: str) -> None:
    """Of several, the narrower wish counts; with nothing given no scope is sent."""
    assert scope.payload() == payload
    assert str(scope) == words


def test_an_unscoped_request_has_no_scope() -> None:
    """Keystone is not sent an empty scope."""
    credentials = Credentials(
        user=Named(id="u"), password=Secret("x"), application_credential=_NOBODY
    )
    scope = Scope(project=_NOBODY, domain=_NOBODY)
    assert token_request(password.METHOD, credentials, scope) == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"id": "u", "password": "x"}},
            }
        }
    }


def test_a_credential_that_fixes_the_project_sends_no_scope() -> None:
    """Keystone refuses a scope beside an application credential."""
    credentials = Credentials(
        user=_NOBODY,
        application_credential=Named(id="c"),
        application_credential_secret=Secret("s"),
    )
    scope = Scope(project=Named(id="p"), domain=_NOBODY)
    assert token_request(application_credential.METHOD, credentials, scope) == {
        "auth": {
            "identity": {
                "methods": ["application_credential"],
                "application_credential": {"id": "c", "secret": "s"},
            }
        }
    }
