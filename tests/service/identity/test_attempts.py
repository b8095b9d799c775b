# SPDX-License-Identifier: Apache-2.0
"""Who fails too often has to wait; whoever logs in well has not failed."""

from __future__ import annotations

import pytest
from tests.fakes.clock import FakeClock

from stackloom.service.identity.attempts import Attempts
from stackloom.service.refusal import Refused


def _fail(attempts: Attempts, address: str, times: int) -> None:
    for _ in range(times):
        attempts.begin(address)


def test_five_failures_a_minute_are_enough() -> None:
    """The next is told when to come back, and may then."""
    clock = FakeClock()
    attempts = Attempts(5, now=clock.now)
    attempts.begin("192.0.2.1")
    clock.seconds = 10.5
    _fail(attempts, "192.0.2.1", 4)
    with pytest.raises(Refused) as refused:
        attempts.begin("192.0.2.1")
    assert (refused.value.code, refused.value.headers) == ("rate.exceeded", {"Retry-After": "50"})
    clock.seconds = 60.0
    attempts.begin("192.0.2.1")
    with pytest.raises(Refused):
        attempts.begin("192.0.2.1")


def test_a_good_log_in_does_not_count() -> None:
    """Many people behind one address may log in."""
    attempts = Attempts(5, now=FakeClock().now)
    for _ in range(20):
        attempts.begin("192.0.2.1")
        attempts.take_back("192.0.2.1")
    _fail(attempts, "192.0.2.1", 5)
    with pytest.raises(Refused):
        attempts.begin("192.0.2.1")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "", True),
        ("unix:/run/x", "192.0.2.1", False),
    ],
)
def test_what_is_one_address(one: str, other: str, is_same: bool) -> None:
    """Whoever has one IPv6 address has all of its network."""
    attempts = Attempts(1, now=FakeClock().now)
    attempts.begin(one)
    if is_same:
        with pytest.raises(Refused):
            attempts.begin(other)
    else:
        attempts.begin(other)
