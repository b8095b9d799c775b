# SPDX-License-Identifier: Apache-2.0
"""What ``serve`` keeps up: the protocol of its parts, and that of its own Python processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from typing import Protocol

import msgspec

from stackloom.errors import NotServed
from stackloom.service.machine.child import Child
from stackloom.service.machine.notice import READY_VARIABLE, Start, without_notices

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
        module: run as ``python -m``; tells by ``notice`` how its start went.
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
        """Start it, and wait until it is up.

        Raises:
            NotServed: it has ended before, or tells nothing.
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
        start = await _start_told(reader)
        if start.error:
            await self._child.stop(0)
            raise NotServed(f"the {self.name}: {start.error}", hint=start.hint)

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


async def _start_told(descriptor: int) -> Start:
    """Wait for what a child tells of its start."""
    stream = asyncio.StreamReader()
    with os.fdopen(descriptor, "rb") as pipe:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), pipe
        )
        try:
            async with asyncio.timeout(_READY_SECONDS):
                line = await stream.readline()
        except TimeoutError:
            return Start(error=f"it is not up after {_READY_SECONDS} s")
        finally:
            transport.close()
    if not line:
        return Start(error="it ended before it was up", hint="its own message stands above")
    return msgspec.json.decode(line, type=Start)
