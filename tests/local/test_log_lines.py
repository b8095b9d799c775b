# SPDX-License-Identifier: Apache-2.0
"""Lines of logs: in order of time, and of one request."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackloom.local import log_lines
from stackloom.local.log_lines import Follower, Trail

NOVA = "req-11111111-1111-1111-1111-111111111111"
NEUTRON = "req-22222222-2222-2222-2222-222222222222"
GLANCE = "req-33333333-3333-3333-3333-333333333333"
OTHER = "req-44444444-4444-4444-4444-444444444444"


def _line(second: int, caller: str, own: str, text: str) -> str:
    return f"2026-11-24 07:00:{second:02}.000 1 INFO x [{caller} {own} user project - -] {text}\n"


@pytest.fixture
def logs(tmp_path: Path) -> dict[str, Path]:
    """Return the logs of two services, that of one begun anew."""
    nova, neutron = tmp_path / "nova.log", tmp_path / "neutron.log"
    nova.with_suffix(".log.1").write_text(_line(1, "None", NOVA, "boot"))
    nova.write_text(
        _line(3, "None", NOVA, "failed")
        + "Traceback (most recent call last):\n"
        + _line(4, "None", OTHER, "list")
        + _line(6, NOVA, GLANCE, "called back")
    )
    neutron.write_text(
        "no moment yet\n" + _line(2, NOVA, NEUTRON, "port") + _line(5, OTHER, OTHER, "x")
    )
    return {"nova": nova, "neutron": neutron}


def _texts(lines: list[log_lines.LogLine]) -> list[str]:
    return [f"{line.program}: {line.text.rpartition('] ')[2]}" for line in lines]


def test_lines_of_all_services_are_in_order_of_time(logs: dict[str, Path]) -> None:
    """A line without a moment stays behind the one before it."""
    assert _texts(log_lines.read(logs)) == [
        "neutron: no moment yet",
        "nova: boot",
        "neutron: port",
        "nova: failed",
        "nova: Traceback (most recent call last):",
        "nova: list",
        "neutron: x",
        "nova: called back",
    ]


@pytest.mark.parametrize("id", [NOVA, NEUTRON, GLANCE])
def test_a_request_is_followed_to_all_services(logs: dict[str, Path], id: str) -> None:
    """By the caller's id and by its own: all of the family, wherever one begins."""
    lines = log_lines.read(logs)
    trail = Trail(id)
    trail.learn(lines)
    assert _texts([line for line in lines if trail.takes(line)]) == [
        "nova: boot",
        "neutron: port",
        "nova: failed",
        "nova: called back",
    ]


def test_an_id_that_nobody_knows_takes_nothing(logs: dict[str, Path]) -> None:
    """Nor does the word for no caller join strangers."""
    lines = log_lines.read(logs)
    trail = Trail("req-55555555-5555-5555-5555-555555555555")
    trail.learn(lines)
    assert not [line for line in lines if trail.takes(line)]


def test_what_is_written_is_followed(logs: dict[str, Path]) -> None:
    """Whole lines only, through a log that is set aside, and a log that comes later."""
    later = logs["nova"].with_name("cinder.log")
    follower = Follower({**logs, "cinder": later})
    assert follower.new_lines() == []
    with logs["nova"].open("a") as file:
        file.write("one\ntw")
        file.flush()
        assert _texts(follower.new_lines()) == ["nova: one"]
        file.write("o\n")
    logs["nova"].replace(logs["nova"].with_suffix(".log.1"))
    logs["nova"].write_text("three\n")
    later.write_text("four\n")
    assert sorted(_texts(follower.new_lines())) == ["cinder: four", "nova: three", "nova: two"]
    follower.close()
