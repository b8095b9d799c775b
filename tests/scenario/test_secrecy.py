# SPDX-License-Identifier: Apache-2.0
"""A plan as it may be shown."""

from __future__ import annotations

import pytest
from tests.fakes.toy_kinds import TOY_KINDS

from stackloom.cloud.kind import Difference
from stackloom.cloud.mark import Address
from stackloom.errors import BadScenario
from stackloom.scenario.language.reading import Inputs
from stackloom.scenario.language.variables import Given
from stackloom.scenario.loader import load_text
from stackloom.scenario.model import Scenario
from stackloom.scenario.plan import Action, Plan, Step
from stackloom.scenario.secrecy import showable

SCENARIO = Scenario(name="s", specs={}, secrets=("hunter2",))


def _shown(have: object, want: object) -> tuple[object, object]:
    difference = Difference(field="metadata", have=have, want=want)
    step = Step(address=Address("server", "web"), action=Action.UPDATE, differences=(difference,))
    plan = showable(Plan(scenario="s", steps=(step,)), SCENARIO.hide)
    (shown,) = plan.steps[0].differences
    return shown.have, shown.want


def test_a_secret_and_what_it_replaces_are_stars() -> None:
    """Yesterday's secret was one too; what has nothing to do with it stays."""
    assert _shown("old", "hunter2") == ("***", "***")
    assert _shown("old", "with hunter2 inside") == ("***", "***")
    assert _shown(None, ["hunter2"]) == (None, "***")
    assert _shown("old", "new") == ("old", "new")
    assert _shown({"a": "1", "key": "old", "b": "2"}, {"a": "3", "key": "hunter2"}) == (
        {"a": "1", "key": "***", "b": "2"},
        {"a": "3", "key": "***"},
    )
    assert _shown(None, {"key": "hunter2"}) == (None, {"key": "***"})


def test_texts_are_hidden_longest_secret_first() -> None:
    """One that is part of another leaves nothing of it; without secrets nothing happens."""
    scenario = Scenario(name="s", specs={}, secrets=("hunter", "hunter2"))
    assert scenario.hide("hunter2 and hunter") == "*** and ***"
    assert Scenario(name="s", specs={}).hide("hunter2") == "hunter2"
    assert "hunter" not in repr(scenario)


def test_a_secret_that_is_wrong_is_not_told() -> None:
    """Where a value is refused, the message shows it otherwise."""
    text = "scenario: g\nvariables: {key: {secret: true}}\nbeds: {north: {size: '${var.key}'}}\n"
    given = Given(source="--var", values={"key": "hunter2"}, are_texts=True)
    with pytest.raises(BadScenario) as caught:
        load_text(text, "garden.yaml", TOY_KINDS, Inputs(given=(given,)))
    assert str(caught.value) == ('garden.yaml:3:22: this should be a whole number, and is "***"')
