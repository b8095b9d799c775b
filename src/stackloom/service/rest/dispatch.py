# SPDX-License-Identifier: Apache-2.0
"""From a request to its route and back: who asks, how often, with which body, and the answer."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec

from stackloom.service.refusal import Refused
from stackloom.service.rest import body, conditions, idempotency, query
from stackloom.service.rest.answer import JSON, Answer, Stream
from stackloom.service.rest.asgi import Receive, Scope, Send
from stackloom.service.rest.asked import Asked, shown
from stackloom.service.rest.refusals import not_for
from stackloom.service.rest.route import Route, Who
from stackloom.service.rest.sending import send_stream, send_whole
from stackloom.service.rest.tokens import token_of

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# A value of a scenario is in {"source": {"variables": {"name": ...}}}.
_LEVELS_AROUND_A_VALUE = 3


class NoQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of a route that has none."""


class Resource:
    """All routes of one path: an ASGI application behind the router.

    OPTIONS comes to it as well, to be refused like any other method that is not for the path: no
    site but our own page may call us from a browser, so nobody is told how.

    The request is in the scope as ``asked`` (`Envelope` puts it there); whatever is refused is
    raised, and told by `Envelope`.
    """

    def __init__(self, path: str, routes: tuple[Route, ...]) -> None:
        self.path = path
        self._routes: dict[str, Route] = {each.method: each for each in routes}
        assert len(self._routes) == len(routes), f"{path} has a method twice"
        if "GET" in self._routes:
            self._routes["HEAD"] = self._routes["GET"]
        self.methods = sorted([*self._routes, "OPTIONS"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked: Asked = scope["asked"]
        scope["template"] = self.path
        route = self._routes.get(asked.method)
        if route is None:
            raise not_for(asked.method, self.path, self._routes)
        if route.who is not Who.ALL:
            await _meet(route, asked)
        arguments, content = await _arguments(route, asked, scope, receive)
        if route.is_repeatable and "idempotency-key" in asked.headers:
            key = asked.header("idempotency-key")
            came = await idempotency.once(
                asked, key, content, route.status, lambda: _called(route, asked, arguments)
            )
        else:
            came = await _called(route, asked, arguments)
        if isinstance(came, Stream):
            await send_stream(send, receive, came, is_head=asked.method == "HEAD")
        else:
            await _send(route, asked, came, send)


async def _meet(route: Route, asked: Asked) -> None:
    """Find out who asks, and whether they may and not too often."""
    context = asked.context
    caller = await context.identities.caller(
        token_of(asked),
        request_id=asked.request_id,
        global_request_id=asked.global_request_id,
        address=asked.client,
    )
    asked.meet(caller)
    context.rates.check(caller.project_id, asked.method)
    if route.who is Who.MEMBER:
        caller.check_may_change()
    else:
        caller.check_may_read()


async def _arguments(
    route: Route, asked: Asked, scope: Scope, receive: Receive
) -> tuple[dict[str, Any], bytes]:
    """Return what the route's function is called with, and the body as it came."""
    arguments: dict[str, Any] = {}
    for name, type in route.names.items():
        arguments[name] = _named(scope["path_params"][name], type, asked)
    given = query.parsed(scope["query_string"], route.query or NoQuery)
    if route.query is not None:
        arguments["query"] = given
    if route.body is None and route.form is None:
        return arguments, b""
    limits = asked.context.settings.limits
    body.check_kind(asked.headers, JSON if route.body is not None else body.FORM)
    content = await body.read(
        receive,
        asked.headers,
        most_bytes=limits.body_bytes if route.body is not None else query.LONGEST_FORM,
        within_seconds=limits.request_seconds,
    )
    if route.body is not None:
        deepest = limits.nesting + _LEVELS_AROUND_A_VALUE
        arguments["body"] = body.decoded(
            content, route.body, deepest=deepest, most_values=limits.values
        )
    else:
        arguments["form"] = query.parsed_form(content, route.form)
    return arguments, content


def _named(text: str, type: Any, asked: Asked) -> Any:
    """Return what a part of the path names; what cannot name anything is not found."""
    if type is UUID and _ID.fullmatch(text):
        return UUID(text)
    if type is int and _NUMBER.fullmatch(text):
        return int(text)
    if type is str:
        return text
    raise Refused("not-found", f"there is nothing at {shown(asked.path)}")


async def _called(route: Route, asked: Asked, arguments: dict[str, Any]) -> Answer[Any] | Stream:
    came = await route.call(asked, **arguments)
    return came if isinstance(came, Answer | Stream) else Answer(body=came)


async def _send(route: Route, asked: Asked, answer: Answer[Any], send: Send) -> None:
    status = answer.status or route.status
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.location:
        is_path = answer.location.startswith("/")
        headers["location"] = (asked.context.public_url if is_path else "") + answer.location
    if answer.etag:
        headers["etag"] = conditions.quoted(answer.etag)
        headers.setdefault("cache-control", "private, no-cache")
        is_reading = asked.method in {"GET", "HEAD"} and status == 200
        if is_reading and conditions.is_known(answer.etag, asked.header("if-none-match")):
            status = 304
    content = answer.body
    if content is None:
        content = b""
    elif not isinstance(content, bytes):
        content = msgspec.json.encode(content)
    await send_whole(
        send,
        status,
        content,
        media_type=answer.media_type,
        headers=headers,
        is_head=asked.method == "HEAD",
    )
