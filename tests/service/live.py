# SPDX-License-Identifier: Apache-2.0
"""The service at a real socket, in this process: for clients that bring their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from stackloom.service.app import Application
from stackloom.service.machine.address import Address, bound
from stackloom.service.machine.connection import Connection


@asynccontextmanager
async def listening(app: Application) -> AsyncIterator[str]:
    """Serve *app* for an ``async with``; gives its address."""
    listener = bound(Address(host="127.0.0.1", port=0), setting="server.listen")
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
