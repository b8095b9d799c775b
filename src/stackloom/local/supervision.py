# SPDX-License-Identifier: Apache-2.0
"""Start a cloud's supervisor and listen to it; ask it for something; end it.

Knows the events that ``runtime/stackloom_cloud`` sends, not what they mean for a cloud.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from stackloom.errors import LocalCloudError, NotReady, ProgramDied, UsageError
from stackloom.local import files, install, processes
from stackloom.local.layout import CloudLayout

_KEEP = b"keep\n"
_STAY = b"stay\n"
_PAUSE_SECONDS = 0.02
_STOP_SECONDS = 10.0

RawEvent = Mapping[str, Any]  # as the runtime's events.py writes it: {"event": ..., ...}


class Conversation:
    """The pipes between us and a supervisor, or a preparation, that was just started.

    Attributes:
        pid: of the supervisor, once it has said so; 0 before.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, logs: Path
    ) -> None:
        self._process = process
        self._reader = reader
        self._logs = logs
        self.pid = 0

    async def events(self) -> AsyncIterator[RawEvent]:
        """Yield what it says until it is ready.

        Raises:
            ProgramDied: one of its programs, or the supervisor itself, ended.
        """
        while line := await self._reader.readline():
            event = json.loads(line)
            if event["event"] == "supervisor":
                self.pid = event["pid"]
            elif event["event"] == "failed":
                tail = files.tail(Path(event["log"]))
                raise ProgramDied(event["program"], event["code"], tail, hint=_hint(self._logs))
            else:
                yield event
            if event["event"] == "ready":
                return
        tail = files.tail(self._logs / "supervisor.log")
        # The process that we started ends at once with 0 when it detaches; that is not the answer.
        raise ProgramDied(
            "the supervisor", self._process.poll() or None, tail, hint=_hint(self._logs)
        )

    def keep(self) -> None:
        """Tell the supervisor to live on without us."""
        assert self._process.stdin is not None, "started with a pipe"
        self._process.stdin.write(_KEEP)
        self._process.stdin.close()

    def stay(self) -> int:
        """Tell the supervisor to live until the descriptor that is returned is closed."""
        assert self._process.stdin is not None, "started with a pipe"
        descriptor = os.dup(self._process.stdin.fileno())
        self._process.stdin.write(_STAY)
        self._process.stdin.close()
        return descriptor


_HINT = "`stackloom local logs` shows all of it; `stackloom local reset` starts with fresh data"
_LITTLE_SPACE_MIB = 50


def _hint(logs: Path) -> str:
    """Say what to do: a full disk leaves nothing in a log to say so."""
    free_mib = shutil.disk_usage(logs).free >> 20
    if free_mib < _LITTLE_SPACE_MIB:
        return f"the disk below {logs} has {free_mib} MiB left: make room, then try again"
    return _HINT


@asynccontextmanager
async def start(
    environment: Path,
    task: str,
    instructions: Path,
    *,
    variables: Mapping[str, str],
    descriptors: Collection[int] = (),
) -> AsyncIterator[Conversation]:
    """Start the runtime's *task* (``supervise``, ``prepare``) and talk to it in the block.

    What was started is killed where the block fails or is cancelled.
    """
    command = [str(install.python_of(environment)), "-P", "-m", "stackloom_cloud"]
    process = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
        [*command, task, str(instructions)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(variables),
        cwd=instructions.parent,
        pass_fds=tuple(descriptors),
        start_new_session=True,
    )
    assert process.stdout is not None, "started with a pipe"
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), process.stdout
    )
    conversation = Conversation(process, reader, instructions.parent.parent / "logs")
    try:
        yield conversation
    except BaseException:
        _kill(process.pid)
        if conversation.pid:
            # Its programs die with it; databases and data directory bear that.
            _kill(conversation.pid)
        raise
    finally:
        transport.close()
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        await asyncio.to_thread(process.wait)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def supervisor_of(cloud: CloudLayout) -> int:
    """Return the pid of the cloud's supervisor, 0 when there is none."""
    try:
        pid = int(cloud.supervisor_pid.read_text())
    except (OSError, ValueError):
        return 0
    return pid if processes.is_running(pid, str(cloud.instructions)) else 0


async def stop(cloud: CloudLayout) -> bool:
    """End the supervisor and with it all programs; tell whether there was anything to end."""
    # First: from here on nobody takes the cloud to be up, also when we are killed here.
    cloud.access.unlink(missing_ok=True)
    supervisor = supervisor_of(cloud)
    if supervisor:
        os.kill(supervisor, signal.SIGTERM)
        await _until_ended([supervisor])
    # Where the supervisor was killed, its programs may still be on their way out.
    left = await asyncio.to_thread(processes.started_with, str(cloud.instructions))
    for pid in left:
        _kill(pid)
    await _until_ended(left)
    return bool(supervisor or left)


async def _until_ended(pids: Collection[int]) -> None:
    """Wait until the processes are gone; kill them when it takes too long."""
    deadline = time.monotonic() + _STOP_SECONDS
    while not all(processes.has_ended(pid) for pid in pids):
        if time.monotonic() > deadline:
            for pid in pids:
                _kill(pid)
            deadline = float("inf")
        await asyncio.sleep(_PAUSE_SECONDS)


def ask(
    cloud: CloudLayout, what: Mapping[str, object], *, within_seconds: float
) -> Mapping[str, Any]:
    """Ask the running supervisor for something that takes it no time, and return its answer.

    Raises:
        NotReady: the cloud is not up.
        UsageError: it cannot do it, and says why.
    """
    directory = -1
    try:
        directory = os.open(cloud.run, os.O_PATH | os.O_DIRECTORY)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(within_seconds)
            connection.connect(f"/proc/self/fd/{directory}/{cloud.control.name}")
            connection.sendall(json.dumps(what).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline() or b"{}")
    except TimeoutError as error:
        raise NotReady(
            f'the local cloud "{cloud.name}" did not answer within {within_seconds:.0f} s',
            hint="where it is being reset, try again when that has ended",
        ) from error
    except OSError as error:
        raise NotReady(
            f'the local cloud "{cloud.name}" is not up', hint=f"start it: {_up(cloud.name)}"
        ) from error
    finally:
        if directory >= 0:
            os.close(directory)
    if not answer.get("done"):
        raise UsageError(str(answer.get("error", "the supervisor ended")))
    return answer


def _up(name: str) -> str:
    return "stackloom local up" + (f" --name {name}" if name != "local" else "")


async def request(cloud: CloudLayout, what: Mapping[str, object], *, within_seconds: float) -> None:
    """Ask the running supervisor for something and wait until it is done.

    Raises:
        NotReady: it did not answer in time.
        LocalCloudError: it could not do it, or ended meanwhile.
    """
    # By way of the open directory: a socket's path may have 107 bytes only.
    directory = os.open(cloud.run, os.O_PATH | os.O_DIRECTORY)
    try:
        async with asyncio.timeout(within_seconds):
            path = f"/proc/self/fd/{directory}/{cloud.control.name}"
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(json.dumps(what).encode() + b"\n")
            answer = json.loads(await reader.readline() or b"{}")
            writer.close()
    except TimeoutError as error:
        raise NotReady(
            f'the cloud "{cloud.name}" did not answer within {within_seconds} s'
        ) from error
    except OSError as error:
        raise LocalCloudError(f'the cloud "{cloud.name}" cannot be asked: {error}') from error
    finally:
        os.close(directory)
    if not answer:
        raise LocalCloudError(
            f'the supervisor of the cloud "{cloud.name}" ended while it was asked to {what["do"]}',
            hint=f"start it: {_up(cloud.name)}; {cloud.log('supervisor')} shows its end",
        )
    if not answer.get("done"):
        raise LocalCloudError(
            f'the cloud "{cloud.name}" could not {what["do"]}: {answer.get("error")}', hint=_HINT
        )
