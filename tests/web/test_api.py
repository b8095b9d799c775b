# SPDX-License-Identifier: Apache-2.0
"""The API, asked in memory; and which addresses are not its own."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from stackloom.web.api import InMemoryApi, Receive, Scope, Send, Visitor
from stackloom.web.pages import is_page


def test_which_addresses_are_pages() -> None:
    """All others are the API's."""
    pages = ("/", "/login", "/scenarios/new", "/static/page.js", "/runs/1")
    assert [is_page(path) for path in (*pages, "/v1/runs", "/metrics", "/session")] == [
        *[True] * 5,
        False,
        False,
        False,
    ]


def test_an_app_is_asked_in_memory() -> None:
    """With the visitor's cookie, origin and address; its whole answer comes back."""
    seen: list[Scope] = []
    bodies: list[MutableMapping[str, Any]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        bodies.extend([await receive(), await receive()])
        headers = [(b"X-One", b"1")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    visitor = Visitor(cookie="c=1", origin="http://h", host="h", client=("127.0.0.1", 7))
    asked = InMemoryApi(app).ask("POST", "/v1/a%20b?c=%20", visitor=visitor, body=b"{}")
    answer = asyncio.run(asked)

    assert (answer.status, dict(answer.headers), answer.body) == (201, {"x-one": "1"}, b"ab")
    [scope] = seen
    assert (scope["path"], scope["raw_path"], scope["query_string"], scope["client"]) == (
        "/v1/a b",
        b"/v1/a%20b",
        b"c=%20",
        ("127.0.0.1", 7),
    )
    assert dict(scope["headers"]) == {
        b"host": b"h",
        b"cookie": b"c=1",
        b"origin": b"http://h",
        b"content-length": b"2",
        b"content-type": b"application/json",
    }
    assert [each["type"] for each in bodies] == ["http.request", "http.disconnect"]
