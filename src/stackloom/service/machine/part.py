# SPDX-License-Identifier: Apache-2.0
"""What ``serve`` keeps up: the protocol of its parts, and that of its own Python processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from typing import Protocol

from stackloom.errors import NotServed
from stackloom.service.machine.child import Child
from stackloom.service.machine.notice import READY_VARIABLE, without_notices

# Importing takes a second; a database that is away, or an upgrade elsewhere, may take longer.
_READY_SECONDS = 120


class Part(Protocol):
    """One of the processes that are the service."""

    name: str

    async def start(self) -> None:
        """Start it and wait until it is up; raises ``NotServed`` where it is not."""

    async def ended(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""

    async def stop(self) -> None:
        """Ask it to end and wait for that; kill it where it takes too long."""

    def kill(self) -> None:
        """End it at once."""


class PythonPart:
    """One of our own modules in a process of its own.

    Args:
        module: run as ``python -m``; says by ``tell_ready`` that it is up.
        stop_seconds: after that it is killed.
        descriptors: of ours that it gets, by the variable that tells it which.
    """

    def __init__(
        self,
        name: str,
        module: str,
        *,
        environment: Mapping[str, str],
        stop_seconds: float,
        descriptors: Mapping[str, int] | None = None,
    ) -> None:
        self.name = name
        self._module = module
        self._environment = without_notices(environment)
        self._stop_seconds = stop_seconds
        self._descriptors = dict(descriptors or {})
        self._child: Child | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._started().pid

    async def start(self) -> None:
        """Start it, and wait until it says that it is up.

        Raises:
            NotServed: it has ended before, or says nothing.
        """
        reader, writer = os.pipe()
        descriptors = {**self._descriptors, READY_VARIABLE: writer}
        told = {name: str(number) for name, number in descriptors.items()}
        self._child = Child(
            self.name,
            # -P: modules of the working directory are not ours.
            [sys.executable, "-P", "-m", self._module],
            environment={**self._environment, **told},
            descriptors=tuple(descriptors.values()),
        )
        try:
            await self._child.start()
        except BaseException:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        if not await _said_ready(reader):
            is_up = self._child.is_up
            await self._child.stop(0)
            what = f"says nothing for {_READY_SECONDS} s" if is_up else "ended before it was up"
            raise NotServed(f"the {self.name} {what}", hint="its own message stands above")

    async def ended(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        return await self._started().ended()

    async def stop(self) -> None:
        """Ask it to end and wait for that; kill it where it takes too long."""
        if self._child is not None:
            await self._child.stop(self._stop_seconds)

    def kill(self) -> None:
        """End it at once."""
        if self._child is not None:
            self._child.send(signal.SIGKILL)

    def _started(self) -> Child:
        assert self._child is not None, f"the {self.name} was not started"
        return self._child


async def _said_ready(descriptor: int) -> bool:
    """Wait until a pipe says "ready"; False where it is closed before, or nothing comes."""
    stream = asyncio.StreamReader()
    with os.fdopen(descriptor, "rb") as pipe:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), pipe
        )
        try:
            async with asyncio.timeout(_READY_SECONDS):
                return await stream.readline() == b"ready\n"
        except TimeoutError:
            return False
        finally:
            transport.close()
