# SPDX-License-Identifier: Apache-2.0
"""What else can happen to a cloud: the command is killed, the disk is full, a process id is old."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

import pytest
from tests.cloud.command_line import COMMAND

from stackloom.local import layout, lifecycle, processes, status
from stackloom.local.access import Access
from stackloom.local.layout import CloudLayout

pytestmark = [pytest.mark.cloud, pytest.mark.slow]


@pytest.fixture
def cloud(local_cloud: Access) -> Iterator[CloudLayout]:
    """Return where a second cloud lies; taken away afterwards."""
    own = layout.from_environment(os.environ).cloud(f"{local_cloud.name}-drill")
    yield own
    asyncio.run(lifecycle.purge(name=own.name))


def _up(cloud: CloudLayout, *, under: Sequence[str] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*under, COMMAND, "local", "up", "--name", cloud.name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _up_is_ordinary(cloud: CloudLayout) -> None:
    command = _up(cloud)
    output, _ = command.communicate()
    assert command.returncode == 0, output
    found = status.status(cloud.name)
    assert found.state == "up"
    assert len(processes.started_with(str(cloud.instructions))) == len(found.services) + 1


def test_a_killed_up_takes_what_it_started_with_it(cloud: CloudLayout) -> None:
    """The supervisor hears that the command is gone, and the next start is an ordinary one."""
    command = _up(cloud)
    deadline = time.monotonic() + 60
    while not cloud.state.exists():
        assert time.monotonic() < deadline, "it did not start"
        time.sleep(0.02)
    command.kill()
    command.communicate()
    while processes.started_with(str(cloud.instructions)):
        assert time.monotonic() < deadline, "it lives on"
        time.sleep(0.02)
    _up_is_ordinary(cloud)


def test_a_full_disk_is_told_and_the_next_start_is_ordinary(cloud: CloudLayout) -> None:
    """No file may grow beyond 128 blocks, which no database stays under."""
    command = _up(cloud, under=("sh", "-c", 'ulimit -f 128; exec "$@"', "sh"))
    output, _ = command.communicate()
    assert command.returncode == 6, output
    assert "error: " in output
    assert "Traceback" not in output.partition("error: ")[0]
    assert processes.started_with(str(cloud.instructions)) == []
    _up_is_ordinary(cloud)


def test_the_process_id_of_another_program_is_not_mistaken_for_ours(cloud: CloudLayout) -> None:
    """Ids are used again; a cloud that was killed leaves its own behind."""
    _up_is_ordinary(cloud)
    supervisor = status.status(cloud.name).supervisor_pid
    os.kill(supervisor, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not processes.has_ended(supervisor):
        assert time.monotonic() < deadline, "it lives on"
        time.sleep(0.02)
    command = [sys.executable, "-c", "input()", str(cloud.directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as stranger:
        cloud.supervisor_pid.write_text(f"{stranger.pid}\n")
        for path, key in ((cloud.access, "supervisor"), (cloud.state, "pid")):
            path.write_text(json.dumps({**json.loads(path.read_text()), key: stranger.pid}))
        assert status.status(cloud.name).state == "down"
        _up_is_ordinary(cloud)
        asyncio.run(lifecycle.down(name=cloud.name))
        assert stranger.poll() is None
        stranger.kill()
