# SPDX-License-Identifier: Apache-2.0
"""Which cloud is meant; the local one is a real process that looks like its supervisor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stackloom.cloud_choice import choose_cloud, choose_settings
from stackloom.errors import BadConfig
from stackloom.local.layout import from_environment

_CLOUDS = """
clouds:
  lab:
    auth:
      auth_url: http://lab:5000
      username: alice
      password: x
      user_domain_name: Default
"""
_WAIT_FOR_THE_END = "import sys; print('up', flush=True); sys.stdin.read()"


@pytest.fixture
def variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of a person whose home is empty."""
    monkeypatch.chdir(tmp_path)
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    for name, value in home.items():
        monkeypatch.setenv(name, value)
    return home


@contextmanager
def _local_cloud(variables: dict[str, str]) -> Iterator[None]:
    """Let a local cloud be up."""
    cloud = from_environment(variables).cloud("local")
    cloud.directory.mkdir(parents=True)
    with subprocess.Popen(
        [sys.executable, "-S", "-c", _WAIT_FOR_THE_END, str(cloud.instructions)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as supervisor:
        assert supervisor.stdout is not None
        supervisor.stdout.readline()  # before that the kernel may not know its arguments yet
        access = {
            "auth_url": "http://127.0.0.1:5000/v3",
            "region": "local",
            "passwords": {"admin": "a", "demo": "d"},
            "supervisor": supervisor.pid,
        }
        cloud.access.write_text(json.dumps(access))
        yield
        # leaving closes its input, which ends it


def test_a_named_cloud_needs_no_word(variables: dict[str, str], tmp_path: Path) -> None:
    """Who names a cloud gets it, and is told nothing."""
    (tmp_path / "clouds.yaml").write_text(_CLOUDS)
    notes: list[str] = []
    config = choose_cloud({}, variables, cloud_name="lab", note=notes.append)
    assert config.auth_url == "http://lab:5000/v3"
    assert notes == []


def test_variables_beside_a_named_cloud_are_told(variables: dict[str, str], tmp_path: Path) -> None:
    """Who has left-over variables learns that they do not count."""
    (tmp_path / "clouds.yaml").write_text(_CLOUDS)
    notes: list[str] = []
    stray = {"OS_CLOUD": "lab", "OS_USERNAME": "bob", "OS_REGION_NAME": "two"}
    config = choose_cloud({}, variables | stray, note=notes.append)
    assert config.region == "two"
    assert notes == [
        f'cloud "lab" of {tmp_path / "clouds.yaml"} is used as it stands; ignored: OS_USERNAME'
    ]


def test_what_a_profile_has_to_say_is_told(variables: dict[str, str], tmp_path: Path) -> None:
    """The cloud is used all the same."""
    (tmp_path / "clouds.yaml").write_text(_CLOUDS.replace("  lab:", "  lab:\n    profile: nobody"))
    notes: list[str] = []
    choose_cloud({}, variables, cloud_name="lab", note=notes.append)
    assert notes == [f'cloud "lab" of {tmp_path / "clouds.yaml"}: no profile nobody is known']


def test_settings_of_the_local_cloud_come_from_it(variables: dict[str, str]) -> None:
    """Nobody has set the variables that it hands out, so none is named as a source."""
    with _local_cloud(variables):
        settings = choose_settings({"interface": "admin"}, variables, note=lambda _note: None)
    told = {name: settings.origins[name].tell() for name in ("username", "interface")}
    assert told == {"username": 'local cloud "local"', "interface": "option --os-interface"}


def test_without_a_name_the_local_cloud_is_meant(variables: dict[str, str]) -> None:
    """Where nothing is named the local cloud is used, as demo, and that is said."""
    notes: list[str] = []
    with _local_cloud(variables):
        config = choose_cloud({}, variables, note=notes.append)
    assert (config.auth_url, config.region) == ("http://127.0.0.1:5000/v3", "local")
    assert (config.credentials.user.name, str(config.scope)) == ("demo", "project demo")
    assert notes == ['no cloud named: using local cloud "local" as demo']


def test_options_count_for_the_local_cloud_too(variables: dict[str, str]) -> None:
    """Scope and user may be chosen on the local cloud as on any other."""
    with _local_cloud(variables):
        config = choose_cloud({"system_scope": "all"}, variables, note=lambda _note: None)
    assert str(config.scope) == "system"


@pytest.mark.parametrize(
    ("clouds", "hint"),
    [
        ("", "start it with: stackloom local up; or set OS_CLOUD"),
        (_CLOUDS, "start it with: stackloom local up; or name one with --os-cloud: lab"),
    ],
)
def test_where_no_cloud_is_the_ways_out_are_told(
    variables: dict[str, str], tmp_path: Path, clouds: str, hint: str
) -> None:
    """Without a name and without a local cloud a person is told how to get either."""
    (tmp_path / "clouds.yaml").write_text(clouds)
    with pytest.raises(BadConfig) as caught:
        choose_cloud({}, variables, note=lambda _note: None)
    assert caught.value.message == "no cloud is named, and the local cloud is not up"
    assert caught.value.hint == hint


def test_a_local_cloud_that_has_ended_is_not_up(variables: dict[str, str]) -> None:
    """Files that a killed cloud has left behind do not count."""
    with _local_cloud(variables):
        pass
    with pytest.raises(BadConfig):
        choose_cloud({}, variables, note=lambda _note: None)
