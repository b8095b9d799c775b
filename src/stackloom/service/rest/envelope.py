# SPDX-License-Identifier: Apache-2.0
"""The ring around every request: its id, limits, refusals, headers, and its line in the log.

The only place of REST that catches broadly.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from stackloom.service.logging import noting
from stackloom.service.refusal import Refused
from stackloom.service.rest import body, microversion
from stackloom.service.rest.asgi import AsgiApp, Message, Receive, Scope, Send
from stackloom.service.rest.asked import Asked, global_id, shown
from stackloom.service.rest.context import Context
from stackloom.service.rest.refusals import Refusals
from stackloom.service.rest.sending import send_whole

log = logging.getLogger(__name__)

_HOST = re.compile(r"([\w.~!$&'()*+;=%-]*|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?", re.ASCII)
_SPOKEN = f"{microversion.SERVICE_TYPE} {microversion.NEWEST}".encode()
_HIGHEST_PORT = 65_535
# No path of ours is as long, and the router remembers those that it has seen.
_LONGEST_PATH = 1_024
# Asked every few seconds by whoever watches the service; a line each would drown the others.
_PROBES = frozenset({"/healthcheck", "/livez", "/readyz"})
# What an answer may differ by; caches between us and the caller go by it.
_VARY = b"Accept, Authorization, Cookie, OpenStack-API-Version, X-Auth-Token"
_ALWAYS = [
    (b"openstack-api-version", _SPOKEN),
    (b"vary", _VARY),
]
# What an answer may say otherwise for itself.
_UNLESS_SAID = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}


class Envelope:
    """An ASGI application around another one.

    Args:
        context: gives what was opened at the start; None before that and after the end.
    """

    def __init__(self, app: AsgiApp, context: Callable[[], Context | None]) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        context = self._context()
        if scope["type"] != "http" or context is None:
            await _not_now(scope, send)
            return
        asked = _asked(scope, context)
        scope["asked"] = asked
        sending = _Sending(send, asked, is_tls=scope["scheme"] == "https")
        ids = {"request_id": asked.request_id, "global_request_id": asked.global_request_id}
        with noting(**ids):
            await self._answer(asked, scope, receive, sending)

    async def _answer(
        self, asked: Asked, scope: Scope, receive: Receive, sending: _Sending
    ) -> None:
        begun = time.perf_counter()
        try:
            if len(asked.path) > _LONGEST_PATH:
                raise Refused("not-found", f"there is nothing at {shown(asked.path)}")
            _check_address(asked.header("host"), scope["query_string"])
            microversion.asked_for(asked.header("openstack-api-version"))
            body.check_length(asked.headers, asked.context.settings.limits.body_bytes)
            await self._app(scope, receive, sending)
        except body.Gone:
            sending.status = 499
        except Exception as error:  # noqa: BLE001 - the edge: nobody else would tell the caller
            await _refuse(error, asked, sending)
        finally:
            seconds = time.perf_counter() - begun
            template = scope.get("template", "other")
            asked.context.observe(template, asked.method, sending.status, seconds)
            _tell(asked, sending.status, seconds)


class _Sending:
    """Sends, with the headers that every answer has; knows what has been sent."""

    __slots__ = ("_asked", "_is_tls", "_send", "status")

    def __init__(self, send: Send, asked: Asked, *, is_tls: bool) -> None:
        self._send = send
        self._asked = asked
        self._is_tls = is_tls
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            said = {name.lower() for name, _ in headers}
            headers += [pair for pair in _UNLESS_SAID.items() if pair[0] not in said]
            headers += _ALWAYS
            headers.append((b"x-openstack-request-id", self._asked.request_id.encode()))
            if self._is_tls:
                headers.append((b"strict-transport-security", b"max-age=31536000"))
            message["headers"] = headers
        await self._send(message)


def _asked(scope: Scope, context: Context) -> Asked:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    request_id = f"req-{uuid4()}"
    came_with = headers.get("x-openstack-request-id", "")
    client = scope.get("client")
    return Asked(
        context,
        headers,
        method=scope["method"],
        path=scope["path"],
        client=client[0] if client else "",
        request_id=request_id,
        global_request_id=global_id(came_with, otherwise=request_id),
    )


def _check_address(host: str, query: bytes) -> None:
    """Check what the router and the page make an address of; what is none would fail there.

    Raises:
        Refused: the host is none (RFC 9112, 3.2, wants 400), or the query has other bytes than an
            address has.
    """
    found = _HOST.fullmatch(host)
    if found is None or int(found[2] or 0) > _HIGHEST_PORT:
        raise Refused("header.invalid", f"Host: {shown(host)} is no host")
    if not query.isascii():
        raise Refused("parameter.invalid", "the parameters are not UTF-8, %-encoded")


async def _refuse(error: Exception, asked: Asked, sending: _Sending) -> None:
    """Say no, where nothing has been said yet; else the connection ends in the middle."""
    if sending.status:
        log.error("the answer to %s broke off", asked.place, exc_info=error)
        return
    refusal = asked.context.refusals.of(error, path=asked.path, request_id=asked.request_id)
    content, media_type = refusal.body(asked.header("accept"))
    await send_whole(
        sending,
        refusal.status,
        content,
        media_type=media_type,
        headers=refusal.headers,
        is_head=asked.method == "HEAD",
    )


async def _not_now(scope: Scope, send: Send) -> None:
    """Turn away what is no request, and who comes before the start or after the end."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return
    assert scope["type"] == "http", f"{scope['type']} is nothing that a server asks"
    refusals = Refusals(help_url="/v1/docs", challenge="")
    refused = Refused("stopping", "the service is not open", hint="ask again in a moment")
    refusal = refusals.of(refused, path=scope["path"], request_id=f"req-{uuid4()}")
    content, media_type = refusal.body("")
    await send_whole(send, refusal.status, content, media_type=media_type, headers=refusal.headers)


def _tell(asked: Asked, status: int, seconds: float) -> None:
    level = logging.DEBUG if asked.path in _PROBES else logging.INFO
    if log.isEnabledFor(level):
        log.log(
            level,
            "%s %d %.4f s %s",
            asked.place,
            status,
            seconds,
            asked.client,
            extra={"project_id": asked.project_id},
        )
