# SPDX-License-Identifier: Apache-2.0
"""Stopping at a safe point where there is one, at once where nothing is under way."""

from __future__ import annotations

from stackloom.service.worker.brake import Brake


def _brake() -> tuple[Brake, list[str]]:
    calls: list[str] = []
    brake = Brake()
    brake.leave = lambda: calls.append("leave")
    return brake, calls


def test_work_that_has_sent_nothing_is_left_at_once() -> None:
    """While it reads and plans there is nothing to wait for."""
    brake, calls = _brake()
    brake.engage("drained")
    assert (brake.cause, calls) == ("drained", ["leave"])


def test_work_that_is_under_way_is_asked_to_stop() -> None:
    """And is left again once it is over."""
    brake, calls = _brake()
    with brake.stopping_by(lambda: calls.append("stop")):
        brake.engage("cancelled")
    brake.engage("cancelled")
    assert calls == ["stop", "leave"]


def test_work_that_begins_after_that_stops_before_its_first_step() -> None:
    """Between planning and applying somebody has cancelled."""
    brake, calls = _brake()
    brake.engage("cancelled")
    with brake.stopping_by(lambda: calls.append("stop")):
        pass
    assert calls == ["leave", "stop"]


def test_a_cancelling_counts_more_than_a_workers_end() -> None:
    """Whichever comes first: nobody is to go on with it."""
    for causes in (("drained", "cancelled"), ("cancelled", "drained")):
        brake, _ = _brake()
        for cause in causes:
            brake.engage(cause)
        assert brake.cause == "cancelled"
