# SPDX-License-Identifier: Apache-2.0
"""Answers as ASGI messages: whole ones at once, streams piece by piece until the caller goes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing

from stackloom.service.rest.answer import Stream
from stackloom.service.rest.asgi import Message, Receive, Send

_BODILESS = frozenset({204, 304})


async def send_whole(
    send: Send,
    status: int,
    body: bytes,
    *,
    media_type: str,
    headers: Mapping[str, str],
    is_head: bool = False,
) -> None:
    """Send an answer that is there as a whole.

    Args:
        is_head: the length is told, and the body is not sent.
    """
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    if status not in _BODILESS:
        pairs.append((b"content-type", media_type.encode()))
        pairs.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    sent = b"" if is_head or status in _BODILESS else body
    await send({"type": "http.response.body", "body": sent})


def without_body(send: Send) -> Send:
    """Return what sends an answer to HEAD, from whoever makes the one to GET."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sent


async def send_stream(
    send: Send, receive: Receive, stream: Stream, *, is_head: bool = False
) -> None:
    """Send pieces as they come, and stop as soon as the caller has gone."""
    pairs = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in stream.headers.items()
    ]
    pairs.append((b"content-type", stream.media_type.encode()))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        if not is_head:
            await _send_pieces(send, receive, stream)
        await send({"type": "http.response.body", "body": b""})
    finally:
        stream.close()


async def _send_pieces(send: Send, receive: Receive, stream: Stream) -> None:
    async def sending() -> None:
        async with aclosing(stream.pieces) as given:
            async for piece in given:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        leaving.cancel()

    async def until_gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        pieces.cancel()

    async with asyncio.TaskGroup() as group:
        pieces = group.create_task(sending())
        leaving = group.create_task(until_gone())
