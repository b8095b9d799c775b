# SPDX-License-Identifier: Apache-2.0
"""How often one address may try to log in."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from stackloom.service.recently_used import RecentlyUsed
from stackloom.service.refusal import Refused

_WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 10_000
# Whoever has one IPv6 address has 2**64 of them.
_IPV6_PREFIX = 64


class Attempts:
    """Remembers when each address failed to log in.

    Args:
        per_minute: failures after which an address has to wait.
        now: a monotonic clock, in seconds.
    """

    def __init__(self, per_minute: int, *, now: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._now = now
        self._by_address: RecentlyUsed[str, deque[float]] = RecentlyUsed(
            most=_MOST_ADDRESSES, most_bytes=_MOST_ADDRESSES
        )

    def begin(self, address: str) -> None:
        """Take down that *address* tries; it counts unless it is taken back.

        Raises:
            Refused: ``rate.exceeded``: it has failed too often within a minute.
        """
        where, now = _network(address), self._now()
        times = self._by_address.get(where) or deque()
        while times and times[0] <= now - _WINDOW_SECONDS:
            times.popleft()
        if len(times) >= self._per_minute:
            seconds = math.ceil(times[0] + _WINDOW_SECONDS - now)
            raise Refused(
                "rate.exceeded",
                f"{self._per_minute} log-ins from {address} have failed within a minute",
                hint=f"try again in {seconds} s",
                headers={"Retry-After": str(seconds)},
            )
        times.append(now)
        self._by_address.put(where, times, size_bytes=1)

    def take_back(self, address: str) -> None:
        """Do not count the last try of *address*: it was a good one, or Keystone was away."""
        times = self._by_address.get(_network(address))
        if times:
            times.pop()


def _network(address: str) -> str:
    """Return what counts as one address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or int(parsed) >> (128 - _IPV6_PREFIX))
