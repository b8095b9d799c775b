# SPDX-License-Identifier: Apache-2.0
"""Proxies are named by the variables that everybody knows, to every transport."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from stackloom.transport.blocking import BlockingTransport, run_alone
from stackloom.transport.client import NotSent, Request, Tls, Transport
from stackloom.transport.openssl import BlockingOpenSslTransport, OpenSslTransport
from stackloom.transport.reqwest import ReqwestTransport

_HTTPS_TUNNEL = "CONNECT"


class _Proxy:
    """What stands in for a proxy: it answers itself, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.address = ""


@contextmanager
def _listening() -> Iterator[_Proxy]:
    proxy = _Proxy()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            proxy.asked.append(f"{self.command} {self.path}")
            self.send_response(502 if self.command == _HTTPS_TUNNEL else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_CONNECT = _handle  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.address = f"127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def proxy() -> Iterator[_Proxy]:
    """A proxy on the loopback."""
    with _listening() as listening:
        yield listening


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's proxies out of the way."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _send(make: Callable[[], Transport], url: str, *, alone: bool) -> int:
    async def run() -> int:
        transport = make()
        try:
            return (await transport.send(Request(method="GET", url=url))).status
        finally:
            await transport.close()

    return run_alone(run()) if alone else asyncio.run(run())


_TRANSPORTS: dict[str, tuple[Callable[[], Transport], bool]] = {
    "reqwest": (ReqwestTransport, False),
    "blocking": (BlockingTransport, True),
    "openssl": (lambda: OpenSslTransport(tls=Tls(), user_agent="x"), False),
    "blocking-openssl": (lambda: BlockingOpenSslTransport(tls=Tls(), user_agent="x"), True),
}


@pytest.mark.parametrize("name", _TRANSPORTS)
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_requests_go_through_the_proxy(
    name: str, variable: str, proxy: _Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the whole address in the request line."""
    make, alone = _TRANSPORTS[name]
    monkeypatch.setenv(variable, f"http://{proxy.address}")
    assert _send(make, "http://cloud.test/v3", alone=alone) == 200
    assert proxy.asked == ["GET http://cloud.test/v3"]


@pytest.mark.parametrize("name", _TRANSPORTS)
def test_encrypted_requests_ask_for_a_tunnel(
    name: str, proxy: _Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy refuses it here; then nothing was sent."""
    make, alone = _TRANSPORTS[name]
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    with pytest.raises(NotSent):
        _send(make, "https://cloud.test/v3", alone=alone)
    assert proxy.asked == ["CONNECT cloud.test:443"]


@pytest.mark.parametrize("name", _TRANSPORTS)
def test_what_no_proxy_names_is_asked_directly(
    name: str, proxy: _Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the local cloud has to be, behind a company's proxy."""
    make, alone = _TRANSPORTS[name]
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
    monkeypatch.setenv("NO_PROXY", "elsewhere.test,127.0.0.1")
    with _listening() as server:
        assert _send(make, f"http://{server.address}/v3", alone=alone) == 200
        assert server.asked == ["GET /v3"]
    assert proxy.asked == []
