# SPDX-License-Identifier: Apache-2.0
"""The plugin in runs of pytest of its own: shared, killed, kept, mistaken."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.testing.pytest_runs import output_of, pytest_run, what_is_left

from stackloom.local import access, lifecycle, status
from stackloom.local.access import Access

pytestmark = pytest.mark.slow

# Each test writes down what it saw, in a file of its own.
_NOTES = """
import json, os, signal, time
from pathlib import Path
from stackloom.local import status

def note(test, cloud):
    found = status.status(cloud.name)
    seen = {"name": cloud.name, "pid": os.getpid(), "supervisor": found.supervisor_pid}
    Path(f"{test}.new").write_text(json.dumps(seen))
    Path(f"{test}.new").rename(f"{test}.json")
"""
# xdist's `load` gives each of two workers two tests in a row: while each waits for the other, both
# have the cloud; then one crashes.
_SHARED = (
    _NOTES
    + """
def wait_for(test):
    deadline = time.monotonic() + 120
    while not Path(f"{test}.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)

def test_one(openstack_cloud):
    note("one", openstack_cloud)
    wait_for("two")

def test_crash(openstack_cloud):
    note("crash", openstack_cloud)
    os.kill(os.getpid(), signal.SIGKILL)

def test_two(openstack_cloud):
    note("two", openstack_cloud)
    wait_for("one")

def test_afterwards(openstack_project, openstack_cloud):
    wait_for("crash")
    assert openstack_project.leftovers() == []
    note("afterwards", openstack_cloud)
"""
)
_WAITS = (
    _NOTES
    + """
def test_that_hangs(openstack_cloud):
    note("hangs", openstack_cloud)
    time.sleep(600)
"""
)
_FORGETS = """
import json

def test_forgets(openstack_project):
    async def forget(cloud):
        await cloud.request(
            "network", "POST", "/v2.0/networks", body={"network": {"name": "forgotten"}}
        )
    openstack_project.run(forget)

def test_is_tidy(openstack_project):
    assert openstack_project.leftovers() == []
"""


def _noted(directory: Path, test: str) -> dict[str, object]:
    seen: dict[str, object] = json.loads((directory / f"{test}.json").read_text())
    return seen


def test_unused_it_loads_nothing_of_stackloom() -> None:
    """Runs of people who have stackloom installed for something else pay nothing for it."""
    script = (
        "import sys, stackloom.testing.plugin;"
        "print(*sorted(name for name in sys.modules if name.startswith('stackloom')))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert ended.stdout.split() == [b"stackloom", b"stackloom.testing", b"stackloom.testing.plugin"]


@pytest.mark.cloud
def test_workers_share_one_cloud_and_the_last_one_takes_it_away(
    tmp_path: Path, local_cloud: Access
) -> None:
    """Also where one of them has crashed meanwhile and another took its place."""
    run = pytest_run(tmp_path, _SHARED, "-n", "2", "--dist", "load")
    output = output_of(run)
    assert run.returncode == 1, output
    assert "1 failed, 3 passed" in output
    assert "crashed while running 'test_theirs.py::test_crash'" in output
    one, two, afterwards = (_noted(tmp_path, test) for test in ("one", "two", "afterwards"))
    assert one["pid"] != two["pid"]
    assert one["supervisor"] == two["supervisor"] == afterwards["supervisor"] != 0
    assert one["name"] == two["name"] != local_cloud.name
    assert what_is_left(str(one["name"])) == []


@pytest.mark.cloud
def test_a_killed_run_leaves_nothing(tmp_path: Path, local_cloud: Access) -> None:
    """The keeper of its cloud notices and takes it away."""
    run = pytest_run(tmp_path, _WAITS)
    _until((tmp_path / "hangs.json").exists, run)
    name = str(_noted(tmp_path, "hangs")["name"])
    assert status.status(name).state == "up"
    run.send_signal(signal.SIGKILL)
    run.communicate()
    _until(lambda: not what_is_left(name))


def _until(is_so: Callable[[], bool], run: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        assert run is None or run.poll() is None, run.communicate()[0]
        time.sleep(0.05)


@pytest.mark.cloud
def test_a_kept_cloud_is_named_and_left_up(tmp_path: Path, local_cloud: Access) -> None:
    """``--openstack-keep``: for looking at what a failed test has done."""
    tests = _NOTES + "\ndef test_it(openstack_cloud):\n    note('it', openstack_cloud)\n"
    run = pytest_run(tmp_path, tests, "--openstack-keep", "-o", "openstack_latency=1ms")
    output = output_of(run)
    seen = _noted(tmp_path, "it")
    name = str(seen["name"])
    try:
        assert run.returncode == 0, output
        assert f'the local cloud "{name}" is still up' in output
        assert status.status(name).supervisor_pid == seen["supervisor"]
    finally:
        asyncio.run(lifecycle.purge(name=name))


@pytest.mark.cloud
def test_a_test_that_leaves_something_fails(tmp_path: Path, local_cloud: Access) -> None:
    """It is named and removed; the cloud of ``--openstack-cloud`` is left as it was."""
    run = pytest_run(tmp_path, _FORGETS, "--openstack-cloud", local_cloud.name)
    output = output_of(run)
    assert run.returncode == 1
    assert 'the test left in its project what had to be removed:\n  network "forgotten" (' in output
    assert "2 passed, 1 error" in output
    assert access.access(local_cloud.name) == local_cloud


def test_a_cloud_that_is_not_up_is_told(tmp_path: Path) -> None:
    """In the words of stackloom, with what to do."""
    run = pytest_run(
        tmp_path, "def test_it(openstack_cloud): pass", "--openstack-cloud", "never-made"
    )
    output = output_of(run)
    assert run.returncode == 1
    assert 'the local cloud "never-made" of --openstack-cloud is not up' in output


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("openstack_with=no-such-service", "no-such-service"),
        ("openstack_latency=far", 'openstack_latency: "far" is no time'),
    ],
)
def test_what_the_cloud_cannot_be_is_told(tmp_path: Path, setting: str, told: str) -> None:
    """The keeper's words reach the run."""
    run = pytest_run(tmp_path, "def test_it(openstack_cloud): pass", "-o", setting)
    output = output_of(run)
    assert run.returncode == 1
    assert told in output
    assert "LocalCloudError" in output
