# SPDX-License-Identifier: Apache-2.0
"""uvicorn as a part of a process, which has signals, log and lifespan of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from stackloom.service.machine.connection import Connection
from stackloom.service.machine.forwarded import behind_proxy
from stackloom.service.rest.asgi import AsgiApp
from stackloom.service.settings import ServerSettings

# What is being answered when a server should end has that long.
DRAIN_SECONDS = 5


class Server(uvicorn.Server):
    """uvicorn's, ended by ``should_exit`` instead of signals.

    Args:
        settings: TLS, and whether a proxy is in front.
        tell_up: called when it answers.
    """

    def __init__(
        self, app: AsgiApp, settings: ServerSettings, *, tell_up: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(_config(app, settings))
        self._tell_up = tell_up

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the frame of the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take the sockets, and say so."""
        await super().startup(sockets)
        self._tell_up()


def _config(app: AsgiApp, settings: ServerSettings) -> uvicorn.Config:
    return uvicorn.Config(
        behind_proxy(app) if settings.behind_proxy else app,
        http=Connection,
        ws="none",
        # Of an error at the start, the lifespan of ASGI tells the text of a traceback only.
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # it would believe callers, see behind_proxy
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ssl_certfile=settings.tls_certificate or None,
        ssl_keyfile=settings.tls_key or None,
    )
