# SPDX-License-Identifier: Apache-2.0
"""Behind a proxy: whom the service takes for the one who asks."""

from __future__ import annotations

import asyncio
import socket

import httpx2
import pytest

from stackloom.service.machine.forwarded import behind_proxy
from stackloom.service.machine.server import Server
from stackloom.service.rest.asgi import Message, Receive, Scope, Send
from stackloom.service.settings import ServerSettings


@pytest.mark.parametrize(
    ("headers", "host", "scheme"),
    [
        ([], "10.0.0.1", "http"),
        ([(b"x-forwarded-for", b"192.0.2.7")], "192.0.2.7", "http"),
        ([(b"x-forwarded-for", b"1.1.1.1, 192.0.2.7")], "192.0.2.7", "http"),
        (
            [(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"192.0.2.7")],
            "192.0.2.7",
            "http",
        ),
        ([(b"x-forwarded-for", b"[2001:db8::1]:4711")], "2001:db8::1", "http"),
        ([(b"x-forwarded-for", b"1.1.1.1,")], "10.0.0.1", "http"),
        ([(b"x-forwarded-proto", b"https")], "10.0.0.1", "https"),
    ],
)
def test_the_proxy_s_own_word_counts(
    headers: list[tuple[bytes, bytes]], host: str, scheme: str
) -> None:
    """What a caller puts before it does not, or everybody would be as many as they like."""
    found: list[tuple[str, str]] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        found.append((scope["client"][0], scope["scheme"]))

    async def nothing(_message: Message | None = None) -> Message:
        return {}

    scope = {"type": "http", "scheme": "http", "client": ("10.0.0.1", 1), "headers": headers}
    asyncio.run(behind_proxy(app)(scope, nothing, nothing))  # type: ignore[arg-type]
    assert found == [(host, scheme)]


@pytest.mark.parametrize(("is_behind", "host"), [(True, "192.0.2.7"), (False, "127.0.0.1")])
def test_a_server_believes_a_proxy_only_where_there_is_one(is_behind: bool, host: str) -> None:
    """Without ``behind_proxy`` the header is anybody's."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["client"][0].encode()})

    async def run() -> str:
        server = Server(app, ServerSettings(behind_proxy=is_behind))
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve([listener]))
            try:
                async with httpx2.AsyncClient() as client:
                    headers = {"X-Forwarded-For": "1.1.1.1, 192.0.2.7"}
                    return (await client.get(url, headers=headers)).text
            finally:
                server.should_exit = True

    assert asyncio.run(run()) == host
