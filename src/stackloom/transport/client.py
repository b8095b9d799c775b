# SPDX-License-Identifier: Apache-2.0
"""The seam to the HTTP client: one request goes out, one answer comes back, or a named failure.

What matters to the layers above is one question that HTTP libraries blur: *may the server have
acted on this request?* pyreqwest 0.15 raises ``ConnectError`` also for an answer that was lost
after the request had been sent, and ``ConnectTimeoutError`` for a read that timed out; only the
chain of causes tells them apart (``client error (Connect)``). This module does not know JSON,
tokens or services.
"""

from __future__ import annotations

import atexit
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec
from pyreqwest.bytes import Bytes
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    DetailedPyreqwestError,
    PyreqwestError,
    RequestError,
)
from pyreqwest.response import BaseResponse

from stackloom.errors import BadConfig
from stackloom.transport.stream import PIECE_BYTES, Sink, Upload, is_streamed

log = logging.getLogger(__name__)

ClientT_co = TypeVar("ClientT_co", covariant=True)

CONNECT_SECONDS = 10.0
# Nova's and Neutron's slow calls (a boot on a busy cloud, a cascade of ports) stay under a minute.
READ_SECONDS = 90.0
# cheroot, which serves the local cloud, closes idle connections after 10 s, Apache after 5 s: a
# connection that may be closing is not used for a request that must not be lost.
IDLE_SECONDS = 4.0
# Nothing is read while an image goes out, which may take hours.
UPLOAD_SECONDS = 24 * 3600.0


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request; ``url`` is absolute and has its query.

    Headers and body stay out of its text: they hold tokens, and at a log-in the password.

    Attributes:
        upload: a body in pieces, in place of *body*.
        sink: where the body of a good answer is put; it has none then.
    """

    method: str
    url: str
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes | None = None
    upload: Upload | None = None
    sink: Sink | None = None

    def __repr__(self) -> str:
        return f"Request({self.method} {self.url})"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer; header names are lower case, of repeated ones the last counts.

    Headers and body stay out of its text: the answer to a log-in holds the token.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"


class NotSent(Exception):
    """No connection was made: the server cannot have seen the request."""


class Lost(Exception):
    """The request went out and no whole answer came back: the server may have acted on it."""


class Transport(Protocol):
    """What carries requests. Implementations raise ``NotSent`` or ``Lost``, nothing else."""

    async def send(self, request: Request) -> Answer:
        """Send one request and read its whole answer."""

    async def close(self) -> None:
        """Give the connections back."""


class Tls(msgspec.Struct, frozen=True, kw_only=True):
    """How servers are trusted, and which certificate we show. Paths are absolute.

    Attributes:
        ca_file: certificates to trust: a PEM file, or a directory of them.
        certificate_file: ours; it may hold its key too.
    """

    verify: bool = True
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None


# pyreqwest's threads (0.15.1) may still hold on to the interpreter when a program ends right after
# its last request, and abort it. A moment in which they can let go avoids that; the command line
# leaves without it (cli/main.py).
_LET_GO_SECONDS = 0.02
atexit.register(time.sleep, _LET_GO_SECONDS)


class ReqwestTransport:
    """Rust's reqwest under asyncio. Redirects are answers: Keystone's version list is a 300."""

    def __init__(self, *, tls: Tls | None = None, user_agent: str = "stackloom") -> None:
        self._tls = tls or Tls()
        self._user_agent = user_agent
        self._client = configured(ClientBuilder, self._tls, user_agent)
        self._patient: Client | None = None
        self._instead: Transport | None = None

    async def send(self, request: Request) -> Answer:
        """Send one request and read its whole answer.

        Raises:
            NotSent: no usable address, refused, no such host, TLS not agreed.
            Lost: sent, and then reset, timed out or cut short.
        """
        if self._instead:
            return await self._instead.send(request)
        try:
            return await self._send(request)
        except NotSent as error:
            if not openssl_may_accept(error):
                raise
        if self._instead is None:
            from stackloom.transport.openssl import OpenSslTransport  # noqa: PLC0415 - 0.2 s

            self._instead = OpenSslTransport(tls=self._tls, user_agent=self._user_agent)
            answer = await self._instead.send(request)
            tell_of_openssl(request)
            return answer
        return await self._instead.send(request)

    async def _send(self, request: Request) -> Answer:
        with told_apart(request):
            client = self._for_upload() if request.upload else self._client
            builder = client.request(request.method, request.url)
            builder = builder.headers(request_headers(request))
            if request.body is not None:
                builder = builder.body_bytes(request.body)
            if request.upload:
                builder = builder.body_stream(sent_in_pieces(request.upload))
            if request.sink is None:
                response = await builder.build().send()
                return whole_answer(response, await response.bytes())
            async with builder.build_streamed() as response:
                if not is_streamed(response.status):
                    return whole_answer(response, await response.bytes())
                request.sink.begin()
                while piece := await response.body_reader.read(PIECE_BYTES):
                    await _off_the_loop(request.sink.write, bytes(piece))
                return whole_answer(response, b"")

    def _for_upload(self) -> Client:
        if self._patient is None:
            self._patient = configured(
                ClientBuilder, self._tls, self._user_agent, read_seconds=UPLOAD_SECONDS
            )
        return self._patient

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()
        if self._patient:
            await self._patient.close()
        if self._instead:
            await self._instead.close()


async def sent_in_pieces(upload: Upload) -> AsyncIterator[bytes]:
    """Read the pieces of a body without holding the loop up."""
    pieces = upload.pieces()
    while piece := await _off_the_loop(next, pieces, b""):
        yield piece


async def _off_the_loop(work: Callable[..., Any], *arguments: object) -> Any:
    """Do what may block in a thread."""
    import asyncio  # noqa: PLC0415 - quick commands run without it

    return await asyncio.to_thread(work, *arguments)


# --- what both clients of pyreqwest share ---------------------------------------------------------


class _Builder(Protocol[ClientT_co]):
    """What builds a client: ``ClientBuilder`` or ``SyncClientBuilder``."""

    def build(self) -> ClientT_co:
        """Return the client."""


def configured(
    builder_type: Callable[[], _Builder[ClientT_co]],
    tls: Tls,
    user_agent: str,
    *,
    read_seconds: float = READ_SECONDS,
) -> ClientT_co:
    """Build a client with our timeouts and the trust that *tls* says.

    Raises:
        BadConfig: a file of *tls* cannot be read or used.
    """
    builder: Any = builder_type()  # both builders have the same methods, and no common type
    builder = (
        builder.user_agent(user_agent)
        .follow_redirects(False)
        .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
        .read_timeout(timedelta(seconds=read_seconds))
        .pool_idle_timeout(timedelta(seconds=IDLE_SECONDS))
    )
    try:
        if not tls.verify:
            builder = builder.danger_accept_invalid_certs(True)
        elif tls.ca_file:
            builder = builder.add_root_certificate_pem(certificates(tls.ca_file))
        if tls.certificate_file:
            identity = tls.certificate_file.read_bytes()
            if tls.key_file:
                identity += b"\n" + tls.key_file.read_bytes()
            builder = builder.identity_pem(identity)
        client: ClientT_co = builder.build()
    except (OSError, BuilderError, ValueError, PyreqwestError) as error:
        raise unreadable(error) from error
    return client


def unreadable(error: Exception) -> BadConfig:
    """Return what to tell of a TLS file that cannot be read or used."""
    if isinstance(error, OSError):
        return BadConfig(
            f"cannot read {error.filename}: {error.strerror}",
            hint="check cacert, cert and key in clouds.yaml, or OS_CACERT, OS_CERT and OS_KEY",
        )
    return BadConfig(
        f"a TLS file is not usable PEM: {error}", hint="cacert, cert and key must be PEM files"
    )


# Certificates that rustls (webpki 0.103) refuses whatever is trusted; OpenSSL looks at them again,
# in full. All other refusals of rustls stand.
_ONLY_RUSTLS = ("CaUsedAsEndEntity", "UnsupportedCertVersion", "UnsupportedCriticalExtension")


def openssl_may_accept(error: NotSent) -> bool:
    """Tell whether a certificate was refused for what only rustls minds."""
    return any(words in str(error) for words in _ONLY_RUSTLS)


def tell_of_openssl(request: Request) -> None:
    """Say that the slower library had to be taken, and what would avoid it."""
    log.warning(
        "%s has a certificate that is its own CA: connected with OpenSSL, which takes 0.2 s more",
        urlsplit(request.url).netloc,
    )


@contextmanager
def told_apart(request: Request) -> Iterator[None]:
    """Turn pyreqwest's errors into the two that matter: ``NotSent`` and ``Lost``."""
    try:
        yield
    except BuilderError as error:
        raise NotSent(_reason(error)) from error
    except ValueError as error:
        if any(value in str(error) for value in request.headers.values()):
            # What it quotes may be a token.
            raise NotSent("a header holds what cannot be sent") from None
        raise NotSent(f"it is no address: {error}") from error
    except RequestError as error:
        never_connected = "client error (Connect)" in _causes(error) or _was_turned_away(error)
        raise (NotSent if never_connected else Lost)(_reason(error)) from error


def request_headers(request: Request) -> dict[str, str]:
    """Return the headers to send: with the length of what goes out in pieces."""
    length = {"Content-Length": str(request.upload.length)} if request.upload else {}
    return {**request.headers, **length}


def whole_answer(response: BaseResponse, body: Bytes | bytes) -> Answer:
    """Return an answer of ours; a header that is no text is left out, not fatal."""
    headers: dict[str, str] = {}
    for name in response.headers:
        with suppress(ValueError):
            headers[name.lower()] = response.headers.getall(name)[-1]
    return Answer(status=response.status, headers=headers, body=bytes(body))


_CERTIFICATE = rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----"


def certificates(place: Path) -> bytes:
    """Read the certificates of a PEM file, or of all files of a directory; nothing else of them.

    Raises:
        OSError: it cannot be read.
        ValueError: there is none; rustls takes a file without any in silence.
    """
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    contents = [file.read_bytes() for file in files if file.is_file() or file == place]
    found = [each for content in contents for each in re.findall(_CERTIFICATE, content)]
    if not found:
        raise ValueError(f"{place} holds no certificate")
    return b"\n".join(dict.fromkeys(found)) + b"\n"


# Alerts with which a server turns a client away for the certificate that it showed, or did not
# (RFC 8446, 6.2). Under TLS 1.3 they come when the request is on its way; no server acts on it.
_TURNED_AWAY = (
    *("CertificateRequired", "BadCertificate", "CertificateUnknown", "CertificateExpired"),
    *("CertificateRevoked", "UnknownCA", "UnsupportedCertificate"),
)


def _was_turned_away(error: DetailedPyreqwestError) -> bool:
    reason = _reason(error)
    return "fatal alert" in reason and any(alert in reason for alert in _TURNED_AWAY)


def _reason(error: DetailedPyreqwestError) -> str:
    return (_causes(error) or [error.message])[-1]


def _causes(error: DetailedPyreqwestError) -> list[str]:
    return [cause["message"] for cause in error.details.get("causes") or []]
