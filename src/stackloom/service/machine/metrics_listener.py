# SPDX-License-Identifier: Apache-2.0
"""``/metrics`` of one process, at an address of its own: what is counted is the operator's.

Each process counts for itself, and has its own; Prometheus adds them up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stackloom.service.machine.address import address_of, bound, read_address
from stackloom.service.machine.server import Server
from stackloom.service.metrics import CONTENT_TYPE, METRICS
from stackloom.service.rest.asgi import Receive, Scope, Send
from stackloom.service.settings import ServerSettings
from stackloom.transport.exchange import WATCHES

log = logging.getLogger(__name__)


@asynccontextmanager
async def answering_metrics(address: str, *, setting: str) -> AsyncIterator[str]:
    """Count requests to clouds, and answer ``/metrics``.

    Gives its URL, "" where *address* is empty: then nobody is answered.

    Args:
        setting: the one that names the address, ``metrics.listen``.

    Raises:
        NotServed: the address is taken.
    """
    WATCHES.append(METRICS.cloud_request)
    try:
        if not address:
            yield ""
            return
        with bound(read_address(address), setting=setting) as listener:
            url = f"http://{address_of(listener)}/metrics"
            server = Server(metrics_app, ServerSettings())
            async with asyncio.TaskGroup() as group:
                group.create_task(server.serve([listener]))
                log.info("metrics are at %s", url)
                try:
                    yield url
                finally:
                    server.should_exit = True
    finally:
        WATCHES.remove(METRICS.cloud_request)


async def metrics_app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer ``/metrics`` of this process, as an ASGI application."""
    if scope["path"] != "/metrics":
        status, kind, body = 404, "text/plain", b"only /metrics is here\n"
    elif scope["method"] not in {"GET", "HEAD"}:
        status, kind, body = 405, "text/plain", b"GET and HEAD only\n"
    else:
        status, kind, body = 200, CONTENT_TYPE, METRICS.text()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    sent = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": sent})
