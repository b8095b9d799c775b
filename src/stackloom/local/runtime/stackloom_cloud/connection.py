# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""One HTTP connection of a service, with what its requests may have to suffer.

A request that has to wait is put aside with its connection and taken up again when its time has
come: waiting takes no worker, so a hundred requests wait as long as one. Knows nothing of which
fault hits whom (``faults.py``) nor of what a refusal says (``fault_answers.py``).
"""

from __future__ import annotations

import heapq
import itertools
import sys
import threading
import time
from typing import Any

from cheroot import server, wsgi

from . import fault_answers, internal
from .faults import Fault, Verdict

_MOST_LEARNED_BYTES = 4_000_000
_LOOK_SECONDS = 0.05


class Request(server.HTTPRequest):
    """A request that may be judged."""

    def __init__(self, http_server: Any, connection: Connection) -> None:
        super().__init__(http_server, connection)
        self.is_parsed = False
        self.verdict: Verdict | None = None
        self.answered: bytes | None = None
        self._is_last = False

    def parse_request(self) -> None:
        """Read the head, unless that is done already and the request was put aside."""
        if not self.is_parsed:
            super().parse_request()
            return
        self.close_connection = self._is_last

    def respond(self) -> None:
        """Answer, or suffer."""
        if not self.is_parsed:
            self.is_parsed = True
            self.verdict = self.server.faults.judge(
                self.method.decode("latin-1"),
                self.path.decode("latin-1"),
                is_internal=internal.is_internal(self.conn.remote_addr),
            )
            if self.verdict is not None and self.verdict.wait_seconds:
                self._put_aside()
                return
        started = time.monotonic()
        if self.verdict is None:
            super().respond()
        else:
            self._suffer(self.verdict)
        self._log(time.monotonic() - started)

    def _put_aside(self) -> None:
        self._is_last = self.close_connection
        # A connection that is not to be closed is given back to the server: see `put_conn`.
        self.close_connection = False
        self.conn.waiting = self
        self.conn.waiting_since = time.monotonic()

    def _suffer(self, verdict: Verdict) -> None:
        fault = verdict.fault
        if verdict.learn is not None:
            self.answered = b""
        if fault is not None and fault.drop == "request":
            self.close_connection = True
        elif fault is not None and (fault.drop == "answer" or fault.truncates):
            self._withhold(fault)
        else:
            super().respond()

    def _withhold(self, fault: Fault) -> None:
        """Do what is asked, and send half of the answer, or nothing."""
        wire = self.conn.wfile
        withheld = self.conn.wfile = _Withheld()
        try:
            super().respond()
        finally:
            self.conn.wfile = wire
        if fault.truncates:
            head, blank, body = bytes(withheld.content).partition(b"\r\n\r\n")
            wire.write(head + blank + body[: len(body) // 2])
        self.close_connection = True

    def learn(self, chunk: bytes) -> None:
        """Look at a part of the answer, before it is sent, for what was created."""
        assert self.verdict is not None, "asked for by the verdict"
        if self.answered is None or self.verdict.learn is None or not self.status.startswith(b"2"):
            return
        self.answered += chunk
        if len(self.answered) > _MOST_LEARNED_BYTES:
            self.answered = None
            return
        for id in fault_answers.created_ids(self.answered):
            self.verdict.learn(id)

    def _log(self, seconds: float) -> None:
        """Write a line as oslo.log writes them, so that one request can be followed everywhere."""
        own = next((v for k, v in self.outheaders if k.lower() == _REQUEST_ID), b"-")
        of_caller = self.inheaders.get(b"X-Openstack-Request-Id", b"None")
        status = self.status[:3] if self.status else b"---"
        head = b'[%b %b] %b "%b %b" status: %b' % (
            of_caller, own, (self.conn.remote_addr or "").encode(), self.method, self.uri, status,
        )  # fmt: skip
        ids = self.verdict.ids if self.verdict is not None else ()
        suffered = f" fault: {','.join(ids)}" if ids else ""
        now = time.time()
        sys.stderr.write(
            f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(now))}.{int(now % 1 * 1000):03d}"
            f" {self.server.pid} INFO stackloom.access {head.decode('latin-1')}"
            f" time: {seconds:.4f}{suffered}\n"
        )


_REQUEST_ID = b"x-openstack-request-id"


class _Withheld:
    """Takes what was to be written to a client."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.bytes_written = 0

    def write(self, data: bytes) -> int:
        self.content += data
        self.bytes_written += len(data)
        return len(data)


class Gateway(wsgi.Gateway_10):
    """Asks the application, and lets the request see what it answers."""

    def write(self, chunk: bytes) -> None:
        """Send a part of the body."""
        if self.req.answered is not None:
            self.req.learn(chunk)
        super().write(chunk)


class _Hiding(Gateway):
    """Asks the application for a list, and takes from it what is not to be seen yet."""

    def respond(self) -> None:
        """Send it once it is whole: what it says of its length comes first."""
        parts: list[bytes] = []
        answered: list[Any] = []

        def start_response(*status_and_headers: Any) -> Any:
            answered[:] = status_and_headers
            return parts.append

        response = self.req.server.wsgi_app(self.env, start_response)
        try:
            parts += response
        finally:
            if hasattr(response, "close"):
                response.close()
        status, headers, *_ = answered
        body = b"".join(parts)
        if status.startswith("200"):
            body, hidden = fault_answers.without(body, self.req.verdict.hidden)
            self.req.server.faults.hid(self.req.verdict, hidden)
            if hidden:
                headers = [each for each in headers if each[0].lower() != "content-length"]
                headers.append(("Content-Length", str(len(body))))
        self.start_response(status, headers)
        if body:  # without one there is nothing to end
            self.write(body)
        self.req.ensure_headers_sent()


class _Refusal(server.Gateway):
    """Answers in place of the application."""

    def __init__(self, request: Request, fault: Fault, retry_after_seconds: int) -> None:
        super().__init__(request)
        default = 404 if fault.unseen_seconds else 429
        self._answer = fault_answers.answer(
            fault.status or default,
            request.server.service_type,
            fault=fault.id,
            is_html=fault.is_html,
            retry_after_seconds=retry_after_seconds,
        )

    def respond(self) -> None:
        """Send it."""
        self.req.status = self._answer.status.encode("latin-1")
        self.req.outheaders += [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in self._answer.headers
        ]
        self.req.ensure_headers_sent()
        if self.req.method != b"HEAD":
            self.req.write(self._answer.body)


def gateway(request: Request) -> server.Gateway:
    """Return what answers this request."""
    verdict = request.verdict
    if verdict is None or (fault := verdict.fault) is None or fault.drop or fault.truncates:
        return _Hiding(request) if verdict is not None and verdict.hidden else Gateway(request)
    return _Refusal(request, fault, verdict.retry_after_seconds)


class Connection(server.HTTPConnection):
    """A connection whose request may be waiting.

    Attributes:
        waiting: the request that was put aside, if any; it is taken up by the next worker.
        waiting_since: when that was, by the monotonic clock.
    """

    waiting: Request | None = None
    waiting_since = 0.0

    def due(self) -> float:
        """Return when the request is to be taken up; earlier where a fault was cleared."""
        assert self.waiting is not None, "put aside"
        assert self.waiting.verdict is not None, "judged before it was put aside"
        self.waiting.server.faults.reconsider(self.waiting.verdict)
        return self.waiting_since + self.waiting.verdict.wait_seconds

    def RequestHandlerClass(self, http_server: Any, connection: Connection) -> Request:  # noqa: N802
        """Return the request that waits, or one that is still to be read."""
        request, self.waiting = self.waiting, None
        return request or Request(http_server, connection)


class WaitingRoom(threading.Thread):
    """Hands each connection back to the server when its request has waited long enough.

    Or as soon as what it waits for is cleared: while somebody waits, it looks for that.
    """

    def __init__(self, http_server: Any) -> None:
        super().__init__(name="waiting-room", daemon=True)
        self._server = http_server
        self._changed = threading.Condition()
        self._order = itertools.count()
        self._connections: list[tuple[float, int, Connection]] = []
        self._generation = b""

    def put(self, connection: Connection) -> None:
        """Take a connection whose request waits."""
        with self._changed:
            heapq.heappush(self._connections, (connection.due(), next(self._order), connection))
            self._changed.notify()

    def run(self) -> None:
        """Wait, and hand back, for as long as the process lives."""
        while True:
            self._server.process_conn(self._next())

    def _next(self) -> Connection:
        with self._changed:
            while True:
                now = time.monotonic()
                if self._connections and self._connections[0][0] <= now:
                    return heapq.heappop(self._connections)[2]
                seconds = self._connections[0][0] - now if self._connections else None
                self._changed.wait(None if seconds is None else min(seconds, _LOOK_SECONDS))
                self._look_for_changes()

    def _look_for_changes(self) -> None:
        """Reckon anew when each is due, if the faults have changed."""
        generation = self._server.faults.generation()
        if generation != self._generation:
            self._generation = generation
            self._connections = [(each.due(), at, each) for _, at, each in self._connections]
            heapq.heapify(self._connections)
