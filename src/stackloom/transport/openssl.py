# SPDX-License-Identifier: Apache-2.0
"""The other TLS library: OpenSSL, for certificates that rustls refuses on principle.

A server whose certificate is its own CA (``openssl req -x509``, as many labs have) is trusted by
curl and requests once that certificate is given as ``cacert``; rustls calls it
``CaUsedAsEndEntity``, whatever is given. OpenSSL checks such a certificate as strictly as any
other. Importing httpx2 costs 0.2 s, so only ``reqwest.py`` and ``blocking.py`` import this module,
and only when it is needed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from stackloom.errors import BadConfig
from stackloom.transport.client import (
    CONNECT_SECONDS,
    IDLE_SECONDS,
    READ_SECONDS,
    Answer,
    Lost,
    NotSent,
    Request,
    Tls,
    request_headers,
)
from stackloom.transport.reqwest import sent_in_pieces
from stackloom.transport.stream import PIECE_BYTES, is_streamed
from stackloom.transport.trust import certificates, unreadable

_TIMEOUT = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=None)
_LIMITS = httpx2.Limits(keepalive_expiry=IDLE_SECONDS)
# Until these the request has not left: no connection, no TLS, or nothing that could be sent.
_BEFORE_SENDING = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


class OpenSslTransport:
    """httpx2 under asyncio; see ``client.ReqwestTransport``."""

    def __init__(self, *, tls: Tls, user_agent: str) -> None:
        self._client = httpx2.AsyncClient(
            verify=context(tls),
            timeout=_TIMEOUT,
            limits=_LIMITS,
            headers={"User-Agent": user_agent},
            follow_redirects=False,
        )

    async def send(self, request: Request) -> Answer:
        """Send one request and read its whole answer; fails as ``client.Transport`` says."""
        with _told_apart():
            content = sent_in_pieces(request.upload) if request.upload else request.body
            async with self._client.stream(
                request.method,
                request.url,
                headers=request_headers(request),
                content=content,
            ) as response:
                if request.sink is None or not is_streamed(response.status_code):
                    return _answer(response, await response.aread())
                request.sink.begin()
                if request.is_live:
                    async for piece in response.aiter_bytes():
                        request.sink.write(piece)
                    return _answer(response, b"")
                async for piece in response.aiter_bytes(PIECE_BYTES):
                    await asyncio.to_thread(request.sink.write, piece)
                return _answer(response, b"")

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


class BlockingOpenSslTransport:
    """httpx2 without asyncio; see ``blocking.BlockingTransport``."""

    def __init__(self, *, tls: Tls, user_agent: str) -> None:
        self._client = httpx2.Client(
            verify=context(tls),
            timeout=_TIMEOUT,
            limits=_LIMITS,
            headers={"User-Agent": user_agent},
            follow_redirects=False,
        )

    async def send(self, request: Request) -> Answer:
        """Send one request and read its whole answer; nothing else runs meanwhile."""
        with _told_apart():
            content = request.upload.pieces() if request.upload else request.body
            with self._client.stream(
                request.method,
                request.url,
                headers=request_headers(request),
                content=content,
            ) as response:
                if request.sink is None or not is_streamed(response.status_code):
                    return _answer(response, response.read())
                request.sink.begin()
                for piece in response.iter_bytes(None if request.is_live else PIECE_BYTES):
                    request.sink.write(piece)
                return _answer(response, b"")

    async def close(self) -> None:
        """Give the connections back."""
        self._client.close()


def context(tls: Tls) -> ssl.SSLContext:
    """Return what OpenSSL needs to know; with a ``cacert``, nothing else is trusted.

    Raises:
        BadConfig: a file of *tls* cannot be read or used.
    """
    try:
        trusted = certificates(tls.ca_file).decode("ascii") if tls.ca_file and tls.verify else None
        made = ssl.create_default_context(cadata=trusted)
        # As requests does, and unlike curl: a name counts only where certificates have it today.
        made.hostname_checks_common_name = False
        # Python 3.13 refuses a CA without keyUsage, which curl and requests of old do not.
        made.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if not tls.verify:
            made.check_hostname = False
            made.verify_mode = ssl.CERT_NONE
        if tls.certificate_file:
            made.load_cert_chain(tls.certificate_file, tls.key_file, password="")
    except ssl.SSLError as error:
        raise BadConfig(
            f"a TLS file is not usable PEM: {error.reason or 'not what OpenSSL expects'}",
            hint="cacert, cert and key must be PEM files, and the key without a passphrase",
        ) from error
    except (OSError, ValueError) as error:
        raise unreadable(error) from error
    return made


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn httpx2's errors into the two that matter: ``NotSent`` and ``Lost``."""
    try:
        yield
    except (httpx2.LocalProtocolError, UnicodeEncodeError):
        # What it quotes may be a token.
        raise NotSent("a header holds what cannot be sent") from None
    except _BEFORE_SENDING as error:
        raise NotSent(str(error)) from error
    except httpx2.InvalidURL as error:
        raise NotSent(f"it is no address: {error}") from error
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise Lost(str(error) or type(error).__name__) from error


def _answer(response: httpx2.Response, body: bytes) -> Answer:
    """Return an answer of ours; a header that is no text is left out."""
    headers: dict[str, str] = {}
    for name, value in response.headers.raw:
        if value.isascii():
            headers[name.decode("ascii").lower()] = value.decode("ascii")
    return Answer(status=response.status_code, headers=headers, body=body)
