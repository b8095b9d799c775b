# SPDX-License-Identifier: Apache-2.0
"""What ``profile:`` stands for, by file, by openstacksdk and by address."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.http_bridge import served
from tests.fakes.transport import FakeTransport, Reply, answer, raw_answer

from stackloom.auth.profiles import profile
from stackloom.auth.settings import read_settings
from stackloom.errors import BadConfig
from stackloom.transport.client import Lost

_WELL_KNOWN = "/.well-known/openstack/api"


@pytest.fixture
def variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the variables of a person whose home is empty."""
    monkeypatch.chdir(tmp_path)
    return {"HOME": str(tmp_path)}


def test_a_file_of_ones_own_comes_first(variables: dict[str, str], tmp_path: Path) -> None:
    """``clouds-public.yaml`` may even redefine a profile of openstacksdk."""
    file = tmp_path / "clouds-public.yaml"
    file.write_text("public-clouds:\n  otc:\n    region_name: mine\n")
    found = profile("otc", variables, "x")
    assert (found.settings, found.note) == ({"region_name": "mine"}, "")
    assert found.origin.below("region_name").tell() == f"{file}:3"


def test_an_installed_openstacksdk_brings_its_profiles(variables: dict[str, str]) -> None:
    """They are read from its files; it is not imported."""
    found = profile("otc", variables, "x")
    assert found.settings["auth"] == {"auth_url": "https://iam.{region_name}.otc.t-systems.com/v3"}
    assert found.origin.tell() == "profile otc"


def test_a_profile_that_nobody_knows_is_noted(variables: dict[str, str]) -> None:
    """As in openstacksdk, the cloud is used without."""
    found = profile("nobody", variables, 'cloud "lab"')
    assert (found.settings, found.note) == ({}, 'cloud "lab": no profile nobody is known')


def test_an_address_is_asked(variables: dict[str, str], tmp_path: Path) -> None:
    """What it says is below the cloud of the file; a profile that it names is not followed."""
    transport = FakeTransport()
    settings = {
        "auth": {"auth_url": "https://{region_name}.acme/v3", "user_domain_name": "acme"},
        "regions": ["north", "south"],
        "profile": "https://elsewhere.test",
    }
    transport.on("GET", _WELL_KNOWN, answer(200, {"name": "acme", "profile": settings}))
    with served(transport) as address:
        (tmp_path / "clouds.yaml").write_text(
            f"clouds:\n  lab:\n    profile: {address}/somewhere\n"
            "    auth: {username: alice, user_domain_name: mine}\n"
        )
        found = read_settings({"region_name": "south"}, variables, cloud_name="lab")
    assert found is not None
    assert found.values == {
        "auth_url": "https://south.acme/v3",
        "username": "alice",
        "user_domain_name": "mine",
        "region_name": "south",
    }
    assert found.origins["auth_url"].tell() == f"profile {address}/somewhere"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answer(404), "answered 404"),
        (raw_answer(200, b"<html>"), "cannot be had"),
        (answer(200, {"profile": {}}), "cannot be had"),
        (Lost("closed"), "cannot be had"),
    ],
)
def test_an_address_without_a_profile_is_told(
    variables: dict[str, str], reply: Reply, words: str
) -> None:
    """Whatever stands there, the person learns which address it was."""
    transport = FakeTransport()
    transport.on("GET", _WELL_KNOWN, reply)
    with served(transport) as address:
        with pytest.raises(BadConfig) as caught:
            profile(address, variables, 'cloud "lab"')
        assert caught.value.message.startswith(
            f'cloud "lab": the profile at {address}{_WELL_KNOWN} {words}'
        )


@pytest.mark.parametrize(
    ("status", "note"),
    [("active", ""), ("deprecated", "x: profile {} is deprecated: go elsewhere")],
)
def test_a_profile_says_how_its_cloud_is(variables: dict[str, str], status: str, note: str) -> None:
    """One that is to end is noted."""
    settings = {"status": status, "message": "go elsewhere", "region_name": "a"}
    transport = FakeTransport()
    transport.on("GET", _WELL_KNOWN, answer(200, {"name": "a", "profile": settings}))
    with served(transport) as address:
        found = profile(address, variables, "x")
        assert (found.settings, found.note) == ({"region_name": "a"}, note.format(address))


def test_a_cloud_that_has_ended_is_told(variables: dict[str, str]) -> None:
    """Nobody is sent to an address that is somebody else's by now."""
    settings = {"status": "shutdown", "message": "gone in 2020"}
    transport = FakeTransport()
    transport.on("GET", _WELL_KNOWN, answer(200, {"name": "a", "profile": settings}))
    with served(transport) as address, pytest.raises(BadConfig) as caught:
        profile(address, variables, "x")
    assert caught.value.message == (f"x: the cloud of profile {address} has ended: gone in 2020")
