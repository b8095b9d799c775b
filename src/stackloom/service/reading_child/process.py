# SPDX-License-Identifier: Apache-2.0
"""One process that reads, from the outside: asked one question after the other."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process

from stackloom.service.reading_child.messages import (
    HEADER,
    WALL_SECONDS_A_CPU_SECOND,
    Answer,
    Died,
    Question,
    question_bytes,
    read_answer,
)

# By name: importing it would import all that it reads with.
_PROGRAM = "stackloom.service.reading_child.program"
# The process ends itself before that, unless it is stopped from outside or out of its mind.
_GRACE_SECONDS = 5.0
# What reading needs of the environment: where Python and its modules are, nothing that is secret.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT")


class ReadingProcess:
    """Starts the program when it is first asked, and again when it has been closed.

    Args:
        cpu_seconds, memory_mib: what one question may cost.
    """

    def __init__(self, *, cpu_seconds: int, memory_mib: int) -> None:
        self._limits = (cpu_seconds, memory_mib)
        self._within = cpu_seconds * WALL_SECONDS_A_CPU_SECOND + _GRACE_SECONDS
        self._process: Process | None = None
        self._asked = 0

    async def start(self) -> None:
        """Start the program, unless it runs."""
        if self._process and self._process.returncode is None:
            return
        await self.close()
        environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
        # An allocator of one of the libraries takes a GiB of addresses at once otherwise, which
        # says nothing about memory and makes a limit on addresses useless.
        environment["MIMALLOC_ARENA_RESERVE"] = "65536"  # KiB
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            _PROGRAM,
            *map(str, self._limits),
            stdin=PIPE,
            stdout=PIPE,
            stderr=None,
            env=environment,
            start_new_session=True,  # a Ctrl-C at the terminal is for the service, which ends it
        )

    async def ask(self, question: Question) -> Answer:
        """Return the answer; not for two at once.

        Whoever is cancelled meanwhile has to ``close`` it, or the next one gets this answer.
        """
        for _ in range(2):  # the program itself reads nothing, so no question is to blame
            await self.start()
            assert self._process, "it has been started"
            self._asked += 1
            try:
                async with asyncio.timeout(self._within):
                    return read_answer(await self._exchanged(self._process, question))
            except TimeoutError:
                await self.close()
                return Died(signal=signal.SIGALRM)
            except (asyncio.IncompleteReadError, ConnectionError):
                await self.close()
        return Died(signal=0)

    async def _exchanged(self, process: Process, question: Question) -> bytes:
        assert process.stdin, "it has a pipe to it"
        assert process.stdout, "it has a pipe from it"
        process.stdin.write(question_bytes(self._asked, question))
        await process.stdin.drain()
        number = 0
        # One that dies right after its answer leaves a word about that behind.
        while number != self._asked:
            number, length = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
            said = await process.stdout.readexactly(length)
        return said

    async def close(self) -> None:
        """End the program, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin, "it has a pipe to it"
        process.stdin.close()
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has ended by itself
        await process.wait()
