# SPDX-License-Identifier: Apache-2.0
"""Events as they happen: how they are written, and when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from stackloom.service.refusal import Refused
from stackloom.service.rest import stream
from stackloom.service.rest.answer import Stream
from stackloom.service.rest.asgi import Message
from stackloom.service.rest.sending import send_stream
from stackloom.service.rest.stream import LINES, SSE, Reader, Streams, stream_of
from stackloom.service.settings import LimitsSettings
from stackloom.wire.event import Event, JobState

JOB = UUID("b1c55c40-2a77-4a8d-8b53-2f6f3c1d9e22")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def event(seq: int) -> Event:
    return JobState(
        seq=seq,
        position=seq + 100,
        at=NOW,
        job_id=JOB,
        scenario_id=None,
        message="it is\nplanned",
        state="planning",
    )


class Events:
    """Gives some events; then ends, waits for ever, or fails."""

    def __init__(self, *events: Event, then: str = "end") -> None:
        self._events = events
        self._then = then
        self.is_open = False

    async def follow(self) -> AsyncGenerator[Event]:
        self.is_open = True
        try:
            for each in self._events:
                yield each
            if self._then == "wait":
                await asyncio.Event().wait()
            if self._then == "fail":
                raise Refused("busy", "1000 events behind")
        finally:
            self.is_open = False


def opened(
    events: Events,
    streams: Streams,
    media_type: str = SSE,
    *,
    until: datetime | None = None,
    number: stream.Number = "seq",
) -> Stream:
    return stream_of(
        events.follow(),
        media_type,
        number=number,
        streams=streams,
        reader=Reader(project_id="blue", until=until),
        now=lambda: NOW,
    )


async def all_of(pieces: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(5):
        return b"".join([piece async for piece in pieces])


def written(events: Events, media_type: str = SSE, **more: object) -> str:
    """Return everything that is written until it is over."""

    async def run() -> str:
        streams = Streams(LimitsSettings())
        told = await all_of(opened(events, streams, media_type, **more).pieces)  # type: ignore[arg-type]
        assert streams.open_now == 0
        assert not events.is_open
        return told.decode()

    return asyncio.run(run())


def test_server_sent_events() -> None:
    """Number, type and struct of each, in one line, and an end."""
    body = msgspec.json.encode(event(1)).decode()
    assert "\n" not in body
    assert written(Events(event(1))) == (
        f"retry: 2000\n\nid: 1\nevent: job_state\ndata: {body}\n\nevent: end\ndata: {{}}\n\n"
    )


def test_events_of_a_project_have_its_number() -> None:
    """Whoever watches a project comes back with the position."""
    assert "id: 101\n" in written(Events(event(1)), number="position")


def test_lines() -> None:
    """One event a line, and nothing else."""
    lines = written(Events(event(1), event(2)), LINES).splitlines()
    assert [msgspec.json.decode(line, type=Event) for line in lines] == [event(1), event(2)]


def test_the_end_of_a_token() -> None:
    """Nobody watches longer than they may; the page is told why."""
    assert written(Events(event(1), then="wait"), until=NOW) == (
        "retry: 2000\n\nevent: unauthorized\ndata: {}\n\n"
    )
    assert written(Events(event(1), then="wait"), LINES, until=NOW - timedelta(days=1)) == ""


def test_a_token_that_is_taken_back() -> None:
    """It is asked again after a minute, and not before; then it is over."""
    moments = [NOW + timedelta(seconds=seconds) for seconds in (0, 0, 59, 60, 61, 120)]
    asked: list[datetime] = []

    async def run() -> bytes:
        async def is_welcome() -> bool:
            asked.append(NOW)
            return len(asked) < 2

        told = stream_of(
            Events(*[event(seq) for seq in range(1, 9)]).follow(),
            SSE,
            number="seq",
            streams=Streams(LimitsSettings()),
            reader=Reader(project_id="blue", is_welcome=is_welcome),
            now=lambda: moments.pop(0),
        )
        return await all_of(told.pieces)

    told = asyncio.run(run()).decode()
    assert told.count("id: ") == 4
    assert told.endswith("event: unauthorized\ndata: {}\n\n")
    assert (len(asked), moments) == (2, [])


def test_what_breaks_off_has_no_end(caplog: pytest.LogCaptureFixture) -> None:
    """Without ``event: end`` a reader comes back, and then hears why."""
    assert written(Events(event(1), then="fail")).endswith("}\n\n")
    assert [each.getMessage() for each in caplog.records] == [
        "a stream of events broke off: 1000 events behind"
    ]


def test_silence_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies hear something now and then, and no event is lost meanwhile."""
    monkeypatch.setattr(stream, "_SILENCE_SECONDS", 0.001)

    async def run() -> list[bytes]:
        coming = asyncio.Event()

        async def follow() -> AsyncGenerator[Event]:
            await coming.wait()
            yield event(1)

        pieces = stream_of(
            follow(),
            SSE,
            number="seq",
            streams=Streams(LimitsSettings()),
            reader=Reader(project_id="blue"),
        ).pieces
        told = [await anext(pieces) for _ in range(3)]
        coming.set()
        return [*told, *[piece async for piece in pieces if piece != b":\n\n"]]

    told = asyncio.run(run())
    assert told[:3] == [b"retry: 2000\n\n", b":\n\n", b":\n\n"]
    assert told[3].startswith(b"id: 1\n")
    assert told[4:] == [b"event: end\ndata: {}\n\n"]


def test_the_process_ends() -> None:
    """Streams let go of their connections at once, without an end."""

    async def run() -> bytes:
        streams = Streams(LimitsSettings())
        pieces = opened(Events(then="wait"), streams).pieces
        first = await anext(pieces)
        assert streams.open_now == 1
        streams.close()
        return first + await all_of(pieces)

    assert asyncio.run(run()) == b"retry: 2000\n\n"


def test_no_more_than_so_many() -> None:
    """For a project and for the process; who goes makes room."""

    async def run() -> list[str]:
        streams = Streams(LimitsSettings(streams=2, streams_per_project=1))
        codes = []
        with streams.counted("blue"):
            for project in ("blue", "red"):
                try:
                    streams.check(project)
                except Refused as refused:
                    codes.append(f"{project} {refused.code} {refused.headers['Retry-After']}")
            with (
                streams.counted("red"),
                pytest.raises(Refused, match="this process serves 2 streams already"),
            ):
                streams.check("green")
        streams.check("blue")
        return codes

    assert asyncio.run(run()) == ["blue rate.exceeded 5"]


def test_who_comes_at_the_same_moment_is_counted() -> None:
    """Before anything was sent to the first; who is sent nothing at all makes room again."""

    async def run() -> None:
        streams = Streams(LimitsSettings(streams_per_project=1))
        first = opened(Events(), streams)
        with pytest.raises(Refused, match="the project watches with 1 streams already"):
            opened(Events(), streams)

        async def send(_message: Message) -> None:
            assert streams.open_now == 1

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        await send_stream(send, receive, first, is_head=True)
        assert streams.open_now == 0
        assert await all_of(opened(Events(), streams).pieces) != b""

    asyncio.run(run())


def test_a_reader_that_goes_away() -> None:
    """Nothing is left behind: no task, no follower, no count."""

    async def run() -> None:
        streams = Streams(LimitsSettings())
        events = Events(event(1), then="wait")
        sent: list[Message] = []
        has_seen = asyncio.Event()

        async def send(message: Message) -> None:
            sent.append(message)
            if b"id: 1" in message.get("body", b""):
                has_seen.set()

        async def receive() -> Message:
            await has_seen.wait()
            return {"type": "http.disconnect"}

        async with asyncio.timeout(5):
            await send_stream(send, receive, opened(events, streams))
        assert (streams.open_now, events.is_open) == (0, False)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert sent[0]["status"] == 200
        assert dict(sent[0]["headers"]) == {
            b"cache-control": b"no-store",
            b"x-accel-buffering": b"no",
            b"content-type": b"text/event-stream",
        }

    asyncio.run(run())
