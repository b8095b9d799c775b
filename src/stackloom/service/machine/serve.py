# SPDX-License-Identifier: Apache-2.0
"""The parent of a service on one machine: database, API and worker, each a process.

Started in this order, ended in the order worker, API, database, so that each finds what it needs
until its own end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from asyncio import TaskGroup
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackloom.log import Secret
from stackloom.service.machine.address import address_of, bound, read_address
from stackloom.service.machine.binaries import find_programs
from stackloom.service.machine.notice import LISTENER_VARIABLE, tell_ready, tell_systemd
from stackloom.service.machine.part import Part, PythonPart
from stackloom.service.machine.postgres import Postgres
from stackloom.service.machine.process import SIGNALS, first_of
from stackloom.service.machine.state import keys_beside_database, state_folder, write_bearer
from stackloom.service.machine.supervisor import Supervisor
from stackloom.service.machine.upgrading import prepare_database
from stackloom.service.settings import ServiceSettings
from stackloom.service.settings_rules import check_settings
from stackloom.service.settings_sources import variable

log = logging.getLogger(__name__)

API_MODULE = "stackloom.service.machine.api"
WORKER_MODULE = "stackloom.service.machine.worker"
_API_STOP_SECONDS = 15.0
# Beyond what a worker needs to end by itself.
_WORKER_MARGIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What to start.

    Attributes:
        environment: of the processes; says the same as *settings* does.
        has_worker: whether one is started here.
        tell: gets the lines that are told to a person once: the address, a bearer.
    """

    settings: ServiceSettings
    environment: Mapping[str, str]
    has_worker: bool
    tell: Callable[[str], None]


async def serve(serving: Serving) -> None:
    """Start the service, keep it up, and end it on a signal.

    Raises:
        BadConfig: the settings do not go together.
        NotServed: a part cannot be started.
        Interrupted: a second signal ended it at once.
    """
    check_settings(serving.settings)
    with bound(read_address(serving.settings.server.listen), setting="server.listen") as listener:
        start = _Start(serving, listener)
        try:
            await start.run()
        except ExceptionGroup as group:
            raise first_of(group) from None
        finally:
            start.tidy()


class _Start:
    """One start of a service: what its processes are told, and in which order they begin."""

    def __init__(self, serving: Serving, listener: socket.socket) -> None:
        self._settings = serving.settings
        self._environment = dict(serving.environment)
        self._tell = serving.tell
        self._address = address_of(listener)
        self._folder = state_folder(serving.settings.database, serving.environment)
        self._stop = asyncio.Event()
        self._kill: Callable[[], None] = lambda: None
        self._bearer: tuple[Path, Secret] | None = None
        self._database = None if serving.settings.database.url else self._own_database()
        self._set("server.listen", str(self._address))
        if self._database:
            self._set("database.url", self._database.url)
        self._has_worker = serving.has_worker
        self._listener = listener

    async def run(self) -> None:
        """Start everything, keep it up, end it."""
        self._listen_to_signals()
        self._make_secrets()
        processes = [self._api()]
        if self._has_worker:
            processes.insert(0, self._worker())
        supervisor = Supervisor([*processes, *([self._database] if self._database else [])])
        self._kill = supervisor.kill
        try:
            if await self._is_up(processes):
                tell_ready(f"answers at {self._address}")
                self._tell_address()
                await supervisor.keep(self._stop)
        finally:
            await supervisor.stop()

    def tidy(self) -> None:
        """Remove what is of no use after this start."""
        if self._bearer:
            self._bearer[0].unlink(missing_ok=True)

    def _own_database(self) -> Postgres:
        programs = find_programs(self._settings.database.programs, self._environment)
        return Postgres(programs, self._folder, environment=self._environment)

    def _make_secrets(self) -> None:
        """Make what nobody has set: the key of our own database, and a bearer without Keystone."""
        if self._database and not self._settings.secrets.keys_file:
            self._set("secrets.keys_file", str(keys_beside_database(self._folder)))
        if not self._settings.identity.auth_url and not self._settings.server.bearer_file:
            self._bearer = write_bearer(self._folder, self._address)
            self._set("server.bearer_file", str(self._bearer[0]))

    def _set(self, name: str, value: str) -> None:
        self._environment[variable(name)] = value

    def _api(self) -> PythonPart:
        return PythonPart(
            "API",
            API_MODULE,
            environment=self._environment,
            stop_seconds=_API_STOP_SECONDS,
            descriptors={LISTENER_VARIABLE: self._listener.fileno()},
        )

    def _worker(self) -> PythonPart:
        seconds = self._settings.runs.drain_seconds + _WORKER_MARGIN_SECONDS
        return PythonPart(
            "worker", WORKER_MODULE, environment=self._environment, stop_seconds=seconds
        )

    def _listen_to_signals(self) -> None:
        def ask_to_end(number: signal.Signals) -> None:
            if self._stop.is_set():
                log.warning("a second %s: everything ends at once", number.name)
                self._kill()
            else:
                log.info("%s: worker, API and database end, in this order", number.name)
                tell_systemd(os.environ, "STOPPING=1\nSTATUS=brings its jobs to a safe point")
                self._stop.set()

        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, ask_to_end, number)

    async def _is_up(self, processes: Sequence[Part]) -> bool:
        """Start everything; False where a signal came before all was up."""
        async with TaskGroup() as group:
            starting = group.create_task(self._start(processes))
            waiting = group.create_task(self._stop.wait())
            await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            starting.cancel()
        return not starting.cancelled()

    async def _start(self, processes: Sequence[Part]) -> None:
        if self._database:
            await self._database.start()
        await prepare_database(self._environment, may_upgrade=self._database is not None)
        async with TaskGroup() as group:
            for process in processes:
                group.create_task(process.start())

    def _tell_address(self) -> None:
        scheme = "https" if self._settings.server.tls_certificate else "http"
        self._tell(self._settings.server.public_url or f"{scheme}://{self._address}")
        if self._bearer:
            self._tell(f"bearer: {self._bearer[1].reveal()}")
