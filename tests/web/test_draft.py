# SPDX-License-Identifier: Apache-2.0
"""What stands in the editor: from its form, from what is kept, onto the wire."""

from __future__ import annotations

import pytest
from tests.web.samples import NOW, SCENARIOS

from stackloom.errors import Problem
from stackloom.web.draft import Draft, File, of_form, of_scenario
from stackloom.wire.scenario import Check, Revision, ScenarioSource


def test_a_draft_comes_from_a_form_and_from_what_is_kept() -> None:
    """Nothing that the service has is lost on the way through the editor."""
    source = ScenarioSource(text="x", files={"b": "2", "a": "1"}, variables={"n": [1]})
    revision = Revision(number=1, source=source, created_at=NOW, created_by="alice")
    draft = of_scenario(SCENARIOS[0], revision, '"1"')
    assert draft == Draft(
        text="x",
        files=(File(path="a", text="1"), File(path="b", text="2")),
        variables="n:\n- 1\n",
        tags="lab, team-blue",
        check_seconds="900",
        etag='"1"',
    )
    assert draft.source() == (source, ())
    assert draft.check == Check(every_seconds=900)
    assert of_form({"text": ["x"], "file_path": ["", " c "], "file_text": ["", "3"]}) == Draft(
        text="x", files=(File(path="c", text="3"),)
    )


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("- 1", 1),
        ("a: [", 1),
        ("a: 1\nb: }", 2),
        ("a: !!python/object:x {}", 1),
        ("\ud800", 0),
        ("a: &a [1]\nb: [*a, *a]", 2),
        ("a: 1\nb: " + "[" * 60_000, 2),
        ("a: " + "x" * 70_000, 0),
    ],
)
def test_values_that_cannot_be_are_told(typed: str, line: int) -> None:
    """At their line, where there is one."""
    _, problems = Draft(text="", variables=typed).source()
    assert [(each.file, each.line) for each in problems] == [("variables", line)]
    assert isinstance(problems[0], Problem)


def test_only_a_number_is_a_check() -> None:
    """As the choices of the form are."""
    assert [Draft(text="", check_seconds=each).check for each in ("", "x", "٣")] == [None] * 3
