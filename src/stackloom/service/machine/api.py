# SPDX-License-Identifier: Apache-2.0
"""The process of REST and the page: ``create_app``, and what is around it.

Its parent has taken the address and hands the socket on, so that connections wait, and are not
refused, while it is started again.
"""

from __future__ import annotations

import asyncio
import os
import socket
from asyncio import TaskGroup
from contextlib import AsyncExitStack

import uvloop

from stackloom.service.app import Application, create_app
from stackloom.service.machine.metrics_listener import answering_metrics
from stackloom.service.machine.notice import LISTENER_VARIABLE, tell_ready
from stackloom.service.machine.process import run_child
from stackloom.service.machine.rpc_listener import answering_rpc
from stackloom.service.machine.server import Server
from stackloom.service.machine.tls import check_certificate
from stackloom.service.metrics import METRICS
from stackloom.service.settings import ServiceSettings
from stackloom.service.tracing import traced_app, tracing


async def serve_api(settings: ServiceSettings, stop: asyncio.Event) -> None:
    """Answer requests until it should end; those under way are answered first."""
    listener = socket.socket(fileno=int(os.environ[LISTENER_VARIABLE]))
    listener.set_inheritable(False)
    check_certificate(settings.server)
    app = create_app(settings, observe=METRICS.request)
    async with AsyncExitStack() as stack:
        stack.enter_context(tracing(settings.telemetry, process="api"))
        await stack.enter_async_context(
            answering_metrics(settings.metrics.listen, setting="metrics.listen")
        )
        context = await stack.enter_async_context(app.running())
        await stack.enter_async_context(answering_rpc(settings, context))
        METRICS.watch_streams(lambda: context.streams.open_now)
        METRICS.watch_pool(context.desk.pool.get_stats)
        server = Server(traced_app(app), settings.server, tell_up=lambda: tell_ready("answers"))
        tasks = await stack.enter_async_context(TaskGroup())
        ending = tasks.create_task(_end(app, server, stop))
        await server.serve([listener])
        ending.cancel()


async def _end(app: Application, server: Server, stop: asyncio.Event) -> None:
    await stop.wait()
    app.let_go()
    server.should_exit = True


if __name__ == "__main__":
    run_child(serve_api, loop_factory=uvloop.new_event_loop)
