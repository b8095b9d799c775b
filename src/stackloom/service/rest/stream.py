# SPDX-License-Identifier: Apache-2.0
"""Events as they happen: server-sent events or JSON lines, until the job, the token or we end.

A stream that breaks off without ``event: end`` is no loss: its reader comes back with the number
of the last event that it has seen, and goes on after it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from stackloom.service.refusal import Refused
from stackloom.service.rest.answer import Stream
from stackloom.service.settings import LimitsSettings
from stackloom.wire.event import Event

log = logging.getLogger(__name__)

SSE = "text/event-stream"
LINES = "application/jsonl"
Number = Literal["seq", "position"]

# Proxies and load balancers end what is silent for 30 s and more.
_SILENCE_SECONDS = 15.0
# As long as a token is believed elsewhere before Keystone is asked again.
BELIEVED = timedelta(seconds=60)
_RETRY = b"retry: 2000\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Streams:
    """Counts those that watch this process, and ends them when it ends."""

    def __init__(self, limits: LimitsSettings) -> None:
        self._most = limits.streams
        self._most_per_project = limits.streams_per_project
        self._by_project: Counter[str] = Counter()
        self.closing = asyncio.Event()

    @property
    def open_now(self) -> int:
        """How many there are."""
        return self._by_project.total()

    def close(self) -> None:
        """Let all of them end, so that their connections can be closed."""
        self.closing.set()

    def check(self, project_id: str) -> None:
        """Check that one more may be opened.

        Raises:
            Refused: there are as many as there may be.
        """
        if self._by_project[project_id] >= self._most_per_project:
            raise _too_many(f"the project watches with {self._most_per_project} streams")
        if self.open_now >= self._most:
            raise _too_many(f"this process serves {self._most} streams")

    @contextmanager
    def counted(self, project_id: str) -> Iterator[None]:
        """Count one for as long as it lasts."""
        self._by_project[project_id] += 1
        try:
            yield
        finally:
            self._by_project[project_id] -= 1
            if not self._by_project[project_id]:
                del self._by_project[project_id]


def _too_many(what: str) -> Refused:
    return Refused(
        "rate.exceeded",
        f"{what} already, and no more are opened",
        hint="one stream of /v1/events tells everything about the project",
        headers={"Retry-After": "5"},
    )


async def always() -> bool:
    """Believe a reader for as long as the token says."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who watches.

    Attributes:
        until: when the token ends; None for never.
        is_welcome: asks once a minute whether the token is still good.
    """

    project_id: str
    until: datetime | None = None
    is_welcome: Callable[[], Awaitable[bool]] = always


def stream_of(
    events: AsyncIterator[Event],
    media_type: str,
    *,
    number: Number,
    streams: Streams,
    reader: Reader,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Stream:
    """Return the answer that tells *events*.

    Args:
        media_type: `SSE` or `LINES`.
        number: which number of an event its reader comes back with.

    Raises:
        Refused: too many are watching.
    """
    streams.check(reader.project_id)
    # From here on, not from the first piece on: many may come before that.
    counted = ExitStack()
    counted.enter_context(streams.counted(reader.project_id))
    writing = _Sse(number) if media_type == SSE else _Lines()

    async def pieces() -> AsyncGenerator[bytes]:
        with counted:
            yield writing.begin
            told = _told(events, writing, streams.closing, reader, now)
            async with aclosing(told):
                async for piece in told:
                    yield piece

    return Stream(pieces=pieces(), media_type=media_type, headers=_HEADERS, close=counted.close)


class _Sse:
    begin = _RETRY
    silence = b":\n\n"
    end = b"event: end\ndata: {}\n\n"
    unauthorized = b"event: unauthorized\ndata: {}\n\n"

    def __init__(self, number: Number) -> None:
        self._number = number
        self._encoder = msgspec.json.Encoder()

    def event(self, event: Event) -> bytes:
        number = event.seq if self._number == "seq" else event.position
        type = event.__struct_config__.tag
        return b"id: %d\nevent: %s\ndata: %s\n\n" % (
            number,
            str(type).encode(),
            self._encoder.encode(event),
        )


class _Lines:
    begin = b""
    silence = b"\n"
    end = b""
    unauthorized = b""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()

    def event(self, event: Event) -> bytes:
        return self._encoder.encode(event) + b"\n"


async def _told(
    events: AsyncIterator[Event],
    writing: _Sse | _Lines,
    closing: asyncio.Event,
    reader: Reader,
    now: Callable[[], datetime],
) -> AsyncGenerator[bytes]:
    """Write events, something in every silence, and why it is over."""
    # Tasks of their own: waiting for the next event has to outlast the silence that it brings.
    close = asyncio.ensure_future(closing.wait())
    asked_at = now()
    coming = asyncio.ensure_future(anext(events))
    try:
        while True:
            moment = now()
            left = (reader.until - moment).total_seconds() if reader.until else _SILENCE_SECONDS
            is_welcome = left > 0
            if is_welcome and moment - asked_at >= BELIEVED:
                asked_at, is_welcome = moment, await reader.is_welcome()
            if not is_welcome:
                yield writing.unauthorized
                return
            done, _ = await asyncio.wait(
                {coming, close},
                timeout=min(left, _SILENCE_SECONDS),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if coming in done:
                yield writing.event(coming.result())
                coming = asyncio.ensure_future(anext(events))
            elif close in done:
                return
            else:
                yield writing.silence
    except StopAsyncIteration:
        yield writing.end
    except Refused as refused:
        # The reader comes back, and is then told why it cannot be.
        log.warning("a stream of events broke off: %s", refused.message)
    finally:
        close.cancel()
        coming.cancel()
        await asyncio.wait({close, coming})
        if isinstance(events, AsyncGenerator):
            await events.aclose()
