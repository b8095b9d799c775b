# SPDX-License-Identifier: Apache-2.0
"""The seam to the HTTP client: one request goes out, one answer comes back, or a named failure.

What matters to the layers above is one question that HTTP libraries blur: *may the server have
acted on this request?* So there are two failures, and which transport is behind it does not show:
``reqwest.py`` with asyncio, ``blocking.py`` without, ``openssl.py`` for certificates that these two
refuse. This module does not know JSON, tokens or services.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from stackloom.transport.stream import Sink, Upload

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
        is_live: the sink is given each piece as soon as it has come, however small, and on the
            event loop: of a stream that goes on for hours.
    """

    method: str
    url: str
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes | None = None
    upload: Upload | None = None
    sink: Sink | None = None
    is_live: bool = False

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
    """What carries requests.

    Implementations raise ``NotSent`` or ``Lost`` and, before they begin, ``BadConfig``.
    """

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


def request_headers(request: Request) -> dict[str, str]:
    """Return the headers to send: with the length of what goes out in pieces."""
    length = {"Content-Length": str(request.upload.length)} if request.upload else {}
    return {**request.headers, **length}
