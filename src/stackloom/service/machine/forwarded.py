# SPDX-License-Identifier: Apache-2.0
"""Who asks, behind a proxy: the address that the proxy has seen, not those that it was told of.

Proxies put the address that they see behind what came in ``X-Forwarded-For``, and a caller may send
anything there; uvicorn takes the first one where it trusts every peer (0.54,
``middleware/proxy_headers.py``). Log-ins are limited by it, so it must not be the caller's to say.
"""

from __future__ import annotations

from typing import Any, cast

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from stackloom.service.rest.asgi import AsgiApp, Receive, Scope, Send

_FOR = b"x-forwarded-for"


def behind_proxy(app: AsgiApp) -> AsgiApp:
    """Return an application that is told by the proxy who asks, and by which scheme."""
    told = cast("AsgiApp", ProxyHeadersMiddleware(cast("Any", app), "*"))

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        seen = [value for name, value in scope["headers"] if name == _FOR]
        if seen:
            others = [pair for pair in scope["headers"] if pair[0] != _FOR]
            last = seen[-1].rpartition(b",")[2].strip()
            scope = {**scope, "headers": [*others, (_FOR, last)]}
        await told(scope, receive, send)

    return call
