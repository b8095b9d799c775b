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
import contextlib
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import msgspec
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    DetailedPyreqwestError,
    PyreqwestError,
    RequestError,
)
from pyreqwest.http import HeaderMap

from stackloom.errors import BadConfig

CONNECT_SECONDS = 10.0
# Nova's and Neutron's slow calls (a boot on a busy cloud, a cascade of ports) stay under a minute.
READ_SECONDS = 90.0
# cheroot, which serves the local cloud, closes idle connections after 10 s, Apache after 5 s: a
# connection that may be closing is not used for a request that must not be lost.
IDLE_SECONDS = 4.0


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request; ``url`` is absolute and has its query.

    Headers and body stay out of its text: they hold tokens, and at a log-in the password.
    """

    method: str
    url: str
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes | None = None

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
    """How servers are trusted, and which certificate we show. Paths are absolute."""

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
        self._client = _build(tls or Tls(), user_agent)

    async def send(self, request: Request) -> Answer:
        """Send one request and read its whole answer.

        Raises:
            NotSent: no usable address, refused, no such host, TLS not agreed.
            Lost: sent, and then reset, timed out or cut short.
        """
        try:
            builder = self._client.request(request.method, request.url)
        except ValueError as error:
            raise NotSent(f"it is no address: {error}") from error
        builder = builder.headers(dict(request.headers))
        if request.body is not None:
            builder = builder.body_bytes(request.body)
        try:
            response = await builder.build().send()
            body = await response.bytes()
        except BuilderError as error:
            raise NotSent(_reason(error)) from error
        except RequestError as error:
            raise _failure(error) from error
        return Answer(status=response.status, headers=_readable(response.headers), body=bytes(body))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()


def _build(tls: Tls, user_agent: str) -> Client:
    builder = (
        ClientBuilder()
        .user_agent(user_agent)
        .follow_redirects(False)
        .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
        .read_timeout(timedelta(seconds=READ_SECONDS))
        .pool_idle_timeout(timedelta(seconds=IDLE_SECONDS))
    )
    try:
        if not tls.verify:
            builder = builder.danger_accept_invalid_certs(True)
        elif tls.ca_file:
            builder = builder.add_root_certificate_pem(_certificates(tls.ca_file))
        if tls.certificate_file:
            identity = tls.certificate_file.read_bytes()
            if tls.key_file:
                identity += b"\n" + tls.key_file.read_bytes()
            builder = builder.identity_pem(identity)
        return builder.build()
    except OSError as error:
        raise BadConfig(
            f"cannot read {error.filename}: {error.strerror}",
            hint="check cacert, cert and key in clouds.yaml, or OS_CACERT, OS_CERT and OS_KEY",
        ) from error
    except (BuilderError, ValueError, PyreqwestError) as error:
        raise BadConfig(
            f"a TLS file is not usable PEM: {error}",
            hint="cacert, cert and key must be PEM files",
        ) from error


def _certificates(file: Path) -> bytes:
    """Read a file of certificates; rustls takes a file without any in silence."""
    content = file.read_bytes()
    if b"-----BEGIN CERTIFICATE-----" not in content:
        raise ValueError(f"{file} holds no certificate")
    return content


def _readable(headers: HeaderMap) -> dict[str, str]:
    """Return the headers that are text; a proxy's in another encoding is left out, not fatal."""
    readable: dict[str, str] = {}
    for name in headers:
        with contextlib.suppress(ValueError):
            readable[name.lower()] = headers.getall(name)[-1]
    return readable


def _failure(error: RequestError) -> NotSent | Lost:
    if "client error (Connect)" in _causes(error):
        return NotSent(_reason(error))
    return Lost(_reason(error))


def _reason(error: DetailedPyreqwestError) -> str:
    return (_causes(error) or [error.message])[-1]


def _causes(error: DetailedPyreqwestError) -> list[str]:
    return [cause["message"] for cause in error.details.get("causes") or []]
