# SPDX-License-Identifier: Apache-2.0
"""A program that is started, watched and ended, and that dies with who started it."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stackloom.service.machine.child import Child
from stackloom.service.machine.notice import (
    READY_VARIABLE,
    tell_systemd,
    without_notices,
)

_SLEEP = ["sleep", "600"]


def _child(command: list[str], log: Path | None = None) -> Child:
    return Child("part", command, environment={"PATH": os.defpath}, log=log)


def test_it_ends_by_itself(tmp_path: Path) -> None:
    """Its code is told, and what it printed is in its log, behind what was there."""

    async def run() -> int:
        log = tmp_path / "log"
        await asyncio.to_thread(log.write_text, "before\n")
        child = _child(["sh", "-c", "echo out; echo err >&2; exit 7"], log)
        await child.start()
        code = await child.ended()
        assert not child.is_up
        assert await child.stop(1)
        return code

    assert asyncio.run(run()) == 7
    assert (tmp_path / "log").read_text() == "before\nout\nerr\n"


def test_it_is_asked_to_end() -> None:
    """By the signal that it was made for."""

    async def run() -> int:
        child = _child(_SLEEP)
        await child.start()
        assert await child.stop(10)
        return await child.ended()

    assert asyncio.run(run()) == -signal.SIGTERM


def test_it_does_not_listen() -> None:
    """It is killed, and that is told; descriptors that it was given are open in it."""
    reader, writer = os.pipe()
    deaf = (
        "import os, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"os.write({writer}, b'x')\n"
        "signal.pause()\n"
    )

    async def run() -> int:
        child = Child(
            "part",
            [sys.executable, "-c", deaf],
            environment={"PATH": os.defpath},
            descriptors=[writer],
        )
        await child.start()
        await asyncio.to_thread(os.read, reader, 1)
        assert not await child.stop(0.05)
        return await child.ended()

    try:
        assert asyncio.run(run()) == -signal.SIGKILL
    finally:
        os.close(reader)
        os.close(writer)


def test_ctrl_c_in_a_terminal_does_not_meet_it() -> None:
    """It is in a session of its own: its parent ends it in its turn."""

    async def run() -> None:
        child = _child(_SLEEP)
        await child.start()
        assert os.getsid(child.pid) == child.pid
        await child.stop(10)

    asyncio.run(run())


@pytest.mark.slow
def test_it_dies_with_its_parent() -> None:
    """However that ended."""
    code = (
        "import asyncio, os, signal\n"
        "from stackloom.service.machine.child import Child\n"
        "async def main():\n"
        "    child = Child('part', ['sleep', '600'], environment={'PATH': os.defpath})\n"
        "    await child.start()\n"
        "    print(child.pid, flush=True)\n"
        "    await child.ended()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        descriptor = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    assert select.select([descriptor], [], [], 10)[0], "it is still there"
    os.close(descriptor)


def test_systemd_is_told_once() -> None:
    """Children do not hear of its socket; where there is none, or nobody reads, nothing happens."""
    environment = {"NOTIFY_SOCKET": "/no/such", READY_VARIABLE: "7", "PATH": "/bin"}
    assert without_notices(environment) == {"PATH": "/bin"}
    tell_systemd(environment, "READY=1")
    tell_systemd({}, "READY=1")
