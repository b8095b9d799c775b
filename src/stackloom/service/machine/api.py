# SPDX-License-Identifier: Apache-2.0
"""The process of REST and the page: uvicorn around ``create_app``.

Its parent has taken the address and hands the socket on, so that connections wait, and are not
refused, while it is started again.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
import uvloop

from stackloom.service.app import Application, create_app
from stackloom.service.machine.notice import LISTENER_VARIABLE, tell_ready
from stackloom.service.machine.process import run_child
from stackloom.service.metrics import METRICS
from stackloom.service.settings import ServerSettings, ServiceSettings

# What is being answered when it should end has that long.
DRAIN_SECONDS = 5


class Server(uvicorn.Server):
    """uvicorn's, ended by an event instead of signals; says when it answers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the frame of the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take the sockets, and say so."""
        await super().startup(sockets)
        tell_ready("answers")


async def serve_api(settings: ServiceSettings, stop: asyncio.Event) -> None:
    """Answer requests until it should end; those under way are answered first."""
    listener = socket.socket(fileno=int(os.environ[LISTENER_VARIABLE]))
    listener.set_inheritable(False)
    app = create_app(settings, observe=METRICS.request)
    server = Server(_config(settings.server, app))

    async def end() -> None:
        await stop.wait()
        app.let_go()
        server.should_exit = True

    # Not by the lifespan of ASGI: of an error it tells the text of a traceback only.
    async with app.running(), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(end())
        await server.serve([listener])
        waiting.cancel()


def _config(settings: ServerSettings, app: Application) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.behind_proxy,
        forwarded_allow_ips="*" if settings.behind_proxy else "",
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ssl_certfile=settings.tls_certificate or None,
        ssl_keyfile=settings.tls_key or None,
    )


if __name__ == "__main__":
    run_child(serve_api, loop_factory=uvloop.new_event_loop)
