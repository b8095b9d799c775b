# SPDX-License-Identifier: Apache-2.0
"""Words for times and rates."""

from __future__ import annotations

from argparse import ArgumentTypeError

import pytest

from stackloom.cli.quantities import Rate, rate, seconds


@pytest.mark.parametrize(
    ("text", "expected"), [("150ms", 0.15), ("2s", 2.0), ("1.5m", 90.0), ("3", 3.0), (".5", 0.5)]
)
def test_a_time_has_a_unit_or_is_in_seconds(text: str, expected: float) -> None:
    """As people write it."""
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "ms", "-1s", "1 s", "1d", "x"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """With how to write one."""
    with pytest.raises(ArgumentTypeError, match="is no time; write 150ms, 2s or 1m"):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "per_second", "burst"), [("10/s", 10.0, 10), ("600/m", 10.0, 600), ("5/10s", 0.5, 5)]
)
def test_a_rate_is_a_number_in_a_time(text: str, per_second: float, burst: int) -> None:
    """The number itself may come at once."""
    assert rate(text) == Rate(per_second=per_second, burst=burst)


@pytest.mark.parametrize("text", ["", "10", "0/s", "10/", "10/d", "/s", "1/0s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    """Also one whose number or time is none."""
    with pytest.raises(ArgumentTypeError, match="is no rate"):
        rate(text)
