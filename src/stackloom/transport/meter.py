# SPDX-License-Identifier: Apache-2.0
"""How long the services of a cloud take to answer, and how many requests were under way meanwhile.

Only measures; what follows from it for how many requests go out at once, ``scenario/pace.py`` says.
"""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

# Enough to tell a trend from chance, few enough to forget what a cloud was like a while ago.
SAMPLES_KEPT = 8

# An id, or what stands for one of the token's.
_ID = re.compile(r"/(?:[0-9a-f-]{32,36}|\{\w+\})(?=/|$)")
_VERSION = re.compile(r"/v\d[\d.]*(?=/|$)")


class Sample(NamedTuple):
    """One answer: its seconds, and how many its service had under way when it was asked for.

    Those that went out later are not counted: they wait for this one, not it for them.
    """

    seconds: float
    at_once: int


@dataclass(slots=True)
class Readings:
    """The answers to one sort of request to one service.

    Attributes:
        best_seconds: the quickest of all.
        latest: the last few, oldest first.
    """

    best_seconds: float = math.inf
    latest: deque[Sample] = field(default_factory=lambda: deque(maxlen=SAMPLES_KEPT))


class Meter:
    """What one cloud has shown so far.

    Attributes:
        quickest_seconds: the quickest answer of any service: about what the way there and back
            takes. Infinite before the first.
        put_off: how often each service has said "later" (429, or 503 with ``Retry-After``).
    """

    def __init__(self) -> None:
        self.quickest_seconds = math.inf
        self.put_off: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()
        self._readings: dict[str, dict[str, Readings]] = {}

    @staticmethod
    def sort(method: str, url: str) -> str:
        """Return what requests that cost about the same have in common.

        Shape: ``PUT /v2.0/routers//add_router_interface``, whatever the router and whatever stands
        before the version.
        """
        path = urlsplit(url).path
        version = _VERSION.search(path)
        return f"{method} {_ID.sub('/', path[version.start() :] if version else path)}"

    def begin(self, service: str) -> int:
        """Note that a request goes out; return how many are under way to *service* with it."""
        self._under_way[service] += 1
        return self._under_way[service]

    def end(self, service: str) -> None:
        """Note that a request is over, however it ended."""
        self._under_way[service] -= 1

    def note(
        self, service: str, sort: str, seconds: float, at_once: int, *, later: bool = False
    ) -> None:
        """Note an answer.

        Args:
            at_once: what ``begin`` has returned.
            later: it was "later", for which no work was done: its time says nothing.
        """
        if later:
            self.put_off[service] += 1
            return
        self.quickest_seconds = min(self.quickest_seconds, seconds)
        readings = self._readings.setdefault(service, {}).setdefault(sort, Readings())
        readings.best_seconds = min(readings.best_seconds, seconds)
        readings.latest.append(Sample(seconds, at_once))

    def readings(self, service: str, sort: str) -> Readings:
        """Return those of one sort of request; empty ones before the first answer."""
        return self._readings.get(service, {}).get(sort) or Readings()

    def best_by_sort(self, service: str) -> dict[str, float]:
        """Return the quickest answer to each sort of request to a service."""
        sorts = self._readings.get(service, {})
        return {sort: each.best_seconds for sort, each in sorts.items()}
