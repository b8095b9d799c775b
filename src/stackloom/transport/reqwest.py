# SPDX-License-Identifier: Apache-2.0
"""Rust's reqwest under asyncio, and what its blocking half shares with it."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from pyreqwest.bytes import Bytes
from pyreqwest.client import ClientBuilder
from pyreqwest.response import BaseResponse

from stackloom.log import Log
from stackloom.transport.client import (
    CONNECT_SECONDS,
    IDLE_SECONDS,
    READ_SECONDS,
    UPLOAD_SECONDS,
    Answer,
    NotSent,
    Request,
    Tls,
    Transport,
    request_headers,
)
from stackloom.transport.stream import PIECE_BYTES, Upload, is_streamed
from stackloom.transport.trust import certificates, unreadable

log = Log(__name__)

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
        self._clients = Clients(ClientBuilder, self._tls, user_agent)
        self._instead: Transport | None = None

    async def send(self, request: Request) -> Answer:
        """Send one request and read its whole answer.

        Raises:
            NotSent: no usable address, refused, no such host, TLS not agreed.
            Lost: sent, and then reset, timed out or cut short.
            BadConfig: TLS is needed, and a file about it cannot be read or used.
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
        client = self._clients.for_request(request)
        cancellations = Cancellations()
        with told_apart(request):
            builder = client.request(request.method, request.url)
            builder = builder.headers(request_headers(request))
            if request.body is not None:
                builder = builder.body_bytes(request.body)
            if request.upload:
                builder = builder.body_stream(sent_in_pieces(request.upload))
            if request.sink is None:
                response = await builder.build().send()
                cancellations.heed()
                body = await response.bytes()
                cancellations.heed()
                return whole_answer(response, body)
            if request.is_live:
                builder = builder.streamed_read_buffer_limit(0)  # or it waits until that is full
            async with builder.build_streamed() as response:
                cancellations.heed()
                if not is_streamed(response.status):
                    body = await response.bytes()
                    cancellations.heed()
                    return whole_answer(response, body)
                request.sink.begin()
                while request.is_live and (piece := await response.body_reader.read_chunk()):
                    cancellations.heed()
                    request.sink.write(bytes(piece))
                while piece := await response.body_reader.read(PIECE_BYTES):
                    cancellations.heed()
                    await _off_the_loop(request.sink.write, bytes(piece))
                cancellations.heed()
                return whole_answer(response, b"")

    async def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.made():
            await client.close()
        if self._instead:
            await self._instead.close()


class Cancellations:
    """Those of the present task, from here on.

    pyreqwest (0.15.1, by the coroutines of PyO3 0.29) forgets a cancellation that comes in the same
    moment as what it waits for: it returns that, and who was cancelled would go on for ever.
    """

    def __init__(self) -> None:
        import asyncio  # noqa: PLC0415 - quick commands run without it

        self._cancelled = asyncio.CancelledError
        self._task = asyncio.current_task()
        self._before = self._count()

    def heed(self) -> None:
        """Raise ``CancelledError`` if the task was cancelled since."""
        if self._count() > self._before:
            raise self._cancelled

    def _count(self) -> int:
        return self._task.cancelling() if self._task else 0


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

ClientT = TypeVar("ClientT")
ClientT_co = TypeVar("ClientT_co", covariant=True)


class _Builder(Protocol[ClientT_co]):
    """What builds a client: ``ClientBuilder`` or ``SyncClientBuilder``."""

    def build(self) -> ClientT_co:
        """Return the client."""


# Where reqwest looks for what stands before plain HTTP; such a proxy may speak TLS itself.
_PROXY_VARIABLES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


class Clients(Generic[ClientT]):
    """The clients of one transport, each made when a request first needs it.

    To load what the system trusts takes longer than many a request (4-12 ms), so plain HTTP is
    spoken by a client that has none of it.
    """

    def __init__(
        self, builder_type: Callable[[], _Builder[ClientT]], tls: Tls, user_agent: str
    ) -> None:
        self._builder_type = builder_type
        self._tls = tls
        self._user_agent = user_agent
        self._has_proxy = any(os.environ.get(name) for name in _PROXY_VARIABLES)
        self._made: dict[tuple[bool, bool], ClientT] = {}

    def for_request(self, request: Request) -> ClientT:
        """Return the client for *request*.

        Raises:
            BadConfig: a file about TLS cannot be read or used.
        """
        is_plain = request.url.startswith("http://") and not self._has_proxy
        way = is_plain, request.upload is not None
        if way not in self._made:
            self._made[way] = self._build(is_plain=way[0], is_patient=way[1])
        return self._made[way]

    def made(self) -> list[ClientT]:
        """Return those that were needed, to be closed."""
        return list(self._made.values())

    def _build(self, *, is_plain: bool, is_patient: bool) -> ClientT:
        builder: Any = self._builder_type()  # both have the same methods, and no common type
        builder = (
            builder.user_agent(self._user_agent)
            .follow_redirects(False)
            .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
            .read_timeout(timedelta(seconds=UPLOAD_SECONDS if is_patient else READ_SECONDS))
            .pool_idle_timeout(timedelta(seconds=IDLE_SECONDS))
        )
        # A plain one meets no certificate: no https address, no redirect, no proxy.
        builder = builder.no_proxy() if is_plain else builder
        try:
            tls = Tls(verify=False) if is_plain else self._tls
            with _trusting_only(tls.ca_file if tls.verify else None):
                client: ClientT = _with_trust(builder, tls).build()
        except (OSError, ValueError) as error:
            raise unreadable(error) from error
        return client


def _with_trust(builder: Any, tls: Tls) -> Any:
    """Tell a builder whom to trust, and which certificate to show."""
    if not tls.verify:
        builder = builder.danger_accept_invalid_certs(True)
    elif tls.ca_file:
        builder = builder.add_root_certificate_pem(certificates(tls.ca_file))
    if tls.certificate_file:
        identity = tls.certificate_file.read_bytes()
        if tls.key_file:
            identity += b"\n" + tls.key_file.read_bytes()
        builder = builder.identity_pem(identity)
    return builder


# What the system trusts is read by rustls-native-certs, which looks into these first (0.8,
# src/lib.rs, `CertPaths::from_env`); reqwest itself only ever adds to it.
_SYSTEM_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@contextmanager
def _trusting_only(ca_file: Path | None) -> Iterator[None]:
    """Let a given ``cacert`` stand in place of what the system trusts, as curl and requests do."""
    if ca_file is None:
        yield
        return
    kept = {name: os.environ.pop(name) for name in _SYSTEM_TRUST if name in os.environ}
    os.environ["SSL_CERT_DIR" if ca_file.is_dir() else "SSL_CERT_FILE"] = str(ca_file)
    try:
        yield
    finally:
        for name in _SYSTEM_TRUST:
            os.environ.pop(name, None)
        os.environ.update(kept)


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
    except Exception as error:
        from stackloom.transport.failure import tell_apart  # noqa: PLC0415 - brings json

        tell_apart(error, request)
        raise


def whole_answer(response: BaseResponse, body: Bytes | bytes) -> Answer:
    """Return an answer of ours; a header that is no text is left out, not fatal."""
    headers: dict[str, str] = {}
    for name in response.headers:
        with suppress(ValueError):
            headers[name.lower()] = response.headers.getall(name)[-1]
    return Answer(status=response.status, headers=headers, body=bytes(body))
