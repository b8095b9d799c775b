# SPDX-License-Identifier: Apache-2.0
"""Decide how many requests go to a service at once, from how long its answers take. Pure.

There are two sorts of clouds. Where the way there and back is what takes the time, everything goes
at once. Where the service's CPU does, more at once than keep it busy are no faster: they wait for
each other, and for each longer.

The arithmetic: an answer takes the *way* (the quickest answer that the cloud has ever given) and
*work*. A service that works on *n* requests at the same time answers each as quickly as a single
one; one that works on fewer answers later in proportion. So what is under way, times the best work
over the work now, says on how many it works: its capacity. To keep it busy across the way takes as
many times more as way and work are longer than the work.

Nearby there is next to no way, and how many go is tried out (``_Climb``).
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Mapping

from stackloom.transport.meter import SAMPLES_KEPT, Meter, Sample

# So many keep the services of a small cloud busy. Measured on the local cloud, 25 networks with a
# server each: 4 at once 30-31 s of the services' CPU, 8 at once 27 s, 25 at once 28-31 s; 8 at once
# took two thirds of the time of 4.
AT_ONCE_AT_FIRST = 8
# And so many what works through one thing: adding 25 interfaces to one router took Neutron 6.9 s of
# CPU and 12 s one after the other, 7.4 s and 9.8 s 4 at once, 7.8 s and 13.8 s 25 at once.
AT_ONCE_IN_A_LANE = 4
# Nearby nothing is gained by more than keep a service busy, and its threads hinder each other:
# 25 networks with a server each at two at once took 19.3 s of Neutron's CPU, one after the other
# 15.9 s. What has more workers shows it when one more is tried; see ``_Climb``.
NEAR_SECONDS = 0.05
# Whoever is answered as quickly beside others as alone is not in their way; this much is chance.
AS_QUICK = 0.75
GOOD_BEFORE_FIRST = 4
MOST_GOOD_BEFORE_NEXT = 64
# A gateway before an API takes some hundred connections, ours are not the only ones.
MOST_AT_ONCE = 50
# Ask for twice what it has shown to work on: it may work on more.
REACH = 2.0
# Before the first change is answered, lists are all that is known of a service; on the local cloud
# a change takes it three to five times as long.
CHANGES_COST = 4.0
# Answers differ by so much of the way, or so many seconds, for no reason.
JITTER_SHARE = 0.03
JITTER_SECONDS = 0.002


def is_near(meter: Meter) -> bool:
    """Tell whether a cloud has answered so quickly that its way there and back does not count."""
    return meter.quickest_seconds < NEAR_SECONDS


class Pace:
    """How many requests of each sort may be under way to one service.

    Args:
        meter: what the cloud has shown so far, and shows while this is in use.
    """

    def __init__(self, meter: Meter, service: str) -> None:
        self._meter = meter
        self._service = service
        self._ceiling = float(MOST_AT_ONCE)
        self._climb = _Climb()
        self._put_off = meter.put_off[service]

    def at_once(self, sort: str, least: int = AT_ONCE_AT_FIRST) -> int:
        """Return how many requests may be under way while one of *sort* is.

        Args:
            least: as many as that in any case, as long as the service puts nothing off and is not
                nearby.
        """
        if is_near(self._meter):
            return min(self._climb.width, int(self._ceiling))
        way = self._meter.quickest_seconds
        readings = self._meter.readings(self._service, sort)
        if readings.latest:
            best = _work(readings.best_seconds, way)
            capacity = REACH * _capacity(readings.latest, best, way)
        elif others := self._meter.best_by_sort(self._service):
            best = _likely_work(others, way)
            capacity = least
        else:
            return min(least, int(self._ceiling))
        wanted = max(least, round(capacity * (way + best) / best))
        return max(1, min(wanted, int(self._ceiling)))

    def answered(self, sort: str) -> None:
        """Note that an answer came to one of *sort*.

        Fewer go where it was "later", slowly more where it was not.
        """
        put_off = self._meter.put_off[self._service]
        if put_off > self._put_off:
            self._ceiling = max(1.0, self._ceiling / 2)
            self._put_off = put_off
            return
        self._ceiling = min(MOST_AT_ONCE, self._ceiling + 1 / self._ceiling)
        if latest := self._meter.readings(self._service, sort).latest:
            self._climb.note(sort, latest[-1], self._meter.quickest_seconds)


class _Climb:
    """How many a service nearby can take at once: from one on, more as long as it costs nothing.

    What is answered as quickly beside others as alone shows that there is room: twice as many go,
    once there was none one more, and the next try comes sooner. What is not shows that there is
    none: one less goes than were under way, and it takes four times as many good answers before one
    more is tried again.
    """

    def __init__(self) -> None:
        self.width = 1
        self._was_in_vain = False
        self._good = 0
        self._good_before_next = GOOD_BEFORE_FIRST
        self._alone: dict[str, deque[float]] = {}

    def note(self, sort: str, sample: Sample, way: float) -> None:
        """Note an answer; *way* is in seconds."""
        work = _work(sample.seconds, way)
        alone = self._alone.setdefault(sort, deque(maxlen=SAMPLES_KEPT))
        if sample.at_once == 1:
            alone.append(work)
        if not alone:
            return  # nothing to compare it with
        if work * AS_QUICK > statistics.median(alone):
            if sample.at_once > 1:
                self._was_in_vain = True
                self.width, self._good = min(self.width, sample.at_once - 1), 0
                self._good_before_next = min(4 * self._good_before_next, MOST_GOOD_BEFORE_NEXT)
        elif sample.at_once >= self.width:
            self._good += 1
            if self._good >= self._good_before_next:
                wider = self.width + 1 if self._was_in_vain else 2 * self.width
                self.width, self._good = min(MOST_AT_ONCE, wider), 0
                self._good_before_next = max(1, self._good_before_next // 2)


def _capacity(samples: deque[Sample], best: float, way: float) -> float:
    """Return on how many requests the service works at the same time, to judge by its answers."""
    return statistics.median(each.at_once * best / _work(each.seconds, way) for each in samples)


def _likely_work(best_by_sort: Mapping[str, float], way: float) -> float:
    """Return what a sort of change will take that was never asked for, to judge by others."""
    changes = [_work(each, way) for sort, each in best_by_sort.items() if sort[:4] != "GET "]
    if changes:
        return max(changes)
    # The median: one of them may have waited for something else on this machine.
    return CHANGES_COST * statistics.median_high(_work(each, way) for each in best_by_sort.values())


def _work(seconds: float, way: float) -> float:
    """Return what an answer took beside the way; what could be chance counts as least."""
    return max(seconds - way, JITTER_SHARE * way, JITTER_SECONDS)
