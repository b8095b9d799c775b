# SPDX-License-Identifier: Apache-2.0
"""``stackloom serve`` as a process of its own: embedded PostgreSQL, REST, one worker."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

COMMAND = str(Path(sys.executable).parent / "stackloom")
# Everything but these is as it comes. One project makes the whole load here, which its limits would
# not let it do: 2,000 requests a second, 50 streams.
_SETTINGS = """
[server]
listen = "127.0.0.1:{port}"
[identity]
auth_url = "{auth_url}"
[database]
folder = "{folder}/database"
[metrics]
listen = "127.0.0.1:{metrics_port}"
worker_listen = ""
[limits]
requests_per_second = 100000
requests_at_once = 10000
streams_per_project = 1000
"""
_START_SECONDS = 60.0
# Of real-time programs, from 1 to 99.
PRIORITY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProcess:
    """A service that answers.

    Attributes:
        url: of REST.
        metrics_url: of its API process.
        api_pid: of that process, which all load here meets.
    """

    url: str
    metrics_url: str
    api_pid: int

    def waited_seconds(self) -> float:
        """Return for how long the API process could have run so far, and had no processor.

        Source: the kernel's Documentation/scheduler/sched-stats.rst, ``/proc/<pid>/schedstat``.
        """
        path = Path(f"/proc/{self.api_pid}/task/{self.api_pid}/schedstat")
        return int(path.read_text().split()[1]) / 1e9

    def put_first(self) -> None:
        """Let the API process run before all that is not of the kernel, where root wants so."""
        for task in Path(f"/proc/{self.api_pid}/task").iterdir():
            os.sched_setscheduler(int(task.name), os.SCHED_FIFO, os.sched_param(PRIORITY))

    def counted(self, name: str, **labels: str) -> float:
        """Return the sum of a counter over all of its series with these labels."""
        with urllib.request.urlopen(self.metrics_url) as answer:
            text = answer.read().decode()
        found = 0.0
        for line in text.splitlines():
            match = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
            if match and all(
                f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()
            ):
                found += float(match[2])
        return found


@contextmanager
def service(auth_url: str) -> Iterator[ServiceProcess]:
    """Run the service for a ``with``; what it keeps is thrown away."""
    with tempfile.TemporaryDirectory(prefix="stackloom-benchmark-") as folder:
        port, metrics_port = free_port(), free_port()
        settings = Path(folder) / "stackloom.toml"
        settings.write_text(
            _SETTINGS.format(port=port, metrics_port=metrics_port, auth_url=auth_url, folder=folder)
        )
        log = Path(folder) / "log"
        environment = {**os.environ, "XDG_STATE_HOME": f"{folder}/state"}
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [COMMAND, "serve", "--config", str(settings)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            until_answers(f"{url}/readyz", process, log)
            yield ServiceProcess(
                url=url,
                metrics_url=f"http://127.0.0.1:{metrics_port}/metrics",
                api_pid=_api_of(process.pid),
            )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _api_of(parent: int) -> int:
    """Return the process of REST among those that ``serve`` has started."""
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            is_child = int((path / "stat").read_text().rpartition(")")[2].split()[1]) == parent
            if is_child and "stackloom.service.machine.api" in (path / "cmdline").read_text():
                return int(path.name)
    raise SystemExit("the service has no process for REST")


def until_answers(url: str, process: subprocess.Popen, log: Path | None = None) -> None:
    """Wait until something answers there."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer:\n{log.read_text()[-3000:] if log else ''}")


def free_port() -> int:
    """Return a port of the loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
