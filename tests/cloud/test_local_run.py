# SPDX-License-Identifier: Apache-2.0
"""``local run``: a cloud for one command, gone with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cloud.command_line import COMMAND

from stackloom.local import layout, processes, release, status, throwaway
from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

_SHOW = "import json, os; print(json.dumps(dict(os.environ)), flush=True)"


def _name(local_cloud: Access) -> str:
    # As a cloud beside the run's: taken away with it, should a test be killed.
    return f"{local_cloud.name}-thrown"


def _run(name: str, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMAND, "local", "run", "--name", name, "--user", "admin", "--", *command],
        env=os.environ | {"OS_CLOUD": "elsewhere", "OS_TOKEN": "of another cloud"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _left(name: str) -> list[object]:
    """Return what there is of the cloud: processes, directory, locks."""
    everything = layout.from_environment(os.environ)
    cloud = everything.cloud(name)
    found: list[object] = [*processes.started_with(str(cloud.instructions))]
    found += [cloud.directory] if cloud.directory.exists() else []
    return [*found, *everything.lock("any").parent.glob(f"*{name}*")]


def test_the_command_has_a_cloud_and_its_exit_code_is_ours(local_cloud: Access) -> None:
    """Its variables name this cloud and no other; words behind ``--`` are untouched."""
    name = _name(local_cloud)
    script = f"{_SHOW}; import sys; print(sys.argv[1:]); sys.exit(7)"
    outer = _run(name, sys.executable, "-c", script, "--help", "--", "--os-cloud", "x")
    output, talk = outer.communicate()
    assert outer.returncode == 7, talk
    shown, words = output.splitlines()
    assert words == "['--help', '--', '--os-cloud', 'x']"
    variables = json.loads(shown)
    given = {each: value for each, value in variables.items() if each.startswith("OS_")}
    assert (given["OS_USERNAME"], given["OS_PROJECT_NAME"]) == ("admin", "admin")
    assert given["OS_AUTH_URL"].startswith("http://127.0.0.1:")
    assert given["OS_AUTH_URL"] != local_cloud.auth_url
    assert not {"OS_CLOUD", "OS_TOKEN"} & set(given)
    directory = layout.from_environment(os.environ).cloud(name).directory
    assert Path(given["OS_CLIENT_CONFIG_FILE"]) == directory / "clouds.yaml"
    assert _left(name) == []


def test_a_killed_starter_takes_its_cloud_with_it(local_cloud: Access) -> None:
    """No process is left; the directory is removed by whoever throws away the next one."""
    name = _name(local_cloud)
    outer = _run(name, "sh", "-c", "echo up; read line")
    assert outer.stdout is not None
    assert outer.stdout.readline() == "up\n"
    supervisor = status.status(name).supervisor_pid
    assert supervisor
    # A service that dies is restarted, as in any other cloud.
    glance = next(row.pid for row in status.status(name).services if row.service == "glance")
    os.kill(glance, signal.SIGKILL)
    outer.kill()
    deadline = time.monotonic() + 60
    while not processes.has_ended(supervisor):
        assert time.monotonic() < deadline, "the cloud outlived its starter"
        time.sleep(0.05)
    outer.communicate()
    throwaway.sweep()
    assert _left(name) == []


def test_a_program_that_is_not_there_is_told_before_anything_is_started() -> None:
    """With the code that a shell ends with."""
    outer = _run("never-made", "no-such-program")
    output, talk = outer.communicate()
    assert (outer.returncode, output) == (127, "")
    assert talk == 'error: there is no program "no-such-program"\n'


def test_a_cloud_that_is_kept_is_not_thrown_away(local_cloud: Access) -> None:
    """The name of an existing one is refused."""
    outer = _run(local_cloud.name, "true")
    _, talk = outer.communicate()
    assert outer.returncode == 2
    assert talk.startswith(f'error: there is a local cloud "{local_cloud.name}" already')
    assert status.status(local_cloud.name).state == "up"


def test_the_cloud_is_of_the_release_that_is_asked_for(local_cloud: Access) -> None:
    """So that the same tests run on several."""
    name, older = _name(local_cloud), release.names()[-1]
    words = ["local", "run", "--name", name, "--release", older, "--"]
    status_of_it = ["local", "status", "--name", name, "-f", "json"]
    outer = subprocess.run(
        [COMMAND, *words, COMMAND, *status_of_it], capture_output=True, text=True, check=True
    )
    versions = {row["service"]: row["version"] for row in json.loads(outer.stdout)["services"]}
    assert versions["keystone"].startswith("29.")
    assert _left(name) == []
