# SPDX-License-Identifier: Apache-2.0
"""The service as an ASGI application, for ``stackloom serve`` and for servers of people's own.

::

    uvicorn --factory stackloom.service.app:create_app

Litestar finds the path; what happens on the way is in ``rest/``.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import cast

from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Method

from stackloom.errors import StackloomError
from stackloom.service.grant.grant import Grants
from stackloom.service.identity.identities import Identities
from stackloom.service.rest.asgi import AsgiApp, Receive, Scope, Send
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.context import Context, Observe
from stackloom.service.rest.dispatch import Resource
from stackloom.service.rest.envelope import Envelope
from stackloom.service.rest.opening import opened
from stackloom.service.rest.route import Route
from stackloom.service.rest.routes import all_routes
from stackloom.service.rest.sending import without_body
from stackloom.service.settings import ServiceSettings
from stackloom.service.settings_sources import read_settings
from stackloom.web.api import InMemoryApi
from stackloom.web.pages import create_pages, is_page
from stackloom.web.site import Site

Opening = Callable[[], AbstractAsyncContextManager[Context]]


class Application:
    """The service, as an ASGI server calls it.

    Args:
        opening: opens what routes need; entered when the server starts, left when it ends.
        routes: what can be asked for.
        site: what the page says of the service.
    """

    def __init__(self, opening: Opening, routes: tuple[Route, ...], site: Site) -> None:
        self._opening = opening
        self.context: Context | None = None
        # Litestar types the dictionaries of ASGI one by one; they are the same ones.
        self._routed = cast("AsgiApp", _litestar(routes))
        self._pages = cast("AsgiApp", create_pages(InMemoryApi(self), site=site))
        self._envelope = Envelope(self._chosen, lambda: self.context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or start and end, as ASGI has it."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._envelope(scope, receive, send)

    def let_go(self) -> None:
        """End the streams of events, which else would keep a server from ending."""
        if self.context:
            self.context.streams.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        """Be open from the server's start to its end.

        Litestar would tell the server of a setting that is not right as a traceback.
        """
        await receive()
        has_started = False
        try:
            async with self.running():
                has_started = True
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except StackloomError as error:
            when = "shutdown" if has_started else "startup"
            told = f"{error}\nhint: {error.hint}" if error.hint else str(error)
            await send({"type": f"lifespan.{when}.failed", "message": told})
        else:
            await send({"type": "lifespan.shutdown.complete"})

    async def _chosen(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the page or a route; at the root, browsers get the page and others the versions."""
        path: str = scope["path"]
        asked: Asked = scope["asked"]
        if is_page(path) and (path != "/" or "text/html" in asked.header("accept")):
            scope["template"] = "page"
            if scope["method"] == "HEAD":  # Litestar has no page for it
                scope, send = {**scope, "method": "GET"}, without_body(send)
            await self._pages(scope, receive, send)
        else:
            await self._routed(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Context]:
        """Open what routes need for as long as it lasts; servers do so by the lifespan of ASGI."""
        async with self._opening() as context:
            self.context = context
            try:
                yield context
            finally:
                self.context = None


def create_app(
    settings: ServiceSettings | None = None,
    *,
    identities: Identities | None = None,
    grants: Grants | None = None,
    observe: Observe | None = None,
) -> Application:
    """Return the service.

    Args:
        settings: None to read the configuration file and ``STACKLOOM_*``.
        identities, grants: who is believed and how runs act for them; None for Keystone or the
            bearer, as the settings say.
        observe: is told of each request that was answered.

    Raises:
        BadConfig: the settings cannot be used.
    """
    chosen = settings or read_settings(os.environ).usable()
    return Application(
        lambda: opened(chosen, identities=identities, grants=grants, observe=observe),
        all_routes(),
        Site(keystone=chosen.identity.auth_url, public_url=chosen.server.public_url),
    )


def _litestar(routes: tuple[Route, ...]) -> Litestar:
    by_path: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        by_path[route.path].append(route)
    return Litestar(
        route_handlers=[
            _handler(Resource(path, tuple(of_path))) for path, of_path in by_path.items()
        ],
        exception_handlers={Exception: _pass_on},
        openapi_config=None,
        logging_config=None,
    )


def _handler(resource: Resource) -> HTTPRouteHandler:
    # Litestar would decode and encode by the signature of a function; this one has it do neither.
    def handler() -> ASGIApp:
        return cast("ASGIApp", resource)

    path = resource.path.replace("}", ":str}")
    methods = cast("list[Method]", resource.methods)
    made = HTTPRouteHandler(path, http_method=methods, status_code=200, sync_to_thread=False)
    return made(handler)


def _pass_on(_request: Request, error: Exception) -> Response:  # type: ignore[type-arg]
    """Let the ring tell all refusals, also those of the router."""
    raise error
