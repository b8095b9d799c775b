# SPDX-License-Identifier: Apache-2.0
"""A service as a person starts it: ``stackloom serve`` in a process, its parts, what it noted."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# A cloud that nobody asks: the service only has to know where it would be.
_CLOUD = {
    "OS_AUTH_URL": "http://127.0.0.1:1/v3",
    "OS_USERNAME": "demo",
    "OS_PASSWORD": "none",
    "OS_PROJECT_NAME": "demo",
    "OS_USER_DOMAIN_NAME": "Default",
    "OS_PROJECT_DOMAIN_NAME": "Default",
}
_PARTS = {
    "API": "stackloom.service.machine.api",
    "worker": "stackloom.service.machine.worker",
    "database": "postgres",
}


@dataclass(kw_only=True)
class Served:
    """A service that was started.

    Attributes:
        lines: what it printed.
        log_file: what it noted, a line of JSON each.
    """

    process: subprocess.Popen[str]
    log_file: Path
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.lines[0]

    @property
    def bearer(self) -> str:
        """Whom it believes."""
        return self.lines[1].removeprefix("bearer: ")

    def parts(self) -> dict[str, int]:
        """The process ids of its parts, by name."""
        return {
            name: pid
            for pid in children(self.process.pid)
            for name, word in _PARTS.items()
            if word in _command(pid)
        }

    def messages(self) -> list[str]:
        """Everything that was noted so far."""
        lines = self.log_file.read_text().splitlines()
        return [json.loads(line)["message"] for line in lines if line.startswith("{")]

    def wait_for(self, message: str) -> None:
        """Wait until something is noted."""
        until = time.monotonic() + 60
        while message not in self.messages():
            assert time.monotonic() < until, f"nothing said: {message}\n{self.log_file.read_text()}"
            select.select([], [], [], 0.02)


@contextmanager
def served(
    folder: Path, *options: str, prefix: Sequence[str] = (), **variables: str
) -> Iterator[Served]:
    """Start ``stackloom serve`` with its state below *folder*; it is up at the beginning.

    Args:
        prefix: what starts it, such as ``unshare``.
    """
    words = ("serve", "--listen", "127.0.0.1:0", *options)
    with started(folder, *words, prefix=prefix, **variables) as process:
        service = Served(process=process, log_file=folder / "log")
        assert process.stdout is not None
        for _ in ("address", "bearer"):
            service.lines.append(process.stdout.readline().strip())
        assert service.lines[0], f"it did not start:\n{service.log_file.read_text()}"
        yield service


@contextmanager
def started(
    folder: Path, *words: str, prefix: Sequence[str] = (), **variables: str
) -> Iterator[subprocess.Popen[str]]:
    """Start a command that stays; what it notes goes to ``log`` in *folder*."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*prefix, *_STACKLOOM, *words],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(folder, variables),
            cwd=folder,
        )
    with process:
        try:
            yield process
        finally:
            process.kill()


_STACKLOOM = [sys.executable, "-P", "-m", "stackloom.cli.main"]


def stackloom(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*_STACKLOOM, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment(folder, variables),
        cwd=folder,
    )


def environment(folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables under which nothing of this machine's person is found or used."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "STACKLOOM_METRICS_LISTEN": "127.0.0.1:0",
        "STACKLOOM_METRICS_WORKER_LISTEN": "127.0.0.1:0",
        **_CLOUD,
        **variables,
    }


def wait_for_end(pid: int) -> None:
    """Wait until a process that is no child of ours is gone."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], 30)[0], f"process {pid} is still there"
    finally:
        os.close(descriptor)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in found.split()]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""
