# SPDX-License-Identifier: Apache-2.0
"""Send what a check has found to the address that somebody has given, and to no other.

A host must be one that the operator allows. It is resolved once; what it resolves to is looked at,
and the request goes to that address whatever its name stands for a moment later. Redirects are
answers like others, and none of the answer's body is read.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from hashlib import sha256
from socket import SOCK_STREAM
from urllib.parse import urlsplit

from pyreqwest.client import ClientBuilder

from stackloom.errors import StackloomError
from stackloom.service.refusal import Refused
from stackloom.transport.client import Lost, NotSent, Request
from stackloom.transport.reqwest import Cancellations, told_apart
from stackloom.wire.problem import Source

_PORTS = {"http": 80, "https": 443}
_MOST_URL_CHARACTERS = 1_024

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host: ``await resolve(host, port)``."""


class NotDelivered(StackloomError):
    """Nobody has taken it; the text says why, for the log."""

    slug = "not-delivered"


def check_webhook(
    url: str, allowed_hosts: Collection[str], *, source: Source | None = None
) -> None:
    """Check that the operator allows a webhook's address; nothing is resolved for it.

    Args:
        allowed_hosts: ``host``, for the port that goes with the scheme, or ``host:port``.
        source: where the address is in what was sent.

    Raises:
        Refused: ``webhook.not-allowed``.
    """
    reason = _reason_against(url, allowed_hosts)
    if reason:
        hint = ", ".join(sorted(allowed_hosts)) or "none so far"
        raise Refused(
            "webhook.not-allowed",
            f"nothing may be sent to this webhook: {reason}",
            hint=f"operators allow hosts in [webhooks] allowed_hosts: {hint}",
            source=source,
        )


def signature(secret: bytes, body: bytes, at: int) -> str:
    """Return the value of ``X-Stackloom-Signature``.

    Whoever takes it computes HMAC-SHA256 with the secret they know over ``<t>.<body>``, compares it
    with ``v1`` in constant time, and refuses a ``t`` that is long ago.

    Args:
        at: seconds since 1970, UTC.
    """
    digest = hmac.new(secret, f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={digest}"


class Hooks:
    """Delivers webhooks.

    Args:
        timeout_seconds: for resolving the host, and for the delivery after that.
        resolve: how hosts are resolved; tests pass their own.
    """

    def __init__(
        self,
        allowed_hosts: Collection[str],
        *,
        timeout_seconds: float,
        resolve: Resolve | None = None,
    ) -> None:
        self._allowed_hosts = tuple(allowed_hosts)
        self._timeout_seconds = timeout_seconds
        self._resolve = resolve or _by_the_system

    async def send(
        self, url: str, body: bytes, *, secret: bytes, delivery_id: str, at: int
    ) -> None:
        """Send it once.

        Args:
            body: JSON.
            delivery_id: the same each time it is sent, so that a double can be told.
            at: what time it is, in seconds since 1970.

        Raises:
            NotDelivered: it may not be sent, or was not answered with 2xx in time.
        """
        reason = _reason_against(url, self._allowed_hosts)
        if reason:
            raise NotDelivered(reason)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "stackloom",
            "X-Stackloom-Delivery": delivery_id,
            "X-Stackloom-Signature": signature(secret, body, at),
        }
        status = await self._post(url, body, headers)
        if not 200 <= status < 300:
            raise NotDelivered(f"it was answered with {status}")

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        host, port, _ = _place(url)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                address = await self._address(host, port)
        except TimeoutError:
            raise NotDelivered(f"{host} could not be resolved in time") from None
        builder = (
            ClientBuilder()
            .resolve(host, str(address), port)
            .no_proxy()
            .follow_redirects(False)
            # Its own limit, and none of asyncio's beside it: cancelled at the moment at which its
            # own was reached, pyreqwest 0.15.1 aborted the process once that loop had ended.
            .timeout(timedelta(seconds=self._timeout_seconds))
        )
        cancellations = Cancellations()
        try:
            with told_apart(Request(method="POST", url=url)):
                async with builder.build() as client:
                    request = client.post(url).headers(headers).body_bytes(body)
                    async with request.build_streamed() as response:
                        cancellations.heed()
                        return response.status
        except (NotSent, Lost) as error:
            raise NotDelivered(f"it could not be sent: {error}") from error

    async def _address(self, host: str, port: int) -> IpAddress:
        """Return the address to send to.

        All that a host resolves to have to be fine: else the order would decide.
        """
        try:
            return ipaddress.ip_address(host)  # the operator has allowed the address itself
        except ValueError:
            pass
        try:
            found = [ipaddress.ip_address(each) for each in await self._resolve(host, port)]
        except OSError as error:
            raise NotDelivered(f"{host} cannot be resolved: {error}") from error
        if not found:
            raise NotDelivered(f"{host} has no address")
        for each in found:
            if host != "localhost" and _is_of_this_machine(each):
                raise NotDelivered(
                    f"{host} is {each}, an address of the service's own surroundings"
                )
        return found[0]


def _reason_against(url: str, allowed_hosts: Collection[str]) -> str:
    """Return why nothing may be sent there, "" where it may."""
    if len(url) > _MOST_URL_CHARACTERS or not url.isascii() or not url.isprintable():
        return "it is too long, or has characters that an address has not"
    try:
        host, port, scheme = _place(url)
    except ValueError as error:
        return f"it is no address: {error}"
    shown = f"[{host}]" if ":" in host else host
    names = {f"{shown}:{port}"} | ({shown} if _PORTS[scheme] == port else set())
    if names.isdisjoint(each.lower() for each in allowed_hosts):
        return f"{shown}:{port} is not an allowed host"
    return ""


def _place(url: str) -> tuple[str, int, str]:
    """Return host, port and scheme.

    Raises:
        ValueError: it has none of them, or more than an address needs.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("it should begin with https:// and a host")
    if parts.username is not None or parts.fragment or "\\" in url or " " in url:
        raise ValueError("it should have a host, a path and a query only")
    return parts.hostname, parts.port or _PORTS[parts.scheme], parts.scheme


def _is_of_this_machine(address: IpAddress) -> bool:
    """Whether only this machine, or something that clouds put beside it, would be met there.

    169.254.169.254 gives out what a virtual machine may know of itself, passwords included.
    """
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
    )


async def _by_the_system(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]
