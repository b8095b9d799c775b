# SPDX-License-Identifier: Apache-2.0
"""How many requests go at once, on clouds of arithmetic: a way, some workers, work for each."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import pytest

from stackloom.scenario.pace import AT_ONCE_AT_FIRST, MOST_AT_ONCE, Pace
from stackloom.transport.meter import Meter

_SERVICE, _SORT = "network", "POST /v2.0/networks"


@dataclass(frozen=True)
class _Cloud:
    """Answers after the way there and back, the queue before its workers, and the work.

    Attributes:
        way, work: seconds.
        looks: seconds of work of the lists that were asked for before.
    """

    way: float
    work: float
    workers: int
    looks: float = 0.01

    def meter(self) -> Meter:
        """Return what a plan has seen of it."""
        meter = Meter()
        meter.note("identity", "GET /v3", self.way, 1)
        meter.note(_SERVICE, "GET /v2.0/networks", self.way + self.looks, 1)
        return meter

    def run(self, number: int, least: int = AT_ONCE_AT_FIRST) -> tuple[float, int]:
        """Send *number* requests as the pace says; return the seconds, and the most at once."""
        meter = self.meter()
        pace = Pace(meter, _SERVICE)
        now, left, most = 0.0, number, 0
        free_at = [0.0] * self.workers
        under_way: list[tuple[float, int, float]] = []
        company: dict[int, int] = {}
        while left or under_way:
            while left and len(under_way) < pace.at_once(_SORT, least):
                begun = max(heapq.heappop(free_at), now + self.way / 2)
                heapq.heappush(free_at, begun + self.work)
                heapq.heappush(under_way, (begun + self.work + self.way / 2, left, now))
                company[left] = len(under_way)
                left -= 1
                most = max(most, len(under_way))
            now, which, sent = heapq.heappop(under_way)
            meter.note(_SERVICE, _SORT, now - sent, company.pop(which))
            pace.answered(_SORT)
        return now, most


def _far_away() -> Meter:
    """Return what is known of a cloud that is far away and has made something in no time."""
    meter = Meter()
    meter.note(_SERVICE, _SORT, 0.15, 10)
    return meter


def test_far_away_everything_goes_at_once() -> None:
    """The way is what takes the time: 25 take as long as one."""
    seconds, most = _Cloud(way=0.15, work=0.002, workers=1, looks=0.002).run(25)
    assert most == 25
    assert seconds == pytest.approx(0.15 + 25 * 0.002)


def test_near_and_bound_by_its_cpu_one_goes_after_the_other() -> None:
    """More at once are no faster; that is tried now and then, and less and less often."""
    cloud = _Cloud(way=0.003, work=0.3, workers=1)
    seconds, most = cloud.run(50)
    assert most == 2
    assert seconds == pytest.approx(0.003 + 50 * 0.3, rel=0.02)


def test_near_as_many_go_as_there_are_workers() -> None:
    """And one more now and then."""
    seconds, most = _Cloud(way=0.003, work=0.3, workers=4).run(100)
    assert 4 <= most <= 8
    assert seconds == pytest.approx(100 / 4 * 0.3, rel=0.25)


def test_near_the_quickest_answer_is_no_measure() -> None:
    """Where each takes something else, what counts is how long they take alone."""
    meter = Meter()
    meter.note(_SERVICE, _SORT, 0.003, 1)
    pace = Pace(meter, _SERVICE)
    for _ in range(4):
        meter.note(_SERVICE, _SORT, 0.5, 1)
        pace.answered(_SORT)
    assert pace.at_once(_SORT) == 2
    for _ in range(2):
        meter.note(_SERVICE, _SORT, 0.5, 2)
        pace.answered(_SORT)
    assert pace.at_once(_SORT) == 4
    meter.note(_SERVICE, _SORT, 1.5, 3)
    pace.answered(_SORT)
    assert pace.at_once(_SORT) == 2


def test_a_near_cloud_with_many_workers_is_used() -> None:
    """It answers as quickly whatever is under way, so there is soon more."""
    seconds, most = _Cloud(way=0.003, work=0.3, workers=32).run(200)
    assert most >= 32
    assert seconds < 200 / 32 * 0.3 * 2.5


def test_what_began_one_by_one_becomes_wide_where_nobody_has_to_wait() -> None:
    """Interfaces of one router, on a far cloud that has shown only quick lists so far."""
    cloud = _Cloud(way=0.15, work=0.5, workers=16, looks=0.05)
    seconds, most = cloud.run(25, least=1)
    assert most >= 12
    assert seconds < 25 * 0.65 / 4


def test_far_away_and_bound_by_its_cpu_is_kept_busy() -> None:
    """Its worker never waits for us, and the queue before it is not everything."""
    seconds, most = _Cloud(way=0.15, work=0.1, workers=1).run(50)
    assert most <= 40
    assert seconds == pytest.approx(0.15 + 50 * 0.1, rel=0.05)


@pytest.mark.parametrize(("work", "width"), [(0.002, 50), (0.1, 20), (1.0, 9)])
def test_what_other_changes_took_says_more_than_lists(work: float, width: int) -> None:
    """Networks are deleted as the router's interfaces were before, whatever lists take."""
    meter = _Cloud(way=0.15, work=0.0, workers=1, looks=0.05).meter()
    meter.note(_SERVICE, "PUT /v2.0/routers//remove_router_interface", 0.15 + work, 1)
    assert Pace(meter, _SERVICE).at_once("DELETE /v2.0/networks/") == width


def test_before_the_first_answer_a_few_go() -> None:
    """Nothing is known of a cloud that was never asked."""
    assert Pace(Meter(), _SERVICE).at_once(_SORT) == AT_ONCE_AT_FIRST
    assert Pace(Meter(), _SERVICE).at_once(_SORT, least=1) == 1


def test_there_is_an_upper_limit() -> None:
    """However far away it is."""
    assert _Cloud(way=1.0, work=0.002, workers=100, looks=0.002).run(200)[1] == MOST_AT_ONCE


def test_whoever_says_later_gets_half_and_slowly_more_again() -> None:
    """429 and 503 count more than times; ten good answers give one more place at once."""
    meter = _far_away()
    pace = Pace(meter, _SERVICE)
    assert pace.at_once(_SORT) == MOST_AT_ONCE
    widths = []
    for _ in range(4):
        meter.note(_SERVICE, _SORT, 0.1, 1, later=True)
        pace.answered(_SORT)
        widths.append(pace.at_once(_SORT))
    assert widths == [25, 12, 6, 3]
    for _ in range(4):
        pace.answered(_SORT)
    assert pace.at_once(_SORT) == 4


def test_even_the_last_place_stays() -> None:
    """A service that says "later" to everything is asked one thing at a time."""
    meter = _Cloud(way=0.15, work=0.1, workers=1).meter()
    pace = Pace(meter, _SERVICE)
    for _ in range(20):
        meter.note(_SERVICE, _SORT, 0.1, 1, later=True)
        pace.answered(_SORT)
    assert pace.at_once(_SORT) == 1


def test_what_was_put_off_before_counts_for_nothing() -> None:
    """A run begins afresh."""
    meter = _far_away()
    meter.note(_SERVICE, _SORT, 0.1, 1, later=True)
    pace = Pace(meter, _SERVICE)
    pace.answered(_SORT)
    assert pace.at_once(_SORT) == MOST_AT_ONCE
