# SPDX-License-Identifier: Apache-2.0
"""Whom a service believes follows from its settings."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.fakes.cloud import KEYSTONE

from stackloom.errors import BadConfig
from stackloom.log import Secret
from stackloom.service.identity.bearer import BearerIdentities
from stackloom.service.identity.identities import identities_of
from stackloom.service.identity.keystone import KeystoneIdentities
from stackloom.service.settings import IdentitySettings, ServerSettings, ServiceSettings


@pytest.mark.parametrize("given", [KEYSTONE, KEYSTONE.removesuffix("/v3"), f"{KEYSTONE}/"])
def test_with_a_keystone_its_tokens_are_believed(given: str) -> None:
    """However its address is written; whoever has none is told where to get one."""
    identities = identities_of(ServiceSettings(identity=IdentitySettings(auth_url=given)))
    assert isinstance(identities, KeystoneIdentities)
    assert identities.challenge == f'Keystone uri="{KEYSTONE}"'


def test_without_one_the_bearer_in_the_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the cloud is that of ``--os-cloud``."""
    clouds = tmp_path / "clouds.yaml"
    clouds.write_text(
        f"clouds: {{lab: {{auth: {{auth_url: '{KEYSTONE}', username: alice, password: x,"
        " user_domain_name: Default, project_name: demo, project_domain_name: Default}}}"
    )
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(clouds))
    bearer = tmp_path / "bearer"
    bearer.write_text("open-sesame\n")
    bearer.chmod(0o600)
    server = ServerSettings(os_cloud="lab", bearer_file=str(bearer))
    identities = identities_of(ServiceSettings(server=server))
    assert isinstance(identities, BearerIdentities)
    assert identities.config.auth_url == KEYSTONE
    caller = asyncio.run(
        identities.caller(Secret("open-sesame"), request_id="", global_request_id="")
    )
    assert caller.project_id == "local"


def test_with_neither_the_service_does_not_start() -> None:
    """Nobody could show who they are."""
    with pytest.raises(BadConfig, match="neither") as caught:
        identities_of(ServiceSettings())
    assert "[identity] auth_url" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("open-sesame", 0o644, "others than its owner may use it"),
        ("  \n", 0o600, "is empty; it should have the bearer of the service"),
        (None, 0o600, "the bearer of the service cannot be read"),
    ],
)
def test_a_bearer_that_is_no_secret_is_refused(
    tmp_path: Path, text: str | None, mode: int, said: str
) -> None:
    """Whoever can read the file has the rights of who started the service."""
    bearer = tmp_path / "bearer"
    if text is not None:
        bearer.write_text(text)
        bearer.chmod(mode)
    server = ServerSettings(bearer_file=str(bearer))
    with pytest.raises(BadConfig) as caught:
        identities_of(ServiceSettings(server=server))
    assert said in caught.value.message


def test_an_address_that_is_none_is_told_at_the_start() -> None:
    """Not with the first request."""
    identity = IdentitySettings(auth_url="keystone.example.com")
    with pytest.raises(BadConfig, match="is not an http:// or https:// address"):
        identities_of(ServiceSettings(identity=identity))
