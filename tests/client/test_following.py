# SPDX-License-Identifier: Apache-2.0
"""Whoever watches sees each event once, through broken lines, for both kinds of programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest
from tests.client.test_watching import JOB, sent, state

from stackloom.client import BlockingClient, Client
from stackloom.errors import AuthFailed, Unreachable
from stackloom.log import Secret
from stackloom.wire.event import Event

BEGIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
RETRY = b"retry: 0\n\n"
END = b"event: end\ndata: {}\n\n"
REFUSED = (
    b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 93\r\nConnection: close\r\n\r\n"
    b'{"errors":[{"code":"stackloom.token.refused","status":401,"title":"title","detail":"detail"}]}'
)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


class Script:
    """A server that answers the first, second, ... request for events as it was told.

    Each answer is a list of pieces; one that does not end with ``b""`` is cut off.
    """

    def __init__(self, *answers: Sequence[bytes]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        _, _, last = head.partition("last-event-id: ")
        self.asked.append(last.partition("\r\n")[0])
        answer = self._answers.pop(0)
        if answer[0].startswith(b"HTTP"):
            writer.write(answer[0])
        else:
            writer.write(BEGIN + b"".join(_chunk(piece) for piece in answer if piece))
            if answer[-1] == b"":
                writer.write(b"0\r\n\r\n")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def _served(script: Script) -> AsyncIterator[str]:
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


Watcher = Callable[[str, int, float], "list[Event]"]


def _with_loop(url: str, after: int, patience: float) -> list[Event]:
    async def work() -> list[Event]:
        async with (
            Client(url, token="t", patience_seconds=patience) as client,
            aclosing(client.events(JOB, after)) as events,
        ):
            return [each async for each in events]  # type: ignore[misc] # all are known

    return asyncio.run(work())


def _blocking(url: str, after: int, patience: float) -> list[Event]:
    with BlockingClient(url, token="t", patience_seconds=patience) as client:
        return list(client.events(JOB, after))  # type: ignore[arg-type] # all are known


@pytest.fixture(params=[_with_loop, _blocking], ids=["with a loop", "blocking"])
def watcher(request: pytest.FixtureRequest) -> Watcher:
    chosen: Watcher = request.param
    return chosen


def _watched(
    watcher: Watcher, script: Script, *, after: int = 0, patience: float = 20.0
) -> list[Event]:
    async def work() -> list[Event]:
        async with _served(script) as url:
            return await asyncio.to_thread(watcher, url, after, patience)

    return asyncio.run(work())


def test_events_end_with_the_job(watcher: Watcher) -> None:
    """After the last one the stream says so."""
    script = Script([RETRY, sent(1), sent(2), END, b""])
    assert _watched(watcher, script) == [state(1), state(2)]
    assert script.asked == [""]


def test_a_broken_line_is_made_anew(watcher: Watcher) -> None:
    """It goes on after the last event, be it cut off in the middle of one or ended too early."""
    script = Script(
        [RETRY, sent(1), sent(2)[:30]],
        [RETRY, sent(2), b""],
        [RETRY, sent(2), sent(3), END, b""],
    )
    assert _watched(watcher, script) == [state(1), state(2), state(3)]
    # The exchange asks once more by itself where an answer was cut off, then with what it had.
    assert script.asked[-1] == "2"


def test_watching_goes_on_where_somebody_left_it(watcher: Watcher) -> None:
    """``after`` is the number of the last event that was seen."""
    script = Script([RETRY, sent(5), END, b""])
    assert _watched(watcher, script, after=4) == [state(5)]
    assert script.asked == ["4"]


def test_a_token_that_has_ended_ends_the_watching(watcher: Watcher) -> None:
    """The stream says so and closes; asked again, the service refuses."""
    script = Script([RETRY, sent(1), b"event: unauthorized\ndata: {}\n\n", b""], [REFUSED])
    with pytest.raises(AuthFailed, match="detail"):
        _watched(watcher, script)


def test_a_service_that_stays_away_is_told(watcher: Watcher) -> None:
    """Once patience is over."""
    with pytest.raises(Unreachable):
        watcher("http://127.0.0.1:9", 0, 0.0)


def test_an_error_of_the_caller_s_own_ends_the_watching() -> None:
    """Such as that of what gives tokens, which is asked in another thread."""

    async def token() -> Secret:
        raise LookupError("the vault is closed")

    with (
        BlockingClient("http://127.0.0.1:9", token=token) as client,
        pytest.raises(LookupError, match="the vault is closed"),
    ):
        list(client.events(JOB))


def test_leaving_early_is_no_error(watcher: Watcher) -> None:
    """Whoever has seen enough goes."""
    script = Script([RETRY, sent(1), sent(2)], [RETRY, END, b""])

    async def with_loop(url: str) -> object:
        async with Client(url, token="t") as client, aclosing(client.events(JOB)) as events:
            return await anext(events)

    def blocking(url: str) -> object:
        with BlockingClient(url, token="t") as client:
            return next(client.events(JOB))

    async def work() -> object:
        async with _served(script) as url:
            if watcher is _blocking:
                return await asyncio.to_thread(blocking, url)
            return await with_loop(url)

    assert asyncio.run(work()) == state(1)
