# SPDX-License-Identifier: Apache-2.0
"""What a run tells while it goes."""

from __future__ import annotations

from stackloom.cloud.mark import Address
from stackloom.scenario.events import Outcome, Result, StepEnded, tell_nobody
from stackloom.scenario.plan import Action, Step


def test_an_outcome_knows_no_more_than_it_was_told() -> None:
    """Without an id, an error or somebody to blame these are empty."""
    step = Step(address=Address("bed", "north"), action=Action.KEEP)
    outcome = Outcome(step=step, result=Result.DONE)
    assert (outcome.id, outcome.error, outcome.blamed, outcome.seconds) == ("", None, None, 0.0)


def test_nobody_listens_in_silence() -> None:
    """The default listener takes every event."""
    step = Step(address=Address("bed", "north"), action=Action.KEEP)
    tell_nobody(StepEnded(outcome=Outcome(step=step, result=Result.DONE)))
