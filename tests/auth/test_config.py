# SPDX-License-Identifier: Apache-2.0
"""From settings to a cloud that can be asked, or every reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.cloud import KEYSTONE, PASSWORD, config, settings

from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.auth.credentials import Credentials, Named, Scope
from stackloom.auth.methods import password
from stackloom.auth.settings import Settings
from stackloom.errors import BadConfig
from stackloom.log import Secret
from stackloom.transport.client import Tls


def test_settings_become_a_configuration() -> None:
    """The usual settings of a user in a project, as a whole."""
    assert config(region_name="one") == CloudConfig(
        source='cloud "test"',
        auth_url=KEYSTONE,
        method=password.METHOD,
        credentials=Credentials(
            user=Named(name="alice", domain_name="Default"),
            password=Secret(PASSWORD),
            application_credential=Named(),
        ),
        scope=Scope(project=Named(name="demo", domain_name="Default"), domain=Named()),
        region="one",
        interface="public",
        tls=Tls(),
        cache_tokens=True,
    )


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://a:5000", "http://a:5000/v3"),
        ("http://a:5000/", "http://a:5000/v3"),
        ("http://a:5000/v3", "http://a:5000/v3"),
        ("http://a:5000/v3/", "http://a:5000/v3"),
        ("http://a:5000/v2.0", "http://a:5000/v3"),
        ("https://a/identity", "https://a/identity/v3"),
        ("https://[::1]:5000", "https://[::1]:5000/v3"),
    ],
)
def test_keystones_address_is_given_in_many_ways(given: str, url: str) -> None:
    """With and without version, with and without a slash at the end: v3 is asked."""
    assert config(auth_url=given).auth_url == url


@pytest.mark.parametrize(
    "url", ["a:5000", "ftp://a", "http://", "http://:5000", "http://[::1", "http://a:99999"]
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    """A mistyped address is told with the address, before anything is sent."""
    with pytest.raises(BadConfig) as caught:
        config(auth_url=url)
    assert caught.value.message == (
        f'cloud "test": auth_url "{url}" is not an http:// or https:// address'
    )


def test_everything_that_is_missing_is_told_at_once() -> None:
    """One message names all that has to be set, and where to set it."""
    with pytest.raises(BadConfig) as caught:
        cloud_config(Settings(source="OS_* variables", values={"project_name": "demo"}))
    assert caught.value.message == (
        "OS_* variables: username is missing; password is missing; auth_url is missing; "
        "project_name needs project_domain_name (often: Default)"
    )
    assert caught.value.hint == "set it in clouds.yaml, as OS_… variable or as --os-… option"


def test_a_name_that_needs_a_domain_is_told() -> None:
    """User and project are named inside a domain; the usual one is said."""
    with pytest.raises(BadConfig) as caught:
        config(user_domain_name="", project_domain_name="")
    assert caught.value.message == (
        'cloud "test": username needs user_domain_name (often: Default); project_name needs '
        "project_domain_name (often: Default)"
    )


def test_a_project_by_id_needs_no_domain() -> None:
    """The id of a project says it all."""
    chosen = config(project_name="", project_id="p", project_domain_name="")
    assert chosen.scope == Scope(project=Named(id="p"), domain=Named())


@pytest.mark.parametrize(
    "values",
    [
        {"system_scope": "all"},
        {
            "auth_type": "v3applicationcredential",
            "application_credential_id": "c",
            "application_credential_secret": "s",
        },
    ],
    ids=["system", "application-credential"],
)
def test_a_project_that_does_not_count_needs_no_domain(values: dict[str, str]) -> None:
    """Where another scope counts, a stray project without a domain does not stop anybody."""
    assert config(project_domain_name="", **values).method is not None


def test_the_domain_for_all_is_for_who_has_none() -> None:
    """``default_domain_id`` never overrides a domain that user or project has of its own."""
    chosen = config(default_domain_id="default", user_domain_name="Users", project_domain_name="")
    assert chosen.credentials.user == Named(name="alice", domain_name="Users")
    assert chosen.scope.project == Named(name="demo", domain_id="default")


def test_the_domain_for_all_may_be_given_by_name() -> None:
    """``default_domain_name`` works like its id."""
    chosen = config(default_domain_name="Here", user_domain_name="", project_domain_name="")
    assert chosen.credentials.user == Named(name="alice", domain_name="Here")
    assert chosen.scope.project == Named(name="demo", domain_name="Here")


@pytest.mark.parametrize(("given", "is_system"), [("all", True), ("True", True), ("false", False)])
def test_the_system_is_asked_for_in_words(given: str, is_system: bool) -> None:
    """``system_scope`` is on for ``all`` and ``true``."""
    assert config(system_scope=given).scope.system is is_system


def test_a_domain_is_a_scope() -> None:
    """``domain_id`` asks for a token of the domain."""
    chosen = config(project_name="", domain_id="d")
    assert chosen.scope.payload() == {"domain": {"id": "d"}}


def test_an_interface_has_an_older_spelling() -> None:
    """``internalURL`` is ``internal``."""
    assert config(interface="internalURL").interface == "internal"


@pytest.mark.parametrize(
    ("values", "verify"),
    [
        ({}, True),
        ({"verify": "True"}, True),
        ({"insecure": "False"}, True),
        ({"verify": "False"}, False),
        ({"verify": "no"}, False),
        ({"insecure": "True"}, False),
        ({"insecure": "1"}, True),
    ],
)
def test_verification_can_be_given_up_in_two_ways(values: dict[str, str], verify: bool) -> None:
    """``verify: false`` and ``insecure: true`` mean the same."""
    assert config(**values).tls == Tls(verify=verify)


def test_tls_files_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named from here or from home, and stay the same when the directory changes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert config(cacert="ca.pem", cert="~/own.pem", key="/etc/own.key").tls == Tls(
        ca_file=tmp_path / "ca.pem",
        certificate_file=tmp_path / "home/own.pem",
        key_file=Path("/etc/own.key"),
    )


def test_caching_is_the_settings_choice() -> None:
    """A cloud that says so gets no token cache."""
    given = settings()
    chosen = cloud_config(Settings(source="x", values=given.values, cache_tokens=False))
    assert chosen.cache_tokens is False


def test_no_text_of_a_configuration_has_a_secret() -> None:
    """Settings and configuration can be logged as they are."""
    secrets = dict.fromkeys(("token", "application_credential_secret"), PASSWORD)
    for text in (repr(settings(**secrets)), repr(config(**secrets)), str(config(**secrets))):
        assert PASSWORD not in text
    assert repr(settings()).startswith('Settings(cloud "test": auth_url, username, password, ')


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"auth_type": "v3totp", "passcode": "1"}, "totp"),
        ({"auth_type": "v3multifactor", "auth_methods": "v3password"}, "password"),
        (
            {"auth_type": "v3multifactor", "auth_methods": "v3password, v3totp", "passcode": "1"},
            "password and totp",
        ),
        (
            {"auth_type": "v3multifactor", "auth_methods": "password,totp", "passcode": "1"},
            "password and totp",
        ),
        ({"username": "", "password": "", "token": "t"}, "token"),
        (
            {
                "username": "",
                "password": "",
                "application_credential_id": "c",
                "application_credential_secret": "s",
            },
            "application_credential",
        ),
    ],
)
def test_the_method_follows_from_the_settings(values: dict[str, str], name: str) -> None:
    """``auth_type`` says it; without one, what stands there alone does."""
    assert config(**values).method.name == name


@pytest.mark.parametrize(
    ("auth_methods", "message"),
    [
        ("", 'cloud "test": auth_type v3multifactor needs auth_methods'),
        (
            "v3password,v3mail",
            'cloud "test": auth_methods has "v3mail", which is no method that stackloom speaks',
        ),
    ],
)
def test_factors_that_nobody_knows_are_told(auth_methods: str, message: str) -> None:
    """Multi-factor authentication says which factors."""
    with pytest.raises(BadConfig) as caught:
        config(auth_type="v3multifactor", auth_methods=auth_methods)
    assert caught.value.message == message
    assert caught.value.hint == "for example: auth_methods: [v3password, v3totp]"


@pytest.mark.parametrize("values", [{"trust_id": "t"}, {"unscoped": "true"}])
def test_a_trust_or_no_scope_needs_no_domain_of_a_project(values: dict[str, str]) -> None:
    """A project that does not count is not asked for its domain."""
    assert config(project_domain_name="", **values).scope.project.domain_name == ""
