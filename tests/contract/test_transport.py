# SPDX-License-Identifier: Apache-2.0
"""What every transport promises, asked of the real ones (with a real server) and of the fake."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import pytest
from tests.fakes.transport import FakeTransport, raw_answer, whole_body

from stackloom.transport.blocking import BlockingTransport, run_alone
from stackloom.transport.client import (
    Answer,
    Lost,
    NotSent,
    Request,
    Tls,
    Transport,
)
from stackloom.transport.openssl import BlockingOpenSslTransport, OpenSslTransport
from stackloom.transport.reqwest import ReqwestTransport
from stackloom.transport.stream import Upload

# What the server at the other end does, by path.
_GOOD = "/good"
_CHOICES = "/choices"
_MOVED = "/moved"
_TWICE = "/twice"
_FOREIGN = "/foreign"
_SILENT = "/silent"
_CUT_SHORT = "/cut-short"
_ECHO = "/echo"

_ANSWERS = {
    _GOOD: b"HTTP/1.1 200 OK\r\nX-OpenStack-Request-Id: req-1\r\nContent-Length: 2\r\n\r\n{}",
    _CHOICES: b"HTTP/1.1 300 Multiple Choices\r\nContent-Length: 7\r\n\r\nchoices",
    _MOVED: b"HTTP/1.1 301 Moved\r\nLocation: /good\r\nContent-Length: 0\r\n\r\n",
    _TWICE: b"HTTP/1.1 200 OK\r\nX-Two: first\r\nX-Two: last\r\nContent-Length: 0\r\n\r\n",
    _FOREIGN: b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nX-Good: yes\r\nContent-Length: 0\r\n\r\n",
    _CUT_SHORT: b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nonly the beginning",
}


class World(Protocol):
    """A transport and a server at the other end of it."""

    def __call__(self) -> contextlib.AbstractAsyncContextManager[tuple[Transport, str]]:
        """Open it: the transport and the address of the server."""


class _InThread:
    """A blocking transport, moved out of the way of the server that runs on this loop."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(self, request: Request) -> Answer:
        return await asyncio.to_thread(run_alone, self._transport.send(request))

    async def close(self) -> None:
        await self._transport.close()


def _real_world() -> contextlib.AbstractAsyncContextManager[tuple[Transport, str]]:
    return _world_with_server(ReqwestTransport())


def _blocking_world() -> contextlib.AbstractAsyncContextManager[tuple[Transport, str]]:
    return _world_with_server(_InThread(BlockingTransport()))


def _openssl_world() -> contextlib.AbstractAsyncContextManager[tuple[Transport, str]]:
    return _world_with_server(OpenSslTransport(tls=Tls(), user_agent="test"))


def _blocking_openssl_world() -> contextlib.AbstractAsyncContextManager[tuple[Transport, str]]:
    transport = BlockingOpenSslTransport(tls=Tls(), user_agent="test")
    return _world_with_server(_InThread(transport))


@asynccontextmanager
async def _world_with_server(transport: Transport) -> AsyncIterator[tuple[Transport, str]]:
    server = await asyncio.start_server(_serve_one, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield transport, f"http://127.0.0.1:{port}"
    finally:
        await transport.close()
        server.close()
        await server.wait_closed()


async def _serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    path = head.split(b" ", 2)[1].decode()
    if path == _SILENT:
        # What a killed server or a rebooted router looks like: a reset after the request was read.
        writer.transport.abort()
        return
    if path == _ECHO:
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        method = head.split(b" ", 1)[0]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) + 5))
        writer.write(method[:4].ljust(4) + b" " + body)
    else:
        # Told, so that no other request is sent on a connection that is about to end.
        writer.write(_ANSWERS[path].replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
    with contextlib.suppress(ConnectionError):
        await writer.drain()
    writer.close()


@asynccontextmanager
async def _fake_world() -> AsyncIterator[tuple[Transport, str]]:
    fake = FakeTransport()
    fake.on("GET", _GOOD, raw_answer(200, b"{}", X_OpenStack_Request_Id="req-1"))
    fake.on("GET", _CHOICES, raw_answer(300, b"choices"))
    fake.on("GET", _MOVED, raw_answer(301, b"", Location="/good"))
    fake.on("GET", _TWICE, raw_answer(200, b"", X_Two="last"))
    fake.on("GET", _FOREIGN, raw_answer(200, b"", X_Good="yes"))
    fake.on("POST", _SILENT, Lost("connection reset"))
    fake.on("GET", _CUT_SHORT, Lost("end of file"))
    fake.on(
        "POST",
        _ECHO,
        lambda request: raw_answer(200, b"POST " + whole_body(request)),
    )
    fake.on("POST", "/", NotSent("connection refused"))
    yield fake, "http://cloud.test"


@pytest.fixture(
    params=[
        _real_world,
        _blocking_world,
        _openssl_world,
        _blocking_openssl_world,
        _fake_world,
    ],
    ids=["real", "blocking", "openssl", "blocking-openssl", "fake"],
)
def world(request: pytest.FixtureRequest) -> World:
    """Each world in turn."""
    opened: World = request.param
    return opened


def _in(world: World, ask: Callable[[Transport, str], Awaitable[None]]) -> None:
    async def run() -> None:
        async with world() as (transport, root):
            await ask(transport, root)

    asyncio.run(run())


def _send(world: World, method: str, path: str, body: bytes | None = None) -> Answer:
    answers: list[Answer] = []

    async def ask(transport: Transport, root: str) -> None:
        request = Request(method=method, url=f"{root}{path}", body=body)
        answers.append(await transport.send(request))

    _in(world, ask)
    return answers[0]


def test_an_answer_is_status_headers_and_body(world: World) -> None:
    """An answer has its status, its body, and headers under lower-case names."""
    answer = _send(world, "GET", _GOOD)
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["x-openstack-request-id"] == "req-1"


def test_a_body_arrives_as_it_was_sent(world: World) -> None:
    """What a request carries reaches the server byte for byte, under the request's method."""
    assert _send(world, "POST", _ECHO, b'{"a":1}').body == b'POST {"a":1}'


def _pieces(*pieces: bytes) -> Upload:
    return Upload(pieces=lambda: iter(pieces), length=sum(map(len, pieces)))


class _Kept:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.begun = 0
        self.content = b""

    def begin(self) -> None:
        self.begun += 1
        self.content = b""

    def write(self, piece: bytes) -> None:
        self.content += piece


def test_a_body_in_pieces_arrives_whole(world: World) -> None:
    """With its length told before, as if it had been one."""
    upload = _pieces(b"one ", b"two ", b"three")
    answers: list[Answer] = []

    async def ask(transport: Transport, root: str) -> None:
        request = Request(method="POST", url=f"{root}{_ECHO}", upload=upload)
        answers.append(await transport.send(request))

    _in(world, ask)
    assert answers[0].body == b"POST one two three"


def test_the_body_of_a_good_answer_goes_to_a_sink(world: World) -> None:
    """The answer keeps its status and headers, and has no body."""
    kept, answers = _Kept(), list[Answer]()

    async def ask(transport: Transport, root: str) -> None:
        answers.append(await transport.send(Request(method="GET", url=f"{root}{_GOOD}", sink=kept)))

    _in(world, ask)
    assert (kept.begun, kept.content) == (1, b"{}")
    assert (answers[0].status, answers[0].body) == (200, b"")
    assert answers[0].headers["x-openstack-request-id"] == "req-1"


def test_the_body_of_any_other_answer_does_not(world: World) -> None:
    """What a service says when it refuses is no part of an image."""
    kept, answers = _Kept(), list[Answer]()

    async def ask(transport: Transport, root: str) -> None:
        answers.append(
            await transport.send(Request(method="GET", url=f"{root}{_CHOICES}", sink=kept))
        )

    _in(world, ask)
    assert (kept.begun, kept.content) == (0, b"")
    assert (answers[0].status, answers[0].body) == (300, b"choices")


def test_a_stream_that_is_cut_short_is_lost(world: World) -> None:
    """Half an image is none."""

    async def ask(transport: Transport, root: str) -> None:
        with pytest.raises(Lost):
            await transport.send(Request(method="GET", url=f"{root}{_CUT_SHORT}", sink=_Kept()))

    _in(world, ask)


@pytest.mark.parametrize(
    "make",
    [
        ReqwestTransport,
        lambda: _InThread(BlockingTransport()),
        lambda: OpenSslTransport(tls=Tls(), user_agent="test"),
        lambda: _InThread(BlockingOpenSslTransport(tls=Tls(), user_agent="test")),
    ],
    ids=["real", "blocking", "openssl", "blocking-openssl"],
)
def test_a_live_stream_is_handed_over_as_it_comes(make: Callable[[], Transport]) -> None:
    """The second piece is only sent once the first one has arrived."""
    arrived: list[bytes] = []

    async def run() -> None:
        loop, first = asyncio.get_running_loop(), asyncio.Event()

        class Sink:
            def begin(self) -> None:
                assert arrived == []

            def write(self, piece: bytes) -> None:
                arrived.append(piece)
                loop.call_soon_threadsafe(first.set)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            await first.wait()
            writer.write(b"3\r\ntwo\r\n0\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        transport = make()
        async with asyncio.timeout(20):
            await transport.send(Request(method="GET", url=url, sink=Sink(), is_live=True))
        await transport.close()
        server.close()
        await server.wait_closed()

    asyncio.run(run())
    assert arrived == [b"one", b"two"]


def test_several_choices_are_an_answer(world: World) -> None:
    """A 300 is an answer like any other: Keystone lists its versions that way."""
    answer = _send(world, "GET", _CHOICES)
    assert (answer.status, answer.body) == (300, b"choices")


def test_a_redirect_is_not_followed(world: World) -> None:
    """A 301 is an answer; a token is not carried to wherever it points."""
    answer = _send(world, "GET", _MOVED)
    assert (answer.status, answer.headers["location"]) == (301, "/good")


def test_of_a_repeated_header_the_last_counts(world: World) -> None:
    """A header that comes twice has its last value."""
    assert _send(world, "GET", _TWICE).headers["x-two"] == "last"


def test_a_header_that_is_no_text_is_left_out(world: World) -> None:
    """A header in another encoding is missing, and the rest of the answer is there."""
    headers = _send(world, "GET", _FOREIGN).headers
    assert "x-name" not in headers
    assert headers["x-good"] == "yes"


def test_an_answer_that_never_comes_is_lost(world: World) -> None:
    """A connection that is reset after the request went out leaves it open whether it was done."""
    with pytest.raises(Lost):
        _send(world, "POST", _SILENT, b"{}")


def test_an_answer_that_is_cut_short_is_lost(world: World) -> None:
    """Half a body is no answer."""
    with pytest.raises(Lost):
        _send(world, "GET", _CUT_SHORT)


def test_a_refused_connection_has_sent_nothing(world: World) -> None:
    """Where nobody listens the request cannot have been seen."""

    async def ask(transport: Transport, root: str) -> None:
        with socket.socket() as unused:  # bound and never listening: its port refuses
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            with pytest.raises(NotSent):
                await transport.send(Request(method="POST", url=f"http://127.0.0.1:{port}/"))

    _in(world, ask)


def test_fifty_requests_at_once_get_fifty_answers(world: World) -> None:
    """A transport is shared by all that is under way."""

    async def ask(transport: Transport, root: str) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(transport.send(Request(method="GET", url=f"{root}{_GOOD}")))
                for _ in range(50)
            ]
        assert [task.result().status for task in tasks] == [200] * 50

    _in(world, ask)
