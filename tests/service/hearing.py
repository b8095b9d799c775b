# SPDX-License-Identifier: Apache-2.0
"""Bytes as they are to a socket, and what comes back, also from who hangs up in the middle."""

from __future__ import annotations

import asyncio


class _Hearing(asyncio.Protocol):
    """Gathers what comes while something is still being sent, also from who hangs up on us."""

    def __init__(self) -> None:
        self.heard = b""
        self.is_over = asyncio.Event()
        self.may_send = asyncio.Event()
        self.may_send.set()

    def pause_writing(self) -> None:
        self.may_send.clear()

    def resume_writing(self) -> None:
        self.may_send.set()

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over.set()
        self.may_send.set()


async def said(host: str, port: int, request: bytes, *pieces: bytes) -> tuple[int, str]:
    """Send bytes as they are, and return status and body of the answer; 0 where there is none."""
    loop = asyncio.get_running_loop()
    transport, hearing = await loop.create_connection(_Hearing, host, port)
    transport.write(request)
    for piece in pieces:
        if hearing.is_over.is_set():
            break
        transport.write(piece)
        await hearing.may_send.wait()
    async with asyncio.timeout(20):
        await hearing.is_over.wait()
    transport.close()
    head, _, body = hearing.heard.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head else 0), body.decode()
