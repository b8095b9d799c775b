# SPDX-License-Identifier: Apache-2.0
"""States and what they follow from; when a try is repeated."""

from __future__ import annotations

import re
from importlib import resources
from typing import get_args

from stackloom.service.jobs.backoff import wait_seconds
from stackloom.service.jobs.job import (
    JOB_TRANSITIONS,
    PLAN_TRANSITIONS,
    RUN_TRANSITIONS,
    JobState,
)
from stackloom.wire.plan import PlanState
from stackloom.wire.run import ENDED, RunState


def test_every_state_says_what_may_follow_and_those_that_end_say_nothing() -> None:
    """The tables are complete, and name no state that is none."""
    for transitions, states, ends in (
        (JOB_TRANSITIONS, get_args(JobState), {"ended"}),
        (PLAN_TRANSITIONS, get_args(PlanState), {"failed", "cancelled", "expired"}),
        (RUN_TRANSITIONS, get_args(RunState), ENDED),
    ):
        assert set(transitions) == set(states)
        assert set().union(*transitions.values()) <= set(states)
        assert {state for state, after in transitions.items() if not after} == ends


def test_the_database_knows_the_same_states() -> None:
    """A state that is only in one of the two would be refused when it is needed."""
    tables = resources.files("stackloom.service.database") / "migrations" / "0001_tables.sql"
    text = tables.read_text(encoding="utf-8")
    found = [
        set(re.findall(r"'(\w+)'", words))
        for words in re.findall(r"check \(state in (.*?)\)\)", text, re.DOTALL)
    ]
    for states in (JobState, PlanState, RunState):
        assert set(get_args(states)) in found


def test_a_try_waits_longer_each_time_and_the_last_waits_no_more() -> None:
    """5, 15, 45, 120 s, a fifth more or less."""
    middle = [wait_seconds(tries, at_most=6, random=lambda: 0.5) for tries in range(1, 7)]
    assert middle == [5.0, 15.0, 45.0, 120.0, 120.0, None]
    assert wait_seconds(1, at_most=5, random=lambda: 0.0) == 4.0
    assert wait_seconds(1, at_most=5, random=lambda: 1.0) == 6.0
    assert wait_seconds(1, at_most=1, random=lambda: 0.5) is None
