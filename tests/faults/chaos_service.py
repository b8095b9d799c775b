# SPDX-License-Identifier: Apache-2.0
"""A service of several processes, somebody who kills them, and callers who do not give up.

Two API processes and three workers share one PostgreSQL. Whatever ends is started again, as an init
system would do it; nothing else helps.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from tests.service.machine.served import environment

from stackloom.service.database.upgrade import upgrade
from stackloom.service.grant.key_file import write_new_key
from stackloom.service.machine.binaries import find_programs
from stackloom.service.machine.postgres import Postgres

_STACKLOOM = [sys.executable, "-P", "-m", "stackloom.cli.main"]
# Longer than a lease, so that another worker has the job when this one goes on.
PAUSED_SECONDS = 10.0
_AGAIN_SECONDS = 0.3
_PATIENCE_SECONDS = 120.0
# What a stream says of itself.
_OF_THE_STREAM = frozenset({"end", "unauthorized"})
_ENDED = frozenset({"succeeded", "failed", "cancelled"})


class Part:
    """One process of the service, started again whenever it ends."""

    def __init__(self, name: str, words: list[str], folder: Path, variables: Mapping[str, str]):
        self.name = name
        self._words = words
        self._folder = folder
        self._variables = variables
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0

    async def run(self) -> None:
        """Keep it up, until cancelled; then end it."""
        self._folder.mkdir(mode=0o700)
        with (self._folder / "log").open("a") as log:
            try:
                while True:
                    self.starts += 1
                    self.process = await asyncio.create_subprocess_exec(
                        *_STACKLOOM,
                        *self._words,
                        stdout=log,
                        stderr=log,
                        env=environment(self._folder, self._variables),
                        cwd=self._folder,
                    )
                    await self.process.wait()
                    await asyncio.sleep(_AGAIN_SECONDS)
            finally:
                await self._end()

    async def _end(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            await self.process.wait()

    def victims(self) -> list[int]:
        """Return its process, and those that it has started."""
        if self.process is None or self.process.returncode is not None:
            return []
        pid = self.process.pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except FileNotFoundError:
            return []
        return [pid, *map(int, children)]

    def log(self) -> list[dict[str, Any]]:
        """Return what it has noted."""
        lines = (self._folder / "log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@dataclass(kw_only=True)
class Cluster:
    """The service.

    Attributes:
        struck: what was done to it, counted.
    """

    postgres: Postgres
    parts: list[Part]
    urls: list[str]
    struck: Counter[str] = field(default_factory=Counter)

    @property
    def workers(self) -> list[Part]:
        """The processes that work on jobs."""
        return [part for part in self.parts if part.name.startswith("worker")]

    async def restart_postgres(self, number: int) -> None:
        """End PostgreSQL, in order or not, and start it again."""
        if number % 2:
            self.postgres.kill()
            await self.postgres.ended()
        else:
            await self.postgres.stop()
        self.struck["PostgreSQL restarted"] += 1
        await self.postgres.start()

    def strike(self, chance: random.Random) -> None:
        """Kill one process at random, or pause a worker for longer than its lease."""
        part = chance.choice(self.parts)
        victims = part.victims()
        if not victims:
            return
        pid = chance.choice(victims)
        is_paused = part in self.workers and chance.random() < 1 / 3
        try:
            os.kill(pid, signal.SIGSTOP if is_paused else signal.SIGKILL)
        except ProcessLookupError:
            return
        self.struck[f"{part.name[:-2]} {'paused' if is_paused else 'killed'}"] += 1
        if is_paused:
            asyncio.get_running_loop().call_later(PAUSED_SECONDS, _go_on, pid)


def _go_on(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        return


@asynccontextmanager
async def cluster(folder: Path, auth_url: str) -> AsyncIterator[Cluster]:
    """Start a service for an ``async with``: two of its API, three workers."""
    keys = folder / "keys"
    write_new_key(keys)
    programs = find_programs("", os.environ)
    postgres = Postgres(programs, folder / "postgres", environment=os.environ)
    await postgres.start()
    await upgrade(postgres.url)
    variables = {
        "STACKLOOM_IDENTITY_AUTH_URL": auth_url,
        "STACKLOOM_SECRETS_KEYS_FILE": str(keys),
        "STACKLOOM_DATABASE_URL": postgres.url,
        "STACKLOOM_LIMITS_POSTS_PER_SECOND": "1000",
    }
    ports = [_free_port(), _free_port()]
    parts = [
        Part(
            f"API {number}",
            ["serve", "--no-worker", "--listen", f"127.0.0.1:{port}"],
            folder / f"api-{number}",
            variables,
        )
        for number, port in enumerate(ports)
    ]
    parts += [
        Part(f"worker {number}", ["worker"], folder / f"worker-{number}", variables)
        for number in range(3)
    ]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part.run()) for part in parts]
            try:
                urls = [f"http://127.0.0.1:{port}" for port in ports]
                yield Cluster(postgres=postgres, parts=parts, urls=urls)
            finally:
                for task in tasks:
                    task.cancel()
    finally:
        await postgres.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


class Patient:
    """A caller who asks again, the other process too, until somebody answers.

    Args:
        urls: of the processes that answer.
        token: of one project.
    """

    def __init__(self, urls: list[str], token: str) -> None:
        self._urls = urls
        self._client = httpx2.AsyncClient(headers={"X-Auth-Token": token}, timeout=30)
        self._turn = 0

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Ask until there is an answer that is none of a process that is ending."""
        until = time.monotonic() + _PATIENCE_SECONDS
        key = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        while True:
            self._turn += 1
            url = self._urls[self._turn % len(self._urls)] + path
            try:
                answer = await self._client.request(
                    method, url, json=body, headers={**key, **(headers or {})}
                )
            except httpx2.TransportError as error:
                last: object = error
            else:
                if answer.status_code not in {429, 503} and not _is_under_way(answer):
                    return answer
                last = answer.text
            assert time.monotonic() < until, f"{method} {path}: {last!r}"
            await asyncio.sleep(_AGAIN_SECONDS)

    async def document(self, method: str, path: str, body: object = None) -> Any:
        """Ask, and return the document of an answer that says yes."""
        answer = await self.ask(method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def watch(self, run: str, note: Callable[[Any], None]) -> list[Any]:
        """Return all events of a run as they were told, however often the stream breaks."""
        events: list[Any] = []
        until = time.monotonic() + 10 * _PATIENCE_SECONDS
        while not (events and events[-1].get("state") in _ENDED):
            assert time.monotonic() < until, events[-3:]
            self._turn += 1
            url = f"{self._urls[self._turn % len(self._urls)]}/v1/runs/{run}/events"
            headers = {"Accept": "text/event-stream"}
            if events:
                headers["Last-Event-ID"] = str(events[-1]["seq"])
            try:
                async with self._client.stream("GET", url, headers=headers) as answer:
                    kind = ""
                    async for line in answer.aiter_lines():
                        if line.startswith("event: "):
                            kind = line.removeprefix("event: ")
                        elif line.startswith("data: {") and kind not in _OF_THE_STREAM:
                            events.append(json.loads(line.removeprefix("data: ")))
                            note(events[-1])
            except httpx2.TransportError:
                pass  # whoever answered is gone; the next one goes on from the last event
            await asyncio.sleep(_AGAIN_SECONDS)
        return events


def _is_under_way(answer: httpx2.Response) -> bool:
    return answer.status_code == 409 and "idempotency.under-way" in answer.text
