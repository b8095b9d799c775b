# SPDX-License-Identifier: Apache-2.0
"""The processes of one service on one PostgreSQL, each started again when it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.service.machine.served import environment

from stackloom.service.database.upgrade import upgrade
from stackloom.service.grant.key_file import write_new_key
from stackloom.service.machine.binaries import find_programs
from stackloom.service.machine.child import Child
from stackloom.service.machine.postgres import Postgres

_STACKLOOM = (sys.executable, "-P", "-m", "stackloom.cli.main")
# As systemd would, only sooner.
_AGAIN_SECONDS = 0.3


@dataclass(kw_only=True)
class Kept:
    """A process that is kept up.

    Attributes:
        starts: how often it was started.
    """

    child: Child
    log: Path
    starts: int = 0

    @property
    def is_at_work(self) -> bool:
        """Whether it is a worker that has said so since it was started last."""
        if not self.child.is_up:
            return False
        said = f'"process": {self.child.pid}, "message": "works on jobs'
        return said in self.log.read_text(errors="replace")

    async def keep(self) -> None:
        """Start it, again and again, until cancelled."""
        try:
            while True:
                self.starts += 1
                await self.child.start()
                await self.child.ended()
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            if self.child.is_up:
                self.child.send(signal.SIGCONT)
                await self.child.stop(20)

    def send(self, number: signal.Signals) -> bool:
        """Send it a signal; False where it is not up."""
        if not self.child.is_up:
            return False
        self.child.send(number)
        return True

    def kill_part(self) -> bool:
        """Kill the process that it has started and keeps up; False where there is none."""
        if not self.child.is_up:
            return False
        pid = self.child.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in children:
            os.kill(int(each), signal.SIGKILL)
        return bool(children)


@dataclass(kw_only=True)
class Stage:
    """What the drama takes place on.

    Attributes:
        urls: of the API processes.
    """

    postgres: Postgres
    apis: list[Kept]
    workers: list[Kept]
    urls: list[str]
    folder: Path
    restarts: list[str] = field(default_factory=list)

    async def restart_postgres(self, *, is_crash: bool) -> None:
        """Stop PostgreSQL, or let it crash, and start it again after a second."""
        if is_crash:
            self.postgres.kill()
            await self.postgres.ended()
        else:
            await self.postgres.stop()
        await asyncio.sleep(1.0)
        await self.postgres.start()
        self.restarts.append("crash" if is_crash else "restart")

    async def until_all_work(self) -> None:
        """Wait until every worker is at work again, for a minute at most."""
        try:
            async with asyncio.timeout(60):
                while not all(each.is_at_work for each in self.workers):  # noqa: ASYNC110 - a file
                    await asyncio.sleep(0.2)
        except TimeoutError:
            pass  # a paused one may have been killed as it woke: whoever disturbs goes on

    def lines(self, word: str) -> list[str]:
        """Return the lines of all logs that have a word."""
        return [
            f"{file.name}: {line}"
            for file in sorted(self.folder.glob("*.log"))
            for line in file.read_text(errors="replace").splitlines()
            if word in line
        ]


@asynccontextmanager
async def staged(folder: Path, auth_url: str, *, apis: int, workers: int) -> AsyncIterator[Stage]:
    """Start PostgreSQL, API processes and workers; all of them have ended afterwards."""
    keys = folder / "keys"
    write_new_key(keys)
    variables = environment(
        folder,
        {
            "STACKLOOM_IDENTITY_AUTH_URL": auth_url,
            "STACKLOOM_SECRETS_KEYS_FILE": str(keys),
            "STACKLOOM_LOG_FORMAT": "json",
            "STACKLOOM_LIMITS_READINGS_AT_ONCE": "1",
        },
    )
    variables = {name: value for name, value in variables.items() if not name.startswith("OS_")}
    postgres = Postgres(
        find_programs("", os.environ),
        folder / "postgres",
        environment=os.environ,
        settings={"max_connections": "200"},
    )
    await postgres.start()
    try:
        await upgrade(postgres.url)
        database = ("--database", postgres.url)
        addresses = [f"127.0.0.1:{_free_port()}" for _ in range(apis)]
        stage = Stage(
            postgres=postgres,
            apis=[
                _kept(
                    f"api{n}", folder, variables, "serve", "--no-worker", "--listen", at, *database
                )
                for n, at in enumerate(addresses)
            ],
            workers=[
                _kept(f"worker{n}", folder, variables, "worker", *database) for n in range(workers)
            ],
            urls=[f"http://{at}" for at in addresses],
            folder=folder,
        )
        async with asyncio.TaskGroup() as group:
            keeping = [group.create_task(each.keep()) for each in (*stage.apis, *stage.workers)]
            try:
                yield stage
            finally:
                for each in keeping:
                    each.cancel()
    finally:
        await postgres.stop()


def _kept(name: str, folder: Path, variables: dict[str, str], *words: str) -> Kept:
    log = folder / f"{name}.log"
    child = Child(name, (*_STACKLOOM, *words), environment=variables, log=log)
    return Kept(child=child, log=log)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
