# SPDX-License-Identifier: Apache-2.0
"""What a token tells: whose it is, what for, how long, and where the services are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import token_document

from stackloom.auth.token import Token
from stackloom.errors import BadAnswer, NoEndpoint
from stackloom.log import Secret

# What makes another token of the usual one; values are any JSON.
_SYSTEM: dict[str, Any] = {"project": None, "system": {"all": True}}
_DOMAIN: dict[str, Any] = {"project": None, "domain": {"id": "d-1", "name": "Users"}}
_UNSCOPED: dict[str, Any] = {"project": None}


def _token(catalog: Mapping[str, str] | None = None, **changes: Any) -> Token:
    document = token_document(catalog=catalog, **changes)
    return Token(Secret("token-1"), msgspec.json.encode(document))


def _endpoint(url: str, interface: str, region: str) -> dict[str, object]:
    return {"url": url, "interface": interface, "region_id": region}


def test_a_token_tells_whose_it_is() -> None:
    """User, domain, project, roles in order, and the end in UTC."""
    token = _token(expires_at="2026-06-01T15:00:00.000000+02:00")
    assert (token.user_name, token.user_domain, token.user_id) == ("alice", "Default", "u-1")
    assert token.project_name == "demo"
    assert (token.project_id, token.roles) == ("p-1", ("member", "reader"))
    assert token.expires_at == datetime(2026, 6, 1, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "scope", "project_id"),
    [
        ({}, "project demo", "p-1"),
        (_SYSTEM, "system", ""),
        (_DOMAIN, "domain Users", ""),
        (_UNSCOPED, "unscoped", ""),
    ],
)
def test_a_token_tells_what_it_is_for(changes: dict[str, Any], scope: str, project_id: str) -> None:
    """Only a token of a project has a project."""
    token = _token(**changes)
    assert (token.scope, token.project_id) == (scope, project_id)


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://a:8774", "http://a:8774"),
        ("http://a:8774/", "http://a:8774"),
        ("http://a/compute", "http://a/compute"),
        ("http://a/compute/v2.1", "http://a/compute"),
        ("http://a/compute/v2.1/", "http://a/compute"),
        ("http://a/compute/v2.1/p-1", "http://a/compute"),
        ("http://a:8774/v2/p-1", "http://a:8774"),
        ("http://a/swift/v1/AUTH_p-1", "http://a/swift"),
        ("https://a/x/y/v3", "https://a/x/y"),
        ("http://a/vault", "http://a/vault"),
        ("http://a/v", "http://a/v"),
        ("http://a/compute/v2.1?x=1#y", "http://a/compute"),
        ("http://[::1]:8774/v2.1", "http://[::1]:8774"),
    ],
)
def test_the_root_is_what_stands_before_the_version(url: str, root: str) -> None:
    """Version and project id are cut off a catalog's address; a prefix stays."""
    assert _token(catalog={"compute": url}).endpoint("compute") == root


def test_a_token_without_project_cuts_off_no_project() -> None:
    """The address of a system-scoped catalog keeps its last word."""
    token = _token(catalog={"identity": "http://a/identity"}, **_SYSTEM)
    assert token.endpoint("identity") == "http://a/identity"


_TWO_REGIONS = {
    "catalog": [
        {
            "type": "network",
            "endpoints": [
                _endpoint("http://one-internal", "internal", "one"),
                _endpoint("http://one-public", "public", "one"),
                _endpoint("http://two-public", "public", "two"),
                {"url": "http://three-public", "interface": "public", "region": "three"},
            ],
        }
    ]
}


@pytest.mark.parametrize(
    ("region", "interface", "root"),
    [
        ("", "public", "http://one-public"),
        ("one", "internal", "http://one-internal"),
        ("two", "public", "http://two-public"),
        ("three", "public", "http://three-public"),
    ],
)
def test_region_and_interface_choose_the_endpoint(region: str, interface: str, root: str) -> None:
    """Without a region the first of the interface counts; older catalogs say ``region``."""
    document = token_document()
    token = Token(
        Secret("x"), msgspec.json.encode({"token": {**_inside(document), **_TWO_REGIONS}})
    )
    assert token.endpoint("network", region=region, interface=interface) == root


def test_a_region_that_is_not_there_is_told_with_those_that_are() -> None:
    """A mistyped region is told with every region and interface of the service."""
    document = {"token": {**_inside(token_document()), **_TWO_REGIONS}}
    token = Token(Secret("x"), msgspec.json.encode(document))
    with pytest.raises(NoEndpoint) as caught:
        token.endpoint("network", region="four", interface="admin")
    assert caught.value.message == "service network has no admin endpoint in region four"
    assert (
        caught.value.hint == "the catalog has: one/internal, one/public, three/public, two/public"
    )
    with pytest.raises(NoEndpoint) as caught:
        token.endpoint("network", interface="admin")
    assert caught.value.message == "service network has no admin endpoint in region (any)"


def test_a_service_without_addresses_is_told() -> None:
    """A service may be registered and have no endpoint yet."""
    document = {"token": {**_inside(token_document()), "catalog": [{"type": "network"}]}}
    with pytest.raises(NoEndpoint) as caught:
        Token(Secret("x"), msgspec.json.encode(document)).endpoint("network")
    assert caught.value.hint == "the catalog has: none"


def test_a_service_that_is_not_there_is_told_with_those_that_are() -> None:
    """Who has a project sees which services the cloud offers to it."""
    token = _token(catalog={"network": "http://a", "identity": "http://b"})
    with pytest.raises(NoEndpoint) as caught:
        token.endpoint("compute")
    assert caught.value.message == "the catalog has no compute service"
    assert caught.value.hint == "it has: identity, network"
    with pytest.raises(NoEndpoint) as caught:
        _token(catalog={}).endpoint("compute")
    assert caught.value.hint == "it has: nothing"


@pytest.mark.parametrize(
    ("changes", "words"),
    [(_SYSTEM, "for system"), (_DOMAIN, "for domain Users"), (_UNSCOPED, "unscoped")],
)
def test_a_token_without_project_explains_the_missing_service(
    changes: dict[str, Any], words: str
) -> None:
    """A system-scoped token sees no service whose address has a project in it; the hint says so."""
    token = _token(catalog={"identity": "http://a"}, **changes)
    with pytest.raises(NoEndpoint) as caught:
        token.endpoint("compute")
    assert caught.value.hint == (
        f"this token is {words}; the catalog leaves out services whose address has a project in "
        "it: give a project (--os-project-name)"
    )


def test_an_older_name_of_a_service_is_understood() -> None:
    """Cinder is registered as ``volumev3`` on many clouds; the newer names count first."""
    older = _token(catalog={"volume": "http://v1/v1", "volumev3": "http://v3/v3/p-1"})
    assert older.endpoint("block-storage") == "http://v3"
    assert _token(catalog={"volume": "http://v1/v1"}).endpoint("block-storage") == "http://v1"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html>",
        b"{}",
        b'{"token": {}}',
        b'{"token": {"user": {"id": "u", "name": "n"}, "expires_at": "tomorrow"}}',
        b'{"token": {"user": {"id": 5, "name": "n"}, "expires_at": "2026-06-01T13:00:00Z"}}',
    ],
)
def test_what_is_no_token_is_told(document: bytes) -> None:
    """An answer that Keystone would not give names the likely mistake."""
    with pytest.raises(BadAnswer, match="Keystone's token cannot be read") as caught:
        Token(Secret("x"), document)
    assert caught.value.hint == "is auth_url really Keystone's?"


def _inside(document: dict[str, object]) -> dict[str, object]:
    token = document["token"]
    assert isinstance(token, dict)
    return token


@pytest.mark.parametrize(
    ("changes", "delegated"),
    [
        ({"methods": ["password"]}, False),
        ({"methods": ["token", "password"]}, False),
        ({"methods": ["application_credential"]}, True),
        ({"methods": ["password"], "OS-TRUST:trust": {"id": "t-1", "impersonation": True}}, True),
    ],
)
def test_a_token_tells_whether_it_was_delegated(changes: dict[str, Any], delegated: bool) -> None:
    """By a trust or an application credential."""
    assert _token(**changes).is_delegated is delegated
