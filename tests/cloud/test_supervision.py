# SPDX-License-Identifier: Apache-2.0
"""What happens to a cloud that is treated badly; most drills have a cloud of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import COMMAND
from tests.cloud.connecting import AS_IT_COMES, connect

from stackloom.errors import NotReady, ProgramDied
from stackloom.local import access, layout, lifecycle, status
from stackloom.local.access import Access
from stackloom.local.progress import Event, Phase, Remark

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@pytest.fixture
def name(local_cloud: Access) -> Iterator[str]:
    """Return the name of a second cloud, taken away afterwards."""
    own = f"{local_cloud.name}-drill"
    yield own
    asyncio.run(lifecycle.purge(name=own))


def _processes(name: str) -> list[int]:
    """List the processes that were started for the cloud."""
    wanted = str(layout.from_environment(os.environ).cloud(name).instructions).encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if wanted in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:
            continue  # it ended meanwhile
    return found


def _until(is_so: Callable[[], bool], within_seconds: float = 60.0) -> None:
    deadline = time.monotonic() + within_seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def _pid(name: str, service: str) -> int:
    return next(row.pid for row in status.status(name).services if row.service == service)


def _neutron(name: str) -> status.ServiceStatus:
    return next(row for row in status.status(name).services if row.service == "neutron")


def _kill(name: str, service: str) -> None:
    """Kill one service and wait until the supervisor has noticed."""
    pid = _pid(name, service)
    os.kill(pid, signal.SIGKILL)
    _until(lambda: _pid(name, service) != pid)


def test_a_killed_service_comes_back(local_cloud: Access, demo: Connection) -> None:
    """It is started again, the event is remembered, and new clients meanwhile only wait."""
    before = [each.id for each in demo.network.networks()]
    restarts = _neutron(local_cloud.name).restarts
    _kill(local_cloud.name, "neutron")
    with connect(local_cloud) as afterwards:
        assert [each.id for each in afterwards.network.networks()] == before
    found = status.status(local_cloud.name)
    row = _neutron(local_cloud.name)
    assert (found.state, row.last_error) == ("up", "killed by signal 9")
    assert row.restarts == restarts + 1
    assert ("neutron", "killed by signal 9: restarting") in [
        (each.program, each.what) for each in found.happenings
    ]


def test_servers_survive_a_restart_of_nova(local_cloud: Access, demo: Connection) -> None:
    """The fake hypervisor takes its instances up again, so Nova does not stop them."""
    server = demo.compute.create_server(
        name="stays",
        image_id=demo.image.find_image("cirros", ignore_missing=False).id,
        flavor_id=demo.compute.find_flavor("m1.nano", ignore_missing=False).id,
        networks="none",
    )
    demo.compute.wait_for_server(server, wait=60, interval=0.2)
    _kill(local_cloud.name, "nova")
    with connect(local_cloud) as afterwards:
        afterwards.compute.reboot_server(server, "HARD")
        found = afterwards.compute.wait_for_server(server, wait=60, interval=0.2)
        assert found.power_state == 1
        afterwards.compute.delete_server(server)
        afterwards.compute.wait_for_delete(server, wait=60, interval=0.2)


def test_up_again_is_instant_and_says_so(local_cloud: Access) -> None:
    """Nothing is started twice."""
    events: list[Event] = []
    found = asyncio.run(lifecycle.up(name=local_cloud.name, report=events.append))
    assert found == local_cloud
    assert events == [Remark(text=f'The cloud "{local_cloud.name}" is up already')]


def test_down_leaves_no_process_and_keeps_the_data(name: str) -> None:
    """The next start finds what was made, under the same address and password."""
    first = asyncio.run(lifecycle.up(name=name))
    with connect(first) as connection:
        connection.network.create_network(name="kept")
    assert len(_processes(name)) == 1 + len(status.status(name).services)
    assert asyncio.run(lifecycle.down(name=name))
    assert (_processes(name), access.access(name)) == ([], None)
    second = asyncio.run(lifecycle.up(name=name))
    assert second == first
    with connect(second) as connection:
        assert connection.network.find_network("kept") is not None
    asyncio.run(lifecycle.reset(name=name))
    with connect(second) as connection:
        assert connection.network.find_network("kept") is None


def test_a_killed_supervisor_takes_all_with_it(name: str) -> None:
    """No service outlives it, and the next start is an ordinary one."""
    asyncio.run(lifecycle.up(name=name))
    os.kill(status.status(name).supervisor_pid, signal.SIGKILL)
    _until(lambda: not _processes(name))
    assert status.status(name).state == "down"
    asyncio.run(lifecycle.up(name=name))
    assert status.status(name).state == "up"


def test_a_cloud_that_is_on_its_way_down_is_not_taken_to_be_up(name: str) -> None:
    """Where `down` is killed in the middle of it, the next `up` starts the cloud anew."""
    asyncio.run(lifecycle.up(name=name))
    supervisor = status.status(name).supervisor_pid
    os.kill(supervisor, signal.SIGSTOP)
    command = [COMMAND, "local", "down", "--name", name]
    killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _until(lambda: access.access(name) is None)
    killed.kill()
    killed.communicate()
    os.kill(supervisor, signal.SIGCONT)
    events: list[Event] = []
    found = asyncio.run(lifecycle.up(name=name, report=events.append))
    assert "start" in {each.name for each in events if isinstance(each, Phase)}
    assert status.status(name).supervisor_pid != supervisor
    with connect(found) as connection:
        assert [each.name for each in connection.network.networks()] == ["public"]


def test_a_cancelled_start_leaves_nothing_running(name: str) -> None:
    """As with Ctrl-C: the services that were half started are gone, and the next start works."""

    async def cancel_when_started() -> None:
        async with asyncio.TaskGroup() as group:

            def report(event: Event) -> None:
                if isinstance(event, Phase) and event.name == "start":
                    asyncio.get_running_loop().call_later(1.5, task.cancel)

            task = group.create_task(lifecycle.up(name=name, report=report))

    asyncio.run(cancel_when_started())
    _until(lambda: not _processes(name))
    assert access.access(name) is None
    asyncio.run(lifecycle.up(name=name))
    assert status.status(name).state == "up"


def test_a_stolen_port_moves_the_cloud(name: str) -> None:
    """It listens elsewhere and its catalog says where."""
    first = asyncio.run(lifecycle.up(name=name))
    taken = next(row.port for row in status.status(name).services if row.service == "neutron")
    asyncio.run(lifecycle.down(name=name))
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", taken))
        thief.listen()
        second = asyncio.run(lifecycle.up(name=name))
        assert second.auth_url != first.auth_url
        with connect(second) as connection:
            assert [each.name for each in connection.network.networks()] == ["public"]


def test_a_half_copied_database_is_not_taken_for_a_cloud(name: str) -> None:
    """Data counts when it is whole; what an interrupted copy left is thrown away."""
    cloud = layout.from_environment(os.environ).cloud(name)
    half = cloud.directory / "data.new" / "databases"
    half.mkdir(parents=True)
    (half / "keystone.sqlite").write_bytes(b"SQLite format 3\0half")
    asyncio.run(lifecycle.up(name=name))
    assert status.status(name).state == "up"
    assert not half.exists()


def test_a_service_that_cannot_start_is_named_with_the_end_of_its_log(name: str) -> None:
    """Nothing is left running, and fresh data repairs it."""
    asyncio.run(lifecycle.up(name=name))
    asyncio.run(lifecycle.down(name=name))
    cloud = layout.from_environment(os.environ).cloud(name)
    database = cloud.data / "databases" / "placement.sqlite"
    database.with_name("placement.sqlite-wal").unlink(missing_ok=True)
    database.write_bytes(b"no database at all" * 1000)
    with pytest.raises(ProgramDied, match="file is not a database") as caught:
        asyncio.run(lifecycle.up(name=name))
    assert (caught.value.program, caught.value.code) == ("placement", 1)
    assert "reset" in caught.value.hint
    _until(lambda: not _processes(name))
    asyncio.run(lifecycle.reset(name=name))
    asyncio.run(lifecycle.up(name=name))
    assert status.status(name).state == "up"


def test_a_service_that_is_too_slow_is_named(name: str) -> None:
    """Nothing is left running."""
    with pytest.raises(NotReady, match="did not answer within 0 s"):
        asyncio.run(lifecycle.up(name=name, within_seconds=0.01))
    _until(lambda: not _processes(name))
    assert access.access(name) is None


def test_everything_is_closed_to_others(local_cloud: Access) -> None:
    """Passwords and data can be read by their owner only."""
    directory = layout.from_environment(os.environ).cloud(local_cloud.name).directory
    open_to_others = [
        path
        for path in (directory, *directory.rglob("*"))
        if stat.S_IMODE(path.lstat().st_mode) & 0o077 and not path.is_symlink()
    ]
    assert open_to_others == []


def test_no_password_is_on_a_command_line(local_cloud: Access) -> None:
    """Nor in the environment of a process."""
    secrets = [password.reveal().encode() for password in local_cloud.passwords.values()]
    for pid in _processes(local_cloud.name):
        for file in ("cmdline", "environ"):
            text = Path(f"/proc/{pid}/{file}").read_bytes()
            assert not [secret for secret in secrets if secret in text]
