# SPDX-License-Identifier: Apache-2.0
"""The parent of a cloud's services: starts them, restarts what dies, stops them all.

One thread, one loop over descriptors. It imports what the services share and forks them, so that
they share its memory. Until the command that started it says "keep", it ends when that command
does; after "stay" it ends when the pipe to that command is closed, whoever holds it by then. Knows
nothing about what a program does.
"""

from __future__ import annotations

import functools
import heapq
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import time
from collections import deque
from collections.abc import Callable

from . import internal, log_keeper, process, renew, serve, shared, sqlite, warming
from .events import Events
from .fault_desk import FaultDesk
from .faults import Board, Faults
from .instructions import Instructions, Program
from .state import Row, State

# A program that dies this often within the window is left alone.
_DEATHS_ALLOWED = 5
_DEATHS_WINDOW_SECONDS = 120.0
_FIRST_PAUSE_SECONDS = 0.2
_GRACE_SECONDS = 2.0
_LOGS_SECONDS = 60.0
_MOST_REQUEST_BYTES = 65_536
_KEEP = b"keep\n"
_STAY = b"stay\n"


class Supervisor:
    """All programs of one cloud."""

    def __init__(self, instructions: Instructions, events: Events) -> None:
        self._instructions = instructions
        self._events = events
        self._programs = {program.name: program for program in instructions.programs}
        self._state = State(
            instructions.run / "state.json",
            [
                Row(
                    name=program.name,
                    service_type=program.service_type,
                    distribution=program.distribution,
                    url=program.url,
                )
                for program in instructions.programs
            ],
        )
        self._deaths: dict[str, deque[float]] = {name: deque() for name in self._programs}
        self._timers: list[tuple[float, str]] = []
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._kept = False
        self._asking: list[socket.socket] = []
        self._board = Board(instructions.run)
        self._faults = FaultDesk(self._board, instructions.programs)
        self._faults.set_latency(instructions.latency_seconds, instructions.jitter_seconds)
        self._logs_due = time.monotonic() + _LOGS_SECONDS

    def run(self, launcher: int) -> int:
        """Start everything and stay until told to stop.

        Args:
            launcher: descriptor of the pipe whose other end the starting command holds.
        """
        self._listen(launcher)
        self._data_ready()
        shared.freeze()
        for name in self._programs:
            self._start(name)
        while not self._stopping:
            due = min(self._logs_due, self._timers[0][0]) if self._timers else self._logs_due
            for key, _ in self._selector.select(max(0.0, due - time.monotonic())):
                handle: Callable[[], None] = key.data
                handle()
            self._run_timers()
        self._stop_all()
        return 0

    # --- what comes in ----------------------------------------------------------------------------

    def _listen(self, launcher: int) -> None:
        """Listen for signals, for the starting command, and on the control socket."""
        read, write = socket.socketpair()
        for end in (read, write):
            end.setblocking(False)
        self._signals = (read, write)
        signal.set_wakeup_fd(write.fileno())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, lambda _number, _frame: None)
        self._watch(read.fileno(), self._on_signal)
        self._launcher = launcher
        self._watch(launcher, self._on_launcher)
        path = self._instructions.run / "control.sock"
        path.unlink(missing_ok=True)
        self._control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Relative to the working directory: a socket's path may have 107 bytes only.
        os.chdir(self._instructions.run)
        self._control.bind(path.name)
        self._control.listen()
        self._watch(self._control.fileno(), self._on_control)

    def _watch(self, descriptor: int, handle: Callable[[], None]) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ, handle)

    def _forget(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)
        os.close(descriptor)

    def _on_signal(self) -> None:
        numbers = self._signals[0].recv(64)
        if signal.SIGTERM in numbers:
            self._stopping = True
        if signal.SIGCHLD in numbers:
            self._reap()

    def _on_launcher(self) -> None:
        """Hear whether the starting command is content ("keep", "stay") or gone."""
        said = os.read(self._launcher, 64)
        self._kept = said in {_KEEP, _STAY}
        self._stopping = self._stopping or not self._kept
        if said != _STAY:
            self._forget(self._launcher)
        if self._kept:
            self._events.close()
            self._state.note("supervisor", "up")
            for row in self._state.rows.values():
                # It ended between its being ready and this word: nobody hears of that any more.
                if row.state == "failed":
                    row.restarts += 1
                    self._start(row.name)

    def _on_control(self) -> None:
        """Answer one request: a JSON line in, a JSON line out."""
        connection, _ = self._control.accept()
        connection.settimeout(5.0)
        try:
            request = json.loads(_line(connection) or b"{}")
            if request.get("do") == "reset":
                self._reset(connection)
            else:
                self._answer(connection, **self._faults.answer(request))
        except (OSError, ValueError, TypeError, KeyError) as error:
            if not isinstance(error, ValueError):
                self._state.note("supervisor", f"control request failed: {error!r}")
            self._answer(connection, error=str(error))

    def _answer(self, connection: socket.socket, **answer: object) -> None:
        with connection:
            try:
                connection.sendall(json.dumps(answer).encode() + b"\n")
            except OSError:
                pass  # whoever asked is gone

    # --- programs ---------------------------------------------------------------------------------

    def _start(self, name: str) -> None:
        program = self._programs[name]
        row = self._state.rows[name]
        read, write = os.pipe()
        body = functools.partial(_serve, self._instructions, program, self._board, write)
        mine = (read, self._control.fileno(), *(end.fileno() for end in self._signals))
        others = tuple(each.socket for each in self._programs.values() if each is not program)
        starter = () if self._kept else (self._launcher, self._events.descriptor)
        row.pid = process.fork(f"loom-{name}", program.log, body, close=(*mine, *others, *starter))
        os.close(write)
        row.started, row.state = time.time(), "starting"
        self._watch(read, functools.partial(self._on_ready, name, read, row.pid))
        self._state.write()

    def _on_ready(self, name: str, descriptor: int, pid: int) -> None:
        """Hear from a program: a byte says that it answers, the end says that it never will."""
        said = os.read(descriptor, 16)
        self._forget(descriptor)
        row = self._state.rows[name]
        if not said or row.pid != pid:
            return
        row.state = "running"
        row.ready_seconds = round(time.time() - row.started, 2)
        self._state.write()
        self._events.send("program", program=name, state="running", seconds=row.ready_seconds)
        if all(each.state == "running" for each in self._state.rows.values()):
            self._events.send("ready")
            while self._asking:
                self._answer(self._asking.pop(), done=True)

    def _reap(self) -> None:
        """Find out which programs ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for row in self._state.rows.values():
                if row.pid == pid:
                    self._ended(row, os.waitstatus_to_exitcode(status))

    def _ended(self, row: Row, code: int) -> None:
        """Restart a program that ended by itself, after a pause, unless it does so too often."""
        row.pid = 0
        how = f"killed by signal {-code}" if code < 0 else f"ended with code {code}"
        row.last_error = how
        if not self._kept:
            row.state = "failed"
            log = str(self._programs[row.name].log)
            self._events.send("failed", program=row.name, code=code, log=log)
            self._state.note(row.name, how)
            return
        deaths, now = self._deaths[row.name], time.monotonic()
        deaths.append(now)
        while deaths and now - deaths[0] > _DEATHS_WINDOW_SECONDS:
            deaths.popleft()
        if len(deaths) > _DEATHS_ALLOWED:
            row.state = "failed"
            self._state.note(row.name, f"{how}, {len(deaths)} times: not restarted any more")
            while self._asking:
                self._answer(self._asking.pop(), error=f"{row.name} {how}")
            return
        pause = _FIRST_PAUSE_SECONDS * 2 ** (len(deaths) - 1)
        row.state = "waiting"
        heapq.heappush(self._timers, (now + pause, row.name))
        self._state.note(row.name, f"{how}: restarting")

    def _run_timers(self) -> None:
        while self._timers and self._timers[0][0] <= time.monotonic():
            _, name = heapq.heappop(self._timers)
            row = self._state.rows[name]
            if row.state == "waiting":
                row.restarts += 1
                self._start(name)
        if self._logs_due <= time.monotonic():
            self._logs_due = time.monotonic() + _LOGS_SECONDS
            self._rotate_logs()

    def _rotate_logs(self) -> None:
        """Set logs aside that have grown long; a program that is starting is left for later."""
        rows = [row for row in self._state.rows.values() if row.state == "running"]
        for path in log_keeper.rotate({self._programs[row.name].log: row.pid for row in rows}):
            self._state.note(path.stem, f"log set aside as {path.stem}.log.1")

    # --- all of them ------------------------------------------------------------------------------

    def _data_ready(self) -> None:
        """Load what is shared, and see that the data is there and says where we are."""
        started = time.monotonic()
        shared.load()
        sqlite.install()
        warming.install()
        self._events.send("loaded", seconds=round(time.monotonic() - started, 2))
        if renew.is_needed(self._instructions):
            renew.renew(self._instructions)
        renew.set_addresses(self._instructions)

    def _reset(self, connection: socket.socket) -> None:
        """Renew the data; the programs are stopped for it and started again."""
        self._stop_programs()
        self._timers.clear()
        self._faults.clear()
        try:
            renew.renew(self._instructions)
            renew.set_addresses(self._instructions)
            self._asking.append(connection)
            self._state.note("supervisor", "reset")
        finally:
            for name, deaths in self._deaths.items():
                deaths.clear()
                self._start(name)

    def _stop_all(self) -> None:
        self._stop_programs()
        self._state.note("supervisor", "down")
        (self._instructions.run / "control.sock").unlink(missing_ok=True)

    def _stop_programs(self) -> None:
        """Ask every program to end, and after a moment no longer ask."""
        pids = {row.pid: row for row in self._state.rows.values() if row.pid}
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        while pids:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                if time.monotonic() > deadline:
                    for each in pids:
                        os.kill(each, signal.SIGKILL)
                    deadline = float("inf")
                time.sleep(0.01)
                continue
            row = pids.pop(pid, None)
            if row is not None:
                row.pid, row.state = 0, "stopped"


def _line(connection: socket.socket) -> bytes:
    """Read up to the end of the line, of the connection, or of our patience."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _MOST_REQUEST_BYTES:
        if not (part := connection.recv(4096)):
            break
        line += part
    return line


def _serve(instructions: Instructions, program: Program, board: Board, ready: int) -> int:
    """Be one program; runs in the child."""
    os.environ.update(program.environment)
    internal.install()
    temporary = instructions.run / "tmp" / program.name
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    os.environ["TMPDIR"] = str(temporary)
    module = importlib.import_module(f"{__package__}.programs.{program.name}")
    application = module.load(instructions, program)

    def say_ready() -> None:
        os.write(ready, b"ready")
        os.close(ready)
        warming.start(getattr(module, "warm", None))

    serve.serve(program, application, Faults(program.name, board), say_ready)
    return 0
