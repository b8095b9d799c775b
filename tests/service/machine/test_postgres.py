# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of our own: started, killed in every way, started again with what was committed."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from stackloom.errors import NotServed
from stackloom.service.machine.binaries import (
    Programs,
    find_programs,
    folders_of_system,
    programs_in,
)
from stackloom.service.machine.postgres import Postgres

pytestmark = pytest.mark.slow

# Starts one as the service does, says so, and stays until it is killed or its input ends.
_DRIVER = """
import asyncio, os, sys
from pathlib import Path
from stackloom.service.machine.binaries import find_programs
from stackloom.service.machine.postgres import Postgres
async def main():
    server = Postgres(
        find_programs("", os.environ), Path(sys.argv[1]), environment=os.environ, is_lasting=False
    )
    await server.start()
    print(server.pid, server.url, os.geteuid(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop()
asyncio.run(main())
"""


def _server(folder: Path, environment: dict[str, str] | None = None) -> Postgres:
    programs = find_programs("", os.environ)
    return Postgres(programs, folder, environment=environment or os.environ, is_lasting=False)


@asynccontextmanager
async def _started(folder: Path) -> AsyncIterator[Postgres]:
    server = _server(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@contextmanager
def _driver(folder: Path, *prefix: str) -> Iterator[tuple[subprocess.Popen[str], int, str, int]]:
    """A process with a server: itself, the postmaster, what opens it, the user that it is."""
    command = [*prefix, sys.executable, "-c", _DRIVER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pid, url, user = process.stdout.readline().split()
        yield process, int(pid), url, int(user)
        process.kill()


def _write(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (what text)")
        connection.execute("insert into kept values ('before')")


def _kept(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("select what from kept").fetchall()


def _modes_below(folder: Path) -> dict[str, int]:
    """The modes of the one folder in *folder*, and of what is in that."""
    (only,) = folder.iterdir()
    inside = {each.name: each.stat().st_mode & 0o777 for each in only.iterdir()}
    return {"folder": only.stat().st_mode & 0o777, **inside}


def _wait_for_end(pid: int) -> None:
    """Wait until a process that is no child of ours is gone."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], 10)[0], f"process {pid} is still there"
    finally:
        os.close(descriptor)


def test_it_starts_with_nothing_and_keeps_what_was_committed(tmp_path: Path) -> None:
    """Its folder is ours alone; no port is open; a second start finds the data."""

    async def run() -> None:
        folder = tmp_path / "new" / "state"
        async with _started(folder) as server:
            assert folder.stat().st_mode & 0o777 == 0o700
            with psycopg.connect(server.url) as connection:
                found = connection.execute(
                    "select current_setting('listen_addresses'), current_database(), "
                    "current_setting('server_encoding'), pg_backend_pid() > 0"
                ).fetchone()
            assert found == ("", "stackloom", "UTF8", True)
            _write(server.url)
        assert not (folder / "data" / "postmaster.pid").exists()
        async with _started(folder) as server:
            assert _kept(server.url) == [("before",)]

    asyncio.run(run())


@pytest.mark.parametrize("name", ["long" * 30, "a,b"])
def test_a_path_that_cannot_be_a_sockets(tmp_path: Path, name: str) -> None:
    """Its socket is in the run-time folder then, which is ours alone too."""

    async def run(runtime: Path) -> None:
        folder = tmp_path / name
        server = _server(folder, {**os.environ, "XDG_RUNTIME_DIR": str(runtime)})
        await server.start()
        try:
            _write(server.url)
            assert _modes_below(runtime) == {
                "folder": 0o700,
                ".s.PGSQL.5432": 0o700,
                ".s.PGSQL.5432.lock": 0o600,
            }
        finally:
            await server.stop()

    # pytest's own folder is too long for a socket below another one.
    with TemporaryDirectory(dir="/tmp") as short:
        asyncio.run(run(Path(short)))


def test_no_path_is_short_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out is named."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("long" * 30)))
    with pytest.raises(NotServed) as caught:
        _server(tmp_path / ("long" * 30), {"PATH": os.defpath})
    assert caught.value.hint == "set XDG_RUNTIME_DIR to a short path, or [database] folder"


def test_signs_in_a_path(tmp_path: Path) -> None:
    """Blanks, quotes and letters of other alphabets stand for themselves."""

    async def run() -> None:
        async with _started(tmp_path / "a b=ä%20'") as server:
            _write(server.url)
            assert _kept(server.url) == [("before",)]

    asyncio.run(run())


def test_kill_9_of_the_postmaster(tmp_path: Path) -> None:
    """A start right after it is repeated until the old children are gone."""

    async def run() -> None:
        async with _started(tmp_path) as server:
            _write(server.url)
            with psycopg.connect(server.url):  # a child that may outlive it
                os.kill(server.pid, signal.SIGKILL)
                assert await server.ended() == -signal.SIGKILL
                await server.start()
            assert _kept(server.url) == [("before",)]

    asyncio.run(run())


def test_kill_9_of_one_backend(tmp_path: Path) -> None:
    """The server ends all connections, recovers and answers again by itself."""

    async def run() -> None:
        async with _started(tmp_path) as server:
            _write(server.url)
            before = server.pid
            with psycopg.connect(server.url) as connection:
                os.kill(connection.info.backend_pid, signal.SIGKILL)
            async with asyncio.timeout(20):
                while True:
                    try:
                        assert _kept(server.url) == [("before",)]
                    except psycopg.OperationalError:
                        await asyncio.sleep(0.01)
                    else:
                        break
            assert server.pid == before

    asyncio.run(run())


def test_at_once(tmp_path: Path) -> None:
    """What was committed is there at the next start; before the first there is nothing to end."""

    async def run() -> None:
        _server(tmp_path).kill()
        async with _started(tmp_path) as server:
            _write(server.url)
            server.kill()
            await server.ended()
            await server.start()
            assert _kept(server.url) == [("before",)]

    asyncio.run(run())


def test_kill_9_of_its_parent(tmp_path: Path) -> None:
    """It ends by itself, and cleanly; another parent starts it again with what was committed."""
    with _driver(tmp_path) as (parent, postmaster, url, _):
        _write(url)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        _wait_for_end(postmaster)
    assert "database system is shut down" in (tmp_path / "postgres.log").read_text()
    with _driver(tmp_path) as (_, _, url, _):
        assert _kept(url) == [("before",)]


def test_a_second_one_in_the_same_folder(tmp_path: Path) -> None:
    """It is refused, and told which process is there."""
    with _driver(tmp_path) as (parent, _, url, _):
        with pytest.raises(NotServed) as caught:
            asyncio.run(_server(tmp_path).start())
        _write(url)
    assert str(caught.value) == f"process {parent.pid} is at work in {tmp_path}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a user to change to")
@pytest.mark.parametrize("user", [65534, 1234])
def test_as_another_user(tmp_path: Path, user: int) -> None:
    """With a name nothing is around PostgreSQL; without one, as in many containers, a namespace."""
    other = ("unshare", "--user", f"--map-user={user}", f"--map-group={user}")
    with _driver(tmp_path, *other) as (_, postmaster, url, effective):
        assert effective == user
        assert Path(f"/proc/{postmaster}/exe").readlink().name == "postgres"
        with psycopg.connect(url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is told so")
def test_as_root_without_user_namespaces(tmp_path: Path) -> None:
    """What lacks is named, and both ways out."""
    empty = tmp_path / "bin"
    empty.mkdir()
    programs = find_programs("", os.environ)
    server = Postgres(programs, tmp_path / "state", environment={"PATH": str(empty)})
    with pytest.raises(NotServed) as caught:
        asyncio.run(server.start())
    assert str(caught.value) == (
        "PostgreSQL does not run as root, and no user namespace can be made here: "
        "there is no command unshare"
    )
    assert caught.value.hint == ("run this as another user, or name a PostgreSQL with --database")


def test_a_folder_that_others_may_open(tmp_path: Path) -> None:
    """Nothing is started there: the folder is the only door."""
    tmp_path.chmod(0o755)
    with pytest.raises(NotServed) as caught:
        asyncio.run(_server(tmp_path).start())
    assert str(caught.value) == f"{tmp_path} is open to others"
    assert caught.value.hint == f"chmod 700 {tmp_path}"


def test_a_start_that_fails_shows_the_log(tmp_path: Path) -> None:
    """The reason is PostgreSQL's own."""
    server = Postgres(
        find_programs("", os.environ),
        tmp_path,
        environment=os.environ,
        settings={"shared_buffers": "none"},
        is_lasting=False,
    )
    with pytest.raises(NotServed) as caught:
        asyncio.run(server.start())
    assert str(caught.value).startswith(
        f"the database in {tmp_path} did not start; the end of its log:\n"
    )
    assert 'invalid value for parameter "shared_buffers": "none"' in str(caught.value)


def test_programs_of_a_folder_that_has_none(tmp_path: Path) -> None:
    """A folder that is named is the only one that is looked at."""
    with pytest.raises(NotServed) as caught:
        find_programs(str(tmp_path), os.environ)
    assert str(caught.value) == (f"{tmp_path} has no postgres and initdb of PostgreSQL 15 or later")


def _older() -> Programs:
    newest = find_programs("", os.environ)
    folder = newest.folder.parents[1] / "pginstall" / "bin"
    older = programs_in(folder)
    if older is None or older.major == newest.major:
        pytest.skip("this machine has one version of PostgreSQL only")
    return older


def test_data_of_an_older_version_is_moved_by_the_commands_told(tmp_path: Path) -> None:
    """It is refused with commands; carried out as they stand, they bring everything along."""
    older = _older()

    async def run() -> str:
        old = Postgres(older, tmp_path, environment=os.environ, is_lasting=False)
        await old.start()
        _write(old.url)
        await old.stop()
        with pytest.raises(NotServed) as caught:
            await _server(tmp_path).start()
        newer = find_programs("", os.environ).major
        assert str(caught.value) == (
            f"the data in {tmp_path / 'data'} is of PostgreSQL {older.major}, "
            f"the programs are of {newer}"
        )
        return caught.value.hint

    first, *commands = asyncio.run(run()).splitlines()
    assert first == "move it, then start again:"
    subprocess.run("set -e\n" + "\n".join(commands), shell=True, check=True, capture_output=True)

    async def look() -> None:
        async with _started(tmp_path) as server:
            assert _kept(server.url) == [("before",)]

    asyncio.run(look())


def test_data_of_a_newer_version(tmp_path: Path) -> None:
    """There is no way back: the programs have to be newer."""
    older = _older()

    async def run() -> None:
        async with _started(tmp_path):
            pass
        with pytest.raises(NotServed) as caught:
            await Postgres(older, tmp_path, environment=os.environ).start()
        newer = find_programs("", os.environ).major
        assert caught.value.hint == f"[database] programs names a folder with {newer}'s"

    asyncio.run(run())


def test_an_initdb_that_was_killed_leaves_nothing_half_made(tmp_path: Path) -> None:
    """Data appears at its place as a whole; what was begun is thrown away."""

    async def run() -> None:
        begun = tmp_path / "data.new"
        begun.mkdir()
        (begun / "PG_VERSION").write_text("18\n")
        async with _started(tmp_path) as server:
            _write(server.url)
        assert not begun.exists()

    asyncio.run(run())


def test_the_programs_of_the_system(tmp_path: Path) -> None:
    """Those on PATH are taken, links followed to where the others are."""
    newest = find_programs("", os.environ)
    (tmp_path / "postgres").symlink_to(newest.folder / "postgres")
    places = folders_of_system({"PATH": str(tmp_path)})
    assert find_programs("", {}, places) == newest


def test_no_programs_anywhere() -> None:
    """What to do about it is told."""
    with pytest.raises(NotServed) as caught:
        find_programs("", {}, [])
    assert str(caught.value) == "there is no PostgreSQL on this machine to start"


@pytest.mark.skipif(
    not [*folders_of_system(os.environ)], reason="the system has no PostgreSQL of its own"
)
def test_a_server_of_the_system(tmp_path: Path) -> None:
    """It works as that of the wheel does."""

    async def run() -> None:
        programs = find_programs("", os.environ, folders_of_system(os.environ))
        server = Postgres(programs, tmp_path, environment=os.environ, is_lasting=False)
        await server.start()
        try:
            _write(server.url)
            assert _kept(server.url) == [("before",)]
        finally:
            await server.stop()

    asyncio.run(run())


def test_programs_of_another_processor(tmp_path: Path) -> None:
    """What cannot be run is passed over."""
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_bytes(b"\x7fELF of another processor")
        (tmp_path / name).chmod(0o755)
    assert programs_in(tmp_path) is None
    assert shutil.which("postgres", path=str(tmp_path))
