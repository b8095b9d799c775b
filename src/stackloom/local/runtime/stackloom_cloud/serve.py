# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""One WSGI application behind a listening socket that was inherited.

The socket is bound before any service is started and outlives a restart of this process: clients
that come in between wait in its queue instead of being refused. Knows nothing about the services.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from cheroot import wsgi

Application = Callable[..., Any]

_THREADS = 8
_IDLE_SECONDS = 75
_BACKLOG = 256
_LAST_REQUESTS_SECONDS = 1


class _Server(wsgi.Server):
    """A cheroot server that serves on a socket it did not bind."""

    def __init__(self, listening: socket.socket, application: Application) -> None:
        super().__init__(
            listening.getsockname(),
            application,
            numthreads=_THREADS,
            request_queue_size=_BACKLOG,
            timeout=_IDLE_SECONDS,
            shutdown_timeout=_LAST_REQUESTS_SECONDS,
        )
        self._listening = listening

    def bind(self, *_family_type_protocol: int) -> socket.socket:
        """Take the socket that is bound already."""
        self.socket = self._listening
        return self._listening


def serve(descriptor: int, application: Application, when_listening: Callable[[], None]) -> None:
    """Serve until SIGTERM; requests under way then get a second to end."""
    listening = socket.socket(fileno=descriptor)
    address = listening.getsockname()[0]
    assert address == "127.0.0.1", f"refusing to serve on {address}: not the loopback interface"
    server = _Server(listening, application)
    server.prepare()

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_stop_and_leave, args=(server,), daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=server.serve, name="accept", daemon=True).start()
    when_listening()
    while True:
        signal.pause()


def _stop_and_leave(server: _Server) -> None:
    try:
        server.stop()
    finally:
        # The services' own threads (periodic tasks, timers) are not waited for.
        os._exit(0)
