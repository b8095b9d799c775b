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

from . import process
from .connection import Connection, WaitingRoom, gateway
from .faults import Faults
from .instructions import Program

Application = Callable[..., Any]

_THREADS = 8
_IDLE_SECONDS = 75
_BACKLOG = 256
_MOST_IDLE_CONNECTIONS = 256
_LAST_REQUESTS_SECONDS = 1


class _Server(wsgi.Server):
    """A cheroot server that serves on a socket it did not bind."""

    ConnectionClass = Connection
    keep_alive_conn_limit = _MOST_IDLE_CONNECTIONS

    def __init__(
        self, listening: socket.socket, application: Application, faults: Faults, service_type: str
    ) -> None:
        super().__init__(
            listening.getsockname(),
            application,
            numthreads=_THREADS,
            request_queue_size=_BACKLOG,
            timeout=_IDLE_SECONDS,
            shutdown_timeout=_LAST_REQUESTS_SECONDS,
        )
        self._listening = listening
        self.gateway = gateway
        self.faults = faults
        self.service_type = service_type
        self.pid = os.getpid()
        self._waiting_room: WaitingRoom | None = None
        self._first_wait = threading.Lock()

    def bind(self, *_family_type_protocol: int) -> socket.socket:
        """Take the socket that is bound already."""
        self.socket = self._listening
        return self._listening

    def process_conn(self, conn: Connection) -> None:
        """Give a connection on which something was sent to a worker.

        cheroot gives it one as soon as it is made (cheroot/connections.py, `_run`, 11.1): eight
        clients that connect and say nothing would then keep everybody else out.
        """
        if conn.last_used is None:
            self.put_conn(conn)
        else:
            super().process_conn(conn)

    def put_conn(self, conn: Connection) -> None:
        """Take back a connection from a worker: it is idle now, or its request has to wait."""
        if conn.waiting is None or not self.ready:
            super().put_conn(conn)
            return
        with self._first_wait:
            if self._waiting_room is None:
                self._waiting_room = WaitingRoom(self)
                self._waiting_room.start()
        self._waiting_room.put(conn)


def listening_socket(descriptor: int) -> socket.socket:
    """Return the inherited socket.

    Raises:
        ValueError: it is not one of the loopback interface: we serve nobody else.
    """
    listening = socket.socket(fileno=descriptor)
    address = listening.getsockname()[0]
    if address != "127.0.0.1":
        listening.detach()
        raise ValueError(f"refusing to serve on {address}: only 127.0.0.1 is served")
    return listening


def serve(
    program: Program,
    application: Application,
    faults: Faults,
    when_listening: Callable[[], None],
) -> None:
    """Serve until SIGTERM; requests under way then get a second to end.

    On SIGHUP the log is opened anew: the supervisor has renamed it.
    """
    server = _Server(listening_socket(program.socket), application, faults, program.service_type)
    server.prepare()

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_stop_and_leave, args=(server,), daemon=True).start()

    def log_anew(_number: int, _frame: FrameType | None) -> None:
        process.log_to(program.log)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, log_anew)
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
