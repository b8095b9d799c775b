# SPDX-License-Identifier: Apache-2.0
"""Hosts and queries of which no address can be made."""

from __future__ import annotations

import asyncio

import pytest
from tests.service.rest.ring import told
from tests.service.rest.test_envelope import answer_to, ring

from stackloom.service.rest.asgi import Message
from stackloom.service.rest.asked import shown


@pytest.mark.parametrize("path", ["/open", "/login", "/nothing", "/scenarios/new"])
@pytest.mark.parametrize(
    "host", [b"a:b", b"a:b:c", b"a:65536", b"[::1", b"a b", b"a, b", b"http://a", b"a@b", b"\xff"]
)
def test_a_host_that_is_none(path: str, host: bytes) -> None:
    """Is refused for the page and the API before anybody makes an address of it."""
    answer = answer_to("GET", path, headers=[(b"Host", host)])
    assert (answer.status_code, told(answer)) == (
        400,
        [("stackloom.header.invalid", f"Host: {shown(host.decode('latin-1'))} is no host")],
    )


@pytest.mark.parametrize("host", ["a", "a:1", "a_b.test:65535", "[::1]", "[::1]:9850", "127.0.0.1"])
def test_hosts(host: str) -> None:
    """Names and numbers, with a port or without."""
    assert answer_to("GET", "/open", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/open", "/login"])
def test_a_query_that_is_none(path: str) -> None:
    """Servers other than ours hand on what is no address."""
    around, sent = ring(), []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def run() -> None:
        scope = {"type": "http", "method": "GET", "scheme": "http", "path": path, "headers": []}
        async with around.app.running():
            await around.app({**scope, "query_string": b"a=\xff"}, receive, send)

    asyncio.run(run())
    assert sent[0]["status"] == 400
    assert b'"stackloom.parameter.invalid"' in sent[1]["body"]
