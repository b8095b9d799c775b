# SPDX-License-Identifier: Apache-2.0
"""A connection of uvicorn's on which request line and headers have an end, in bytes and in time.

uvicorn takes headers as long as they come (0.54, ``protocols/http/httptools_impl.py``), and holds
a connection on which nothing is said for ever. Bodies have their limits in ``rest/body.py``.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from stackloom.service.refusal import Refused
from stackloom.service.rest.refusals import Refusals


class Connection(HttpToolsProtocol):
    """uvicorn's, with limits on the head of a request.

    Attributes:
        most_head_bytes: of request line and headers; a token and a cookie have 12 KiB at most.
        head_seconds: within which a head has to have come, counted from its first byte, or from
            the beginning of the connection.
    """

    most_head_bytes: ClassVar[int] = 64 * 1024
    head_seconds: ClassVar[float] = 30.0

    _head_bytes = 0
    _is_in_head = True
    _is_refused = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand on what has come, and count it for as long as the head is not complete."""
        if self._is_refused:
            return
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self.most_head_bytes:
                self._too_long()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._head_bytes, self._is_in_head = 0, True
        self._wait()

    def on_headers_complete(self) -> None:
        """End a head."""
        if self._is_refused:
            return
        self._is_in_head = False
        self._stop_waiting()
        # What came in one piece has not been counted.
        length = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if length > self.most_head_bytes:
            self._too_long()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand on what belongs to a request that is answered."""
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request that is answered."""
        if not self._is_refused:
            super().on_message_complete()

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.head_seconds, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_long(self) -> None:
        self._refuse(
            Refused(
                "header.too-large",
                f"request line and headers are longer than {self.most_head_bytes} bytes",
            )
        )

    def _too_slow(self) -> None:
        self._timer = None
        self._refuse(
            Refused(
                "request.took-too-long",
                f"the request did not arrive within {self.head_seconds:g} s",
            )
        )

    def _refuse(self, refused: Refused) -> None:
        """Say no and hang up; in the middle of another answer only hang up."""
        self._is_refused = True
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if not is_answering and not self.transport.is_closing():
            request_id = f"req-{uuid4()}"
            refusals = Refusals(help_url="/v1/docs", challenge="")
            refusal = refusals.of(refused, path="", request_id=request_id)
            content, media_type = refusal.body("")
            head = (
                f"HTTP/1.1 {refusal.status} Refused\r\ncontent-type: {media_type}\r\n"
                f"content-length: {len(content)}\r\nconnection: close\r\n"
                f"x-openstack-request-id: {request_id}\r\n\r\n"
            )
            self.transport.write(head.encode("ascii") + content)
        self.transport.close()
