# SPDX-License-Identifier: Apache-2.0
"""Which of the two failures an error of pyreqwest is: nothing was sent, or the answer was lost.

pyreqwest 0.15 raises ``ConnectError`` also for an answer that was lost after the request had been
sent, and ``ConnectTimeoutError`` for a read that timed out; only the chain of causes tells them
apart (``client error (Connect)``).
"""

from __future__ import annotations

from pyreqwest.exceptions import BuilderError, DetailedPyreqwestError, RequestError

from stackloom.transport.client import Lost, NotSent, Request


def tell_apart(error: Exception, request: Request) -> None:
    """Raise what an error of pyreqwest means; return where it is none.

    Raises:
        NotSent: no usable address, refused, no such host, TLS not agreed.
        Lost: sent, and then reset, timed out or cut short.
    """
    if isinstance(error, BuilderError):
        raise NotSent(_reason(error)) from error
    if isinstance(error, ValueError):
        if any(value in str(error) for value in request.headers.values()):
            # What it quotes may be a token.
            raise NotSent("a header holds what cannot be sent") from None
        raise NotSent(f"it is no address: {error}") from error
    if isinstance(error, RequestError):
        never_connected = "client error (Connect)" in _causes(error) or _was_turned_away(error)
        raise (NotSent if never_connected else Lost)(_reason(error)) from error


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
