# SPDX-License-Identifier: Apache-2.0
"""Events are read whole, once, and in their order, however the bytes come."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from stackloom.client.watching import OtherEvent, Watch
from stackloom.wire.event import JobState

JOB = UUID(int=1)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def state(seq: int) -> JobState:
    return JobState(
        seq=seq,
        position=seq + 10,
        at=AT,
        job_id=JOB,
        scenario_id=None,
        message=f"état {seq}",
        state="applying",
    )


def sent(seq: int) -> bytes:
    return b"id: %d\nevent: job_state\ndata: %s\n\n" % (seq, msgspec.json.encode(state(seq)))


STREAM = b"retry: 40\n\n" + sent(1) + b":\n\n" + sent(2) + b"event: end\ndata: {}\n\n"


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
def test_pieces_may_end_anywhere(size: int) -> None:
    """Also inside a character."""
    watch = Watch("seq", 0)
    events = []
    for at in range(0, len(STREAM), size):
        events += list(watch.take(STREAM[at : at + size]))
    assert events == [state(1), state(2)]
    assert (watch.after, watch.is_over, watch.retry_seconds) == (2, True, 0.04)


def test_a_new_line_begins_with_a_whole_message() -> None:
    """What the old one left half is forgotten, and what comes again is not told twice."""
    watch = Watch("seq", 0)
    assert list(watch.take(sent(1) + sent(2)[:20])) == [state(1)]
    watch.begin()
    assert list(watch.take(sent(1) + sent(2))) == [state(2)]
    assert not watch.is_over


def test_an_event_of_a_later_version_is_told_by_its_message() -> None:
    """Whoever shows it shows the message."""
    body = (
        b'{"type":"moved_house","seq":3,"position":4,"at":"2026-01-01T00:00:00Z",'
        b'"job_id":"00000000-0000-0000-0000-000000000001","scenario_id":null,"message":"m","x":1}'
    )
    (event,) = Watch("seq", 0).take(b"id: 3\nevent: moved_house\ndata: " + body + b"\n\n")
    assert event == OtherEvent(
        type="moved_house", seq=3, position=4, at=AT, job_id=JOB, scenario_id=None, message="m"
    )
