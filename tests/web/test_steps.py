# SPDX-License-Identifier: Apache-2.0
"""The rows of plans and runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from stackloom.errors import Problem
from stackloom.web.picture import Pin
from stackloom.web.steps import Row, pins_of, rows_of_plan, rows_of_run
from stackloom.wire.event import (
    Event,
    StepAccepted,
    StepEnded,
    StepError,
    StepInDoubt,
    StepStarted,
    TakenOver,
    Warned,
)
from stackloom.wire.plan import FieldDifference, PlanStep

ERROR = StepError(code="engine.conflict", detail="in use", status=409, service="network")
_ALL: dict[str, Any] = {
    "position": 1,
    "at": datetime(2026, 11, 24, tzinfo=UTC),
    "job_id": UUID(int=1),
    "scenario_id": None,
    "message": "",
}


def test_the_halves_of_a_replacement_are_one_row_and_changes_come_first() -> None:
    """With what either of them says."""
    image = FieldDifference(field="image", have="a", want="b", in_place=False)
    steps = (
        PlanStep(address="router.hub", action="keep", id="r"),
        PlanStep(address="server.a", action="delete", replaces=True, id="s", differences=(image,)),
        PlanStep(
            address="server.a",
            action="create",
            replaces=True,
            differences=(image,),
            because="image.b",
            needs=("router.hub",),
            blocked_by=("port x",),
        ),
        PlanStep(address="subnet.a", action="delete", leaves_with="network.a"),
    )
    assert rows_of_plan(steps) == (
        Row(
            address="server.a",
            change="replace",
            cloud_id="s",
            differences=(image,),
            reasons=("because image.b is replaced", "blocked by port x"),
            needs=("router.hub",),
        ),
        Row(address="subnet.a", change="delete", reasons=("goes with network.a",)),
        Row(address="router.hub", change="keep", cloud_id="r"),
    )


def test_a_double_says_nothing_about_the_one_that_stays() -> None:
    """One is deleted beside it, in whatever order they come."""
    double = PlanStep(address="server.a", action="delete", id="2")
    stays = PlanStep(address="server.a", action="keep", id="1")
    rows = [rows_of_plan(steps)[0].change for steps in ((double, stays), (stays, double))]
    assert rows == ["keep", "delete"]


def _told(*events: Event) -> dict[str, tuple[str, str]]:
    planned = (
        Row(address="network.a", change="create"),
        Row(address="server.a", change="create"),
        Row(address="router.a", change="keep", cloud_id="r"),
    )
    return {row.address: (row.stage, row.cloud_id) for row in rows_of_run(planned, events)}


def test_a_run_is_as_far_as_its_events() -> None:
    """What nothing was said of waits, what stays has no stage."""
    assert _told() == {
        "network.a": ("waiting", ""),
        "server.a": ("waiting", ""),
        "router.a": ("", "r"),
    }
    started = StepStarted(seq=1, address="network.a", action="create", **_ALL)
    accepted = StepAccepted(seq=2, address="network.a", cloud_id="n", **_ALL)
    doubt = StepInDoubt(seq=3, address="network.a", action="create", reason="cut", **_ALL)
    ended = StepEnded(
        seq=4, address="network.a", action="create", result="done", seconds=1.0, **_ALL
    )
    kept = StepEnded(
        seq=5, address="router.a", action="keep", result="done", seconds=0.0, cloud_id="r", **_ALL
    )
    warned = Warned(seq=6, problem=Problem(file="", line=0, column=0, message="x"), **_ALL)
    seen = [_told(*events)["network.a"] for events in ((started,), (started, accepted))]
    seen += [_told(started, accepted, doubt)["network.a"]]
    seen += [_told(started, accepted, doubt, ended, kept, warned)["network.a"]]
    assert seen == [("running", ""), ("running", "n"), ("in doubt", "n"), ("done", "n")]
    assert _told(kept)["router.a"] == ("", "r")


def test_what_another_worker_takes_over_begins_again() -> None:
    """What had ended has ended."""
    started = StepStarted(seq=1, address="server.a", action="create", **_ALL)
    ended = StepEnded(
        seq=2, address="network.a", action="create", result="done", seconds=1.0, **_ALL
    )
    over = TakenOver(seq=3, attempt=2, **_ALL)
    told = _told(started, ended, over)
    assert (told["server.a"][0], told["network.a"][0]) == ("waiting", "done")


def test_a_step_that_no_plan_told_of_has_a_row() -> None:
    """An older plan, whose run was planned anew."""
    started = StepStarted(seq=1, address="port.new", action="delete", **_ALL)
    assert rows_of_run((), (started,)) == (
        Row(address="port.new", change="delete", stage="running"),
    )


def test_failures_are_pinned_with_what_answered() -> None:
    """Status and service, or the kind of failure where nothing answered."""
    without = msgspec.structs.replace(ERROR, service="")
    own = StepError(code="engine.timed-out", detail="too slow")
    rows = [
        Row(address=str(number), change="create", stage="failed", error=error)
        for number, error in enumerate((ERROR, without, own, None))
    ]
    rows.append(Row(address="fine", change="create", stage="done"))
    assert pins_of(rows) == [
        Pin(address="0", reason="409 from network"),
        Pin(address="1", reason="409"),
        Pin(address="2", reason="timed out"),
        Pin(address="3", reason="failed"),
    ]


def test_an_address_has_a_kind_and_a_name() -> None:
    """Names may have dots themselves."""
    row = Row(address="router_interface.hub.blue", change="keep")
    assert (row.kind, row.name) == ("router_interface", "hub.blue")
