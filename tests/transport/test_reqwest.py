# SPDX-License-Identifier: Apache-2.0
"""What only the real transport does: addresses, TLS files, and text that hides secrets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from stackloom.errors import BadConfig
from stackloom.transport.client import NotSent, Request, Tls
from stackloom.transport.reqwest import ReqwestTransport

# Where nobody listens, so that TLS has to be ready and nothing comes of it.
_CLOSED = "https://127.0.0.1:1/"


def _send(url: str, tls: Tls | None = None) -> None:
    async def run() -> None:
        transport = ReqwestTransport(tls=tls)
        try:
            await transport.send(Request(method="GET", url=url))
        finally:
            await transport.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:99999/", "it is no address: invalid port number"),
        ("http://[::1/", "it is no address: invalid IPv6 address"),
        ("nonsense", "it is no address: relative URL without a base"),
        ("ftp://127.0.0.1/", "URL scheme is not allowed"),
    ],
)
def test_an_address_that_is_none_has_sent_nothing(url: str, reason: str) -> None:
    """A catalog with a mistyped address ends in a message, not in a traceback."""
    with pytest.raises(NotSent) as caught:
        _send(url)
    assert str(caught.value) == reason


def test_a_missing_tls_file_is_named() -> None:
    """A file that cannot be read is named, with where to set it."""
    with pytest.raises(BadConfig) as caught:
        _send(_CLOSED, Tls(ca_file=Path("/nowhere/ca.pem")))
    assert caught.value.message == "cannot read /nowhere/ca.pem: No such file or directory"
    assert caught.value.hint == (
        "check cacert, cert and key in clouds.yaml, or OS_CACERT, OS_CERT and OS_KEY"
    )


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    """A CA file without any certificate is told at once, not as an untrusted server later."""
    file = tmp_path / "ca.pem"
    file.write_text("garbage")
    with pytest.raises(BadConfig) as caught:
        _send(_CLOSED, Tls(ca_file=file))
    assert caught.value.message == f"a TLS file is not usable PEM: {file} holds no certificate"


def test_a_broken_certificate_is_refused(tmp_path: Path) -> None:
    """A CA file whose certificate cannot be read is told at once."""
    file = tmp_path / "ca.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nbm9wZQ==\n-----END CERTIFICATE-----\n")
    with pytest.raises(BadConfig, match="a TLS file is not usable PEM"):
        _send(_CLOSED, Tls(ca_file=file))


@pytest.mark.parametrize("with_key", [True, False])
def test_a_client_certificate_that_is_none_is_refused(tmp_path: Path, with_key: bool) -> None:
    """A certificate of ours that is no PEM is told at once, with and without a key of its own."""
    file = tmp_path / "own.pem"
    file.write_text("garbage")
    with pytest.raises(BadConfig, match="a TLS file is not usable PEM"):
        _send(_CLOSED, Tls(certificate_file=file, key_file=file if with_key else None))


def test_without_verification_the_ca_file_is_not_read() -> None:
    """``insecure`` trusts every server, whatever ``cacert`` says."""
    with pytest.raises(NotSent):
        _send(_CLOSED, Tls(verify=False, ca_file=Path("/nowhere/ca.pem")))


def test_plain_http_reads_no_file_about_tls() -> None:
    """It trusts nobody and takes no time to: to load certificates takes longer than many a list."""
    with pytest.raises(NotSent):
        _send("http://127.0.0.1:1/", Tls(ca_file=Path("/nowhere/ca.pem")))


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_before_plain_http_may_speak_tls(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So what is trusted counts for it: nobody is trusted by mistake."""
    monkeypatch.setenv(variable, "https://127.0.0.1:1")
    with pytest.raises(BadConfig, match="cannot read"):
        _send("http://127.0.0.1:1/", Tls(ca_file=Path("/nowhere/ca.pem")))


@pytest.mark.parametrize("token", ["gAAAA\nsecret", "gAAAA\x00secret"])
def test_a_header_that_cannot_be_sent_is_not_quoted(token: str) -> None:
    """A damaged token must not appear in a message."""

    async def ask() -> None:
        request = Request(method="GET", url="http://127.0.0.1:1/", headers={"X-Auth-Token": token})
        await ReqwestTransport().send(request)

    with pytest.raises(NotSent) as caught:
        asyncio.run(ask())
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"


# --- cancelled ------------------------------------------------------------------------------------


class _Pieces:
    """A sink that says when something arrives."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()

    def begin(self) -> None:
        pass

    def write(self, piece: bytes) -> None:
        self.arrived.set()


async def _never_ending(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with pieces that come close upon each other, as events do that wait to be told."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    try:
        while True:
            writer.write(b"1\r\n.\r\n")
            await writer.drain()
            await asyncio.sleep(0)
    except ConnectionError:
        writer.close()


def test_a_cancellation_that_comes_with_a_piece_is_not_lost() -> None:
    """Whoever leaves a stream of events comes away, also when the next one is just there."""

    async def leave(transport: ReqwestTransport, url: str) -> bool:
        pieces = _Pieces()
        request = Request(method="GET", url=url, sink=pieces, is_live=True)
        carrying = asyncio.ensure_future(transport.send(request))
        await pieces.arrived.wait()
        carrying.cancel()
        await asyncio.wait([carrying], timeout=5)
        return carrying.cancelled()

    async def run() -> None:
        transport = ReqwestTransport()
        async with await asyncio.start_server(_never_ending, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            for _ in range(40):
                assert await leave(transport, f"http://127.0.0.1:{port}/")
        await transport.close()

    asyncio.run(run())
