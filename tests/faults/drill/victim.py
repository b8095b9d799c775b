# SPDX-License-Identifier: Apache-2.0
"""An apply that kills itself with SIGKILL at a chosen request: nothing can be tidied up.

``python -m tests.faults.drill.victim FILE NUMBER when``: *NUMBER* counts from 1 what the run sends;
*when* is ``answered`` (the cloud has done it, and nobody has noted that) or ``sent`` (the cloud is
still at work on it).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.faults.drill.weaver import Weaver

from stackloom.transport.client import Answer, Request, Transport

# So long a request is given to reach the service before the process dies.
_ON_ITS_WAY_SECONDS = 0.02


class DyingTransport:
    """Passes requests on, and dies at one of them."""

    def __init__(self, inner: Transport, number: int, when: str) -> None:
        self._inner = inner
        self._left = number
        self._when = when

    async def send(self, request: Request) -> Answer:
        """Send one request; the last is the last thing that this process does."""
        self._left -= 1
        if self._left or self._when == "answered":
            answer = await self._inner.send(request)
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer
        sending = asyncio.ensure_future(self._inner.send(request))
        await asyncio.wait({sending}, timeout=_ON_ITS_WAY_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("a killed process says nothing")

    async def close(self) -> None:
        """Give the connections back."""
        await self._inner.close()


def main() -> None:
    """Apply until the end comes."""
    file, number, when = sys.argv[1:]
    weaver = Weaver.of_environment(
        Path(file), wrap=lambda inner: DyingTransport(inner, int(number), when)
    )
    asyncio.run(weaver.apply())


if __name__ == "__main__":
    main()
