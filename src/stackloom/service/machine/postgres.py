# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of our own: its data in one folder, a socket there, nobody else's business.

::

    FOLDER/          0700; whoever may open it, may everything
    ├─ data/         PostgreSQL's own
    ├─ lock          held by the process that started it
    ├─ postgres.log  what it says
    └─ .s.PGSQL.5432 its socket, unless the path is too long for one
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import signal
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from stackloom.errors import NotServed
from stackloom.service.machine.binaries import Programs
from stackloom.service.machine.child import Child
from stackloom.service.machine.postgres_data import (
    DATABASE,
    USER,
    PostgresData,
    prefix_of_programs,
)

_SOCKET = ".s.PGSQL.5432"
# A socket's path has 107 bytes at most (unix(7)).
_LONGEST_SOCKET_PATH = 107
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "32MB",
    "log_checkpoints": "off",
}
# Recovery replays what was written since the last checkpoint, 1 GB at most.
_START_SECONDS = 120
_STOP_SECONDS = 20
# After kill -9 of the postmaster its children hold the shared memory for up to 1.7 s.
_OLD_CHILDREN_SECONDS = 15
_LOOK_SECONDS = 0.02
_AGAIN_SECONDS = 0.2
# How PostgreSQL says that another one, or what is left of one, is still there
# (src/backend/utils/init/miscinit.c and src/backend/port/sysv_shmem.c, 13 to 18).
_STILL_THERE = ("pre-existing shared memory block", 'lock file "')
_LARGEST_LOG_BYTES = 8 * 1024 * 1024
_TAIL_LINES = 12


class Postgres:
    """The server of one folder.

    Args:
        folder: for everything; made where it is not there.
        environment: where the run-time folder is taken from; the server gets next to none of it.
        settings: of PostgreSQL, further ones.
        is_lasting: whether the data has to survive a loss of power; tests do without.
    """

    name = "database"

    def __init__(
        self,
        programs: Programs,
        folder: Path,
        *,
        environment: Mapping[str, str],
        settings: Mapping[str, str] | None = None,
        is_lasting: bool = True,
    ) -> None:
        self._programs = programs
        self._folder = folder.absolute()
        self._log = self._folder / "postgres.log"
        self._socket_folder = _socket_folder(self._folder, environment)
        self._is_lasting = is_lasting
        self._environment = {"PATH": environment.get("PATH", os.defpath), "LC_ALL": "C"}
        own = {"unix_socket_directories": f'"{self._socket_folder}"'}
        own |= {} if is_lasting else {"fsync": "off"}
        self._settings = {**_SETTINGS, **own, **(settings or {})}
        self._lock: int | None = None
        self._child: Child | None = None

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self._started().pid

    @property
    def url(self) -> str:
        """What opens our database."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return what opens another database of the server."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self._socket_folder), safe='')}"

    async def start(self) -> None:
        """Start the server, and wait until it answers.

        Raises:
            NotServed: it cannot be started.
        """
        if self._child is None:
            try:
                self._child = await self._prepared()
            except BaseException:
                self._unlock()
                raise
        shorten(self._log)
        clock = asyncio.get_running_loop()
        patient_until = clock.time() + _OLD_CHILDREN_SECONDS
        while (said := await self._refusal(self._child)) is not None:
            is_passing = any(each in said for each in _STILL_THERE)
            if not is_passing or clock.time() > patient_until:
                raise NotServed(
                    f"the database in {self._folder} did not start; the end of its log:\n{said}",
                    hint=f"all of it is in {self._log}",
                )
            await asyncio.sleep(_AGAIN_SECONDS)

    async def ended(self) -> int:
        """Wait until the server has ended; return its exit code."""
        return await self._started().ended()

    async def stop(self) -> None:
        """End the server: whoever is connected is cut off, nothing committed is lost."""
        if self._child is not None:
            await self._child.stop(_STOP_SECONDS)
        self._unlock()
        self._child = None

    def kill(self) -> None:
        """End the server at once; its next start recovers what was committed."""
        if self._child is not None:
            self._child.send(signal.SIGQUIT)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _started(self) -> Child:
        assert self._child is not None, "the database was not started"
        return self._child

    async def _prepared(self) -> Child:
        make_private(self._folder)
        make_private(self._socket_folder)
        self._lock = locked(self._folder / "lock")
        prefix = prefix_of_programs(self._environment)
        data = PostgresData(
            programs=self._programs,
            folder=self._folder / "data",
            prefix=prefix,
            environment=self._environment,
            is_lasting=self._is_lasting,
        )
        await data.prepare()
        command = [*prefix, self._programs.path("postgres"), "-D", str(data.folder)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        # SIGINT is its fast stop: open transactions are ended, the next start has nothing to do.
        return Child(
            self.name,
            command,
            environment=self._environment,
            dies_by=signal.SIGINT,
            stops_by=signal.SIGINT,
            log=self._log,
        )

    async def _refusal(self, child: Child) -> str | None:
        """Start the server once: None when it answers, the end of its log where it has ended."""
        before = self._log.stat().st_size if self._log.exists() else 0
        await child.start()
        until = asyncio.get_running_loop().time() + _START_SECONDS
        while child.is_up:
            if self._answers(child.pid):
                return None
            if asyncio.get_running_loop().time() > until:
                await child.stop(_STOP_SECONDS)
                return f"(nothing for {_START_SECONDS} s)\n{tail(self._log, before)}"
            await asyncio.sleep(_LOOK_SECONDS)
        return tail(self._log, before)

    def _answers(self, pid: int) -> bool:
        """Tell whether the server has noted that it takes connections.

        Source: src/bin/pg_ctl/pg_ctl.c, wait_for_postmaster_start, and src/include/utils/pidfile.h,
        10 to 18: the first line is its process id, the eighth is how it is.
        """
        try:
            lines = (self._folder / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def make_private(folder: Path) -> None:
    """Make a folder that only we may open; check that it is ours where it is there.

    Raises:
        NotServed: it belongs to somebody else, or is open to others.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise NotServed(f"the folder {folder} cannot be made: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise NotServed(f"{folder} is no folder of this user's", hint="move it out of the way")
    if found.st_mode & 0o077:
        raise NotServed(f"{folder} is open to others", hint=f"chmod 700 {folder}")


def locked(path: Path) -> int:
    """Return a lock that ends with this process, as the descriptor that holds it.

    Raises:
        NotServed: another process holds it.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode().strip()
        os.close(lock)
        raise NotServed(
            f"process {holder} is at work in {path.parent}",
            hint="end that one first, or give this one a folder of its own: [database] folder",
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def shorten(log: Path) -> None:
    """Begin a log anew that has become long; the one before is kept beside it."""
    if log.exists() and log.stat().st_size > _LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def tail(log: Path, begin: int) -> str:
    """Return the last lines of what stands in a log behind *begin* bytes."""
    with log.open("rb") as file:
        file.seek(begin)
        said = file.read().decode(errors="replace")
    return "\n".join(said.splitlines()[-_TAIL_LINES:])


def _socket_folder(folder: Path, environment: Mapping[str, str]) -> Path:
    """Return the folder of the socket: that of the data, or one whose path will do.

    Raises:
        NotServed: there is none.
    """
    short = f"stackloom-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    runtime = [environment.get("XDG_RUNTIME_DIR"), tempfile.gettempdir()]
    for each in (folder, *(Path(root) / short for root in runtime if root)):
        # A comma stands between hosts (libpq, PQconnectdb).
        if len(os.fsencode(each / _SOCKET)) <= _LONGEST_SOCKET_PATH and "," not in str(each):
            return each
    raise NotServed(
        f"no socket can be made for {folder}: its path is too long, and so is that of the "
        "run-time folder",
        hint="set XDG_RUNTIME_DIR to a short path, or [database] folder",
    )
