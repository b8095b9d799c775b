# SPDX-License-Identifier: Apache-2.0
"""How much a project may ask of one process: so many at once, so many a second after that."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from stackloom.service.refusal import Refused
from stackloom.service.settings import LimitsSettings

# Projects that are remembered; one that has asked for nothing lately needs no remembering.
_MOST_PROJECTS = 10_000


class _Bucket:
    """Holds *most*, and *per_second* come back; each request takes one."""

    __slots__ = ("_at", "_left", "_most", "_per_second")

    def __init__(self, most: float, per_second: float, now: float) -> None:
        self._most = self._left = most
        self._per_second = per_second
        self._at = now

    def missing(self, now: float) -> float:
        """Take one and return 0.0; where there is none, the seconds until there is."""
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._per_second
        self._left -= 1
        return 0.0

    def is_full(self, now: float) -> bool:
        """Whether forgetting it changes nothing."""
        return self._left + (now - self._at) * self._per_second >= self._most


_MAKING = frozenset({"POST", "PUT"})


class Rates:
    """Counts the requests of each project.

    What makes something, POST and PUT, has a bucket of its own beside that for all, as much smaller
    as its rate is.

    Args:
        clock: seconds that only grow.
    """

    def __init__(
        self, limits: LimitsSettings, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = limits.requests_per_second
        self._at_once = limits.requests_at_once
        self._posts_per_second = limits.posts_per_second
        share = min(1.0, limits.posts_per_second / limits.requests_per_second)
        self._posts_at_once = max(1, math.floor(limits.requests_at_once * share))
        self._clock = clock
        self._all: dict[str, _Bucket] = {}
        self._posts: dict[str, _Bucket] = {}

    def check(self, project_id: str, method: str) -> None:
        """Count a request.

        Raises:
            Refused: it is one too many; says when to come again.
        """
        now = self._clock()
        bucket = self._all.get(project_id) or self._new(
            self._all, project_id, self._at_once, self._per_second, now
        )
        wait = bucket.missing(now)
        if not wait and method in _MAKING:
            posts = self._posts.get(project_id) or self._new(
                self._posts, project_id, self._posts_at_once, self._posts_per_second, now
            )
            wait = posts.missing(now)
        if wait:
            seconds = math.ceil(wait)
            raise Refused(
                "rate.exceeded",
                f"the project asks more than {self._per_second:g} times a second, or makes more "
                f"than {self._posts_per_second:g} things a second",
                hint=f"ask again in {seconds} s",
                headers={"Retry-After": str(seconds)},
            )

    @staticmethod
    def _new(
        buckets: dict[str, _Bucket], project_id: str, most: float, per_second: float, now: float
    ) -> _Bucket:
        if len(buckets) >= _MOST_PROJECTS:
            for full in [key for key, each in buckets.items() if each.is_full(now)]:
                del buckets[full]
        bucket = buckets[project_id] = _Bucket(most, per_second, now)
        return bucket
