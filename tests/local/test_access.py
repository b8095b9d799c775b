# SPDX-License-Identifier: Apache-2.0
"""How to log in to a cloud that is up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackloom.local import access, clouds_yaml, layout
from stackloom.local.access import Access
from stackloom.log import Secret

AUTH_URL = "http://127.0.0.1:20100/v3"


@pytest.fixture
def found(tmp_path: Path) -> Access:
    """Return how to log in to a cloud that does not exist."""
    return Access(
        name="local",
        auth_url=AUTH_URL,
        region="RegionOne",
        passwords={"admin": Secret("for-admin"), "demo": Secret("for-demo")},
        clouds_yaml=tmp_path / "clouds.yaml",
    )


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> layout.CloudLayout:
    """Return the layout of a cloud in a data directory of the test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    own = layout.from_environment(os.environ).cloud("local")
    own.directory.mkdir(parents=True)
    return own


@pytest.fixture
def supervisor(cloud: layout.CloudLayout) -> Iterator[int]:
    """Return the pid of a process that looks like the cloud's supervisor."""
    command = [sys.executable, "-c", "print(flush=True); input()", str(cloud.instructions)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process.pid
    process.kill()
    process.communicate()


def _write(cloud: layout.CloudLayout, pid: int) -> None:
    raw = {
        "supervisor": pid,
        "auth_url": AUTH_URL,
        "region": "RegionOne",
        "passwords": {"admin": "for-admin", "demo": "for-demo"},
    }
    cloud.access.write_text(json.dumps(raw))


def test_there_is_none_where_there_never_was_a_cloud(cloud: layout.CloudLayout) -> None:
    """Nobody has to bring one up to be told so."""
    assert access.access("local") is None


def test_a_cloud_is_up_while_its_supervisor_lives(
    cloud: layout.CloudLayout, supervisor: int
) -> None:
    """The file alone says nothing."""
    _write(cloud, supervisor)
    found = access.access("local")
    assert found is not None
    assert (found.auth_url, found.clouds_yaml) == (AUTH_URL, cloud.clouds_yaml)


def test_a_process_id_that_was_given_to_another_program_does_not_count(
    cloud: layout.CloudLayout,
) -> None:
    """Ours is known by its last argument; this very process has another one."""
    _write(cloud, os.getpid())
    assert access.access("local") is None


def test_half_a_file_is_no_cloud(cloud: layout.CloudLayout) -> None:
    """As after a full disk."""
    cloud.access.write_text('{"supervisor": 1')
    assert access.access("local") is None


def test_variables_for_a_project(found: Access) -> None:
    """Plain strings, as a shell takes them."""
    assert found.environment() == {
        "OS_AUTH_TYPE": "password",
        "OS_AUTH_URL": AUTH_URL,
        "OS_IDENTITY_API_VERSION": "3",
        "OS_USERNAME": "demo",
        "OS_PASSWORD": "for-demo",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_REGION_NAME": "RegionOne",
        "OS_INTERFACE": "public",
        "OS_PROJECT_NAME": "demo",
        "OS_PROJECT_DOMAIN_NAME": "Default",
    }


def test_variables_for_the_system(found: Access) -> None:
    """A scope and a project exclude each other."""
    variables = found.environment("admin-system")
    assert variables["OS_SYSTEM_SCOPE"] == "all"
    assert variables["OS_USERNAME"] == "admin"
    assert not [name for name in variables if "PROJECT" in name]


def test_an_entry_of_clouds_yaml(found: Access) -> None:
    """The same in the shape that openstacksdk reads."""
    assert found.cloud_config("admin") == {
        "auth_type": "password",
        "auth": {
            "auth_url": AUTH_URL,
            "username": "admin",
            "password": "for-admin",
            "user_domain_name": "Default",
            "project_name": "admin",
            "project_domain_name": "Default",
        },
        "region_name": "RegionOne",
        "identity_api_version": "3",
        "interface": "public",
    }


def test_clouds_yaml_has_an_entry_for_each_login(found: Access) -> None:
    """JSON is YAML, so any parser will do."""
    clouds = json.loads(clouds_yaml.text(found))["clouds"]
    assert {name: entry["auth"]["username"] for name, entry in clouds.items()} == {
        "stackloom-local": "demo",
        "stackloom-local-admin": "admin",
        "stackloom-local-system": "admin",
    }
    assert clouds["stackloom-local-system"]["auth"]["system_scope"] == "all"


def test_passwords_do_not_show_themselves(found: Access) -> None:
    """Not in a traceback, not in a log."""
    assert "for-admin" not in repr(found)
    assert "for-demo" not in str(found)
