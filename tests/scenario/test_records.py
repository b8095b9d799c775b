# SPDX-License-Identifier: Apache-2.0
"""What was about to be made, kept for the run after one that was killed."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from tests.fakes.fake_actions import FakeActions
from tests.fakes.toy_kinds import BedState

from stackloom.cloud.mark import Address
from stackloom.errors import Conflict, InDoubt, ScenarioBusy
from stackloom.scenario.plan import Action, Step
from stackloom.scenario.records import (
    FileRecords,
    RecordedActions,
    hold_records,
    records_directory,
)

NORTH, SOUTH = Address("bed", "north"), Address("bed", "south.east")


def _steps(*addresses: Address, action: Action = Action.CREATE) -> list[Step]:
    state = None if action is Action.CREATE else BedState(id="bed-1")
    return [Step(address=address, action=action, state=state) for address in addresses]


def test_records_lie_where_state_of_programs_lies() -> None:
    """``XDG_STATE_HOME``, or below the home."""
    given = [{"XDG_STATE_HOME": "/state", "HOME": "/home/a"}, {"HOME": "/home/a"}]
    assert [str(records_directory(each)) for each in given] == [
        "/state/stackloom/records",
        "/home/a/.local/state/stackloom/records",
    ]


def test_an_intent_without_an_ending_is_seen_by_the_next_run(tmp_path: Path) -> None:
    """With the time at which it began; what ended is not."""

    async def run(file: Path) -> None:
        records = FileRecords(file, now=lambda: 1000.1234)
        await records.intend([NORTH, SOUTH])
        await records.end({NORTH: "bed-1"})

    file = tmp_path / "garden.jsonl"
    file.touch()
    asyncio.run(run(file))
    assert FileRecords(file).unfinished == {SOUTH: 1000.123}
    assert file.read_text(encoding="utf-8") == (
        '{"time": 1000.123, "intend": "bed.north"}\n'
        '{"time": 1000.123, "intend": "bed.south.east"}\n'
        '{"time": 1000.123, "end": "bed.north", "id": "bed-1"}\n'
    )


def test_what_is_known_by_now_is_forgotten(tmp_path: Path) -> None:
    """The file begins anew."""
    file = tmp_path / "garden.jsonl"
    file.write_text('{"time": 1, "intend": "bed.north"}\n', encoding="utf-8")
    records = FileRecords(file)
    assert records.unfinished == {NORTH: 1.0}
    asyncio.run(records.forget())
    assert FileRecords(file).unfinished == {}


def test_lines_that_a_crash_has_spoilt_count_for_nothing(tmp_path: Path) -> None:
    """The others are still read."""
    file = tmp_path / "garden.jsonl"
    lines = ['{"time": 5, "intend": "bed.north"}', "[]", "{}", "7", '{"intend": "bed.x"}', '{"ti']
    file.write_text("\n".join(lines), encoding="utf-8")
    assert FileRecords(file).unfinished == {NORTH: 5.0}


def test_creates_are_noted_before_and_after(tmp_path: Path) -> None:
    """One that failed for certain has ended too; one in doubt has not."""
    file = tmp_path / "garden.jsonl"
    file.touch()
    seen: list[str] = []
    west = Address("bed", "west")
    actions = FakeActions(
        failures={"create bed.south.east": Conflict("taken"), "create bed.west": InDoubt("lost")},
        on_call=lambda _call: seen.append(file.read_text(encoding="utf-8")),
    )

    async def run() -> None:
        recorded = RecordedActions(actions, FileRecords(file, now=lambda: 1.0))
        made = await recorded.create(_steps(NORTH, SOUTH, west), {})
        assert made[NORTH] == "id of bed.north"

    asyncio.run(run())
    assert [line.count("intend") for line in seen] == [3]
    assert FileRecords(file).unfinished == {west: 1.0}


def test_all_else_is_passed_on_and_not_noted(tmp_path: Path) -> None:
    """Updates and deletes can be repeated."""
    file = tmp_path / "garden.jsonl"
    file.touch()
    actions = FakeActions()

    async def run() -> None:
        recorded = RecordedActions(actions, FileRecords(file))
        await recorded.update(_steps(NORTH, action=Action.UPDATE)[0], {})
        await recorded.delete(_steps(NORTH, action=Action.DELETE)[0])
        await recorded.settle(_steps(NORTH, action=Action.KEEP)[0], "bed-1")

    asyncio.run(run())
    assert actions.calls == [
        "update bed.north",
        "delete bed.north",
        "settle bed-1 of bed.north",
    ]
    assert file.read_text(encoding="utf-8") == ""


def test_only_one_command_works_on_a_scenario_of_a_cloud(tmp_path: Path) -> None:
    """The second is told; another scenario, and another cloud, are free."""
    with hold_records(tmp_path, cloud_key="a", scenario="garden"):
        with hold_records(tmp_path, cloud_key="a", scenario="wood"):
            pass
        with hold_records(tmp_path, cloud_key="b", scenario="garden"):
            pass
        with (
            pytest.raises(ScenarioBusy) as caught,
            hold_records(tmp_path, cloud_key="a", scenario="garden"),
        ):
            pass
    assert str(caught.value) == 'another command is at work on scenario "garden"'
    assert caught.value.hint == "wait until it has ended, then run this one again"
    with hold_records(tmp_path, cloud_key="a", scenario="garden") as records:
        assert records.unfinished == {}


def test_nobody_else_can_read_the_records(tmp_path: Path) -> None:
    """The file is 0600 in a folder of 0700."""
    with hold_records(tmp_path, cloud_key="a", scenario="garden"):
        (file,) = tmp_path.glob("*/*.jsonl")
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)]
        assert modes == [0o600, 0o700]


@pytest.mark.parametrize("name", ["../../escape", "/tmp/escape", "a/b", ".."])
def test_a_typed_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    """``destroy --scenario`` takes any word."""
    root = tmp_path / "records"
    with hold_records(root, cloud_key="a", scenario=name):
        assert len(list(root.glob("*/*.jsonl"))) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["records"]
