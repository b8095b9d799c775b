# SPDX-License-Identifier: Apache-2.0
"""How often a project may ask."""

from __future__ import annotations

import pytest

from stackloom.service.refusal import Refused
from stackloom.service.rest.rates import Rates
from stackloom.service.settings import LimitsSettings


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _passed(rates: Rates, project: str, method: str, tries: int) -> int:
    """Return how many of *tries* requests are let through."""
    passed = 0
    for _ in range(tries):
        try:
            rates.check(project, method)
        except Refused:
            continue
        passed += 1
    return passed


def _rates(clock: _Clock) -> Rates:
    limits = LimitsSettings(requests_per_second=10, requests_at_once=20, posts_per_second=2)
    return Rates(limits, clock=clock)


def test_so_many_at_once_and_so_many_a_second() -> None:
    """A burst is let through, then what the rate gives back; never more than the burst."""
    clock = _Clock()
    rates = _rates(clock)
    assert _passed(rates, "blue", "GET", 30) == 20
    clock.now += 0.5
    assert _passed(rates, "blue", "GET", 30) == 5
    clock.now += 3_600
    assert _passed(rates, "blue", "GET", 30) == 20


def test_making_things_is_counted_apart() -> None:
    """POST has a smaller bucket of its own, and takes from the common one too."""
    clock = _Clock()
    rates = _rates(clock)
    assert _passed(rates, "blue", "POST", 10) == 4
    assert _passed(rates, "blue", "GET", 30) == 10
    clock.now += 1
    assert _passed(rates, "blue", "POST", 10) == 2


def test_putting_is_making() -> None:
    """Each PUT keeps another text of a scenario."""
    rates = _rates(_Clock())
    assert _passed(rates, "blue", "PUT", 3) == 3
    assert _passed(rates, "blue", "POST", 10) == 1
    assert _passed(rates, "blue", "GET", 3) == 3


def test_projects_do_not_share() -> None:
    """What one has used up is another's all the same."""
    rates = _rates(_Clock())
    assert _passed(rates, "blue", "GET", 30) == 20
    assert _passed(rates, "red", "GET", 30) == 20


def test_the_refusal_says_when_to_come_again() -> None:
    """In whole seconds, as the header has it."""
    rates = Rates(
        LimitsSettings(requests_per_second=0.25, requests_at_once=1, posts_per_second=0.25),
        clock=_Clock(),
    )
    rates.check("blue", "GET")
    with pytest.raises(Refused) as caught:
        rates.check("blue", "GET")
    assert caught.value.code == "rate.exceeded"
    assert caught.value.headers == {"Retry-After": "4"}
    assert caught.value.hint == "ask again in 4 s"


def test_projects_are_forgotten() -> None:
    """Those that have asked for nothing lately make room; those that were stopped do not."""
    clock = _Clock()
    rates = _rates(clock)
    _passed(rates, "busy", "GET", 30)
    for number in range(9_999):
        rates.check(f"project-{number}", "GET")
    clock.now += 1
    rates.check("one more", "GET")
    assert len(rates._all) == 2
    assert _passed(rates, "busy", "GET", 30) == 10
