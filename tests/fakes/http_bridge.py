# SPDX-License-Identifier: Apache-2.0
"""A fake cloud on a port of the loopback, for what opens its own connections."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from stackloom.transport.client import Lost, NotSent, Request, Transport


class _Server(ThreadingHTTPServer):
    # Whoever asks for all kinds at once opens twenty connections; those beyond the queue would try
    # again after a second.
    request_queue_size = 128


@contextmanager
def served(cloud: Transport) -> Iterator[str]:
    """Serve *cloud* and give out its address; a lost answer is a connection that is closed."""
    lock = Lock()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))) or None
            headers = {name.lower(): value for name, value in self.headers.items()}
            url = f"http://{self.headers['host']}{self.path}"
            request = Request(method=self.command, url=url, headers=headers, body=body)
            try:
                with lock:
                    answer = asyncio.run(cloud.send(request))
            except (Lost, NotSent):
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _handle  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
