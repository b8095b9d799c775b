# SPDX-License-Identifier: Apache-2.0
"""The service at a real socket, in this process: for clients that bring their own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from stackloom.service.app import Application
from stackloom.service.machine.connection import Connection


@asynccontextmanager
async def listening(app: Application) -> AsyncIterator[str]:
    """Serve *app* for an ``async with``; gives its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app, http=Connection, lifespan="off", log_config=None, access_log=False, ws="none"
        )
    )
    async with app.running(), asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            app.let_go()
            server.should_exit = True
