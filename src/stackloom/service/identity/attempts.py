# SPDX-License-Identifier: Apache-2.0
"""How often one address may fail: to log in, or with a token that is none."""

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
    """Remembers when each address failed.

    Args:
        per_minute: failures after which an address has to wait.
        what: it fails with, as messages name it.
        now: a monotonic clock, in seconds.
    """

    def __init__(self, per_minute: int, *, what: str = "log-ins", now: Callable[[], float]) -> None:
        self._what = what
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
        self.check(address)
        self.count(address)

    def check(self, address: str) -> None:
        """Check that *address* may try.

        Raises:
            Refused: ``rate.exceeded``: it has failed too often within a minute.
        """
        times, now = self._times(address), self._now()
        if len(times) >= self._per_minute:
            seconds = math.ceil(times[0] + _WINDOW_SECONDS - now)
            raise Refused(
                "rate.exceeded",
                f"{self._per_minute} {self._what} from {address} have failed within a minute",
                hint=f"try again in {seconds} s",
                headers={"Retry-After": str(seconds)},
            )

    def count(self, address: str) -> None:
        """Take down that *address* has failed."""
        times = self._times(address)
        times.append(self._now())
        self._by_address.put(_network(address), times, size_bytes=1)

    def take_back(self, address: str) -> None:
        """Do not count the last try of *address*: it was a good one, or Keystone was away."""
        times = self._by_address.get(_network(address))
        if times:
            times.pop()

    def _times(self, address: str) -> deque[float]:
        """Return when an address failed within the last minute."""
        times = self._by_address.get(_network(address)) or deque()
        while times and times[0] <= self._now() - _WINDOW_SECONDS:
            times.popleft()
        return times


def _network(address: str) -> str:
    """Return what counts as one address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or int(parsed) >> (128 - _IPV6_PREFIX))
