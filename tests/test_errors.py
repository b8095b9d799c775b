# SPDX-License-Identifier: Apache-2.0
"""Every error: its place in the tree, its exit code, and what it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stackloom import errors
from stackloom.errors import (
    BadScenario,
    CloudError,
    Conflict,
    Cycle,
    LocalCloudError,
    Problem,
    ProgramDied,
    RunFailed,
    StackloomError,
    TimedOut,
    UsageError,
    WaitFailed,
)


def _below(branch: type[StackloomError]) -> Iterator[type[StackloomError]]:
    for each in branch.__subclasses__():
        # Pythons that collect late keep classes that other tests have made.
        if each.__module__ == errors.__name__:
            yield each
            yield from _below(each)


_ALL: list[type[StackloomError]] = [StackloomError, *_below(StackloomError)]


@pytest.mark.parametrize(
    ("branch", "exit_code"),
    [(UsageError, 2), (CloudError, 3), (WaitFailed, 4), (RunFailed, 5), (LocalCloudError, 6)],
)
def test_a_branch_has_one_exit_code(branch: type[StackloomError], exit_code: int) -> None:
    """A script tells the branches apart by exit code; leaves do not change it."""
    assert {each.exit_code for each in (branch, *_below(branch))} == {exit_code}


def test_every_error_is_called_differently() -> None:
    """No two errors have one slug, and a slug is lower case with hyphens."""
    slugs = [each.slug for each in _ALL]
    assert sorted(slugs) == sorted(set(slugs))
    assert all(slug.replace("-", "").isalpha() and slug.islower() for slug in slugs)


@pytest.mark.parametrize("error", _ALL, ids=lambda each: each.__name__)
def test_every_error_stands_in_the_tree(error: type[StackloomError]) -> None:
    """The picture at the top of the module has every class, and each says what it is."""
    assert errors.__doc__ is not None
    assert error.__name__ in errors.__doc__
    assert error.__doc__
    assert 400 <= error.http_status < 600


def test_a_message_and_a_hint() -> None:
    """The text is the message; the hint stands beside it, for a line of its own."""
    error = StackloomError("it failed", hint="try again")
    assert (str(error), error.message, error.hint) == ("it failed", "it failed", "try again")
    assert StackloomError("it failed").hint == ""


@pytest.mark.parametrize(
    ("status", "request_id", "text"),
    [
        (409, "req-1", "in use (HTTP 409, req-1)"),
        (409, "", "in use (HTTP 409)"),
        (0, "req-1", "in use (req-1)"),
        (0, "", "in use"),
    ],
)
def test_a_refusal_shows_status_and_request_id(status: int, request_id: str, text: str) -> None:
    """What an operator needs to find it in the logs ends the message, where it is known."""
    error = Conflict("in use", status=status, request_id=request_id)
    assert str(error) == text
    assert error.message == "in use"


def test_a_problem_shows_its_place() -> None:
    """File, line and column are written as editors understand them; line 0 is the whole file."""
    here = Problem(file="a.yaml", line=7, column=3, message="no such key", hint="cidr is meant?")
    assert str(here) == "a.yaml:7:3: no such key (cidr is meant?)"
    assert str(Problem(file="a.yaml", line=0, column=0, message="empty")) == "a.yaml: empty"


def test_the_problems_of_a_file_come_together_in_its_order() -> None:
    """All problems are one error, sorted by place."""
    late, early = (Problem(file="a.yaml", line=line, column=1, message="x") for line in (9, 2))
    error = BadScenario([late, early])
    assert error.problems == [early, late]
    assert str(error) == "a.yaml:2:1: x\na.yaml:9:1: x"


def test_a_scenario_without_problems_is_not_bad() -> None:
    """Raising it with nothing to tell is a mistake of ours."""
    with pytest.raises(AssertionError):
        BadScenario([])


def test_a_circle_is_closed_in_words() -> None:
    """The first stands at the end again."""
    error = Cycle(["port.a", "server.b"])
    assert str(error) == (
        "these resources need each other in a circle: port.a -> server.b -> port.a"
    )
    assert error.addresses == ["port.a", "server.b"]


def test_a_wait_that_failed_carries_the_last_state() -> None:
    """Who catches it can look at what was seen last."""
    assert TimedOut("too slow", last="BUILD").last == "BUILD"
    assert TimedOut("too slow").last is None


def test_a_run_that_failed_carries_all_outcomes() -> None:
    """Also what went well is told."""
    assert RunFailed("2 failed", outcomes=(1, 2)).outcomes == (1, 2)
    assert RunFailed("2 failed").outcomes == ()


def test_a_program_that_died_shows_the_end_of_its_log() -> None:
    """Name, code and log are in the message, and can be asked for."""
    error = ProgramDied("neutron", -9, "last words", hint="look")
    assert str(error) == "neutron ended with code -9; the end of its log:\nlast words"
    assert (error.program, error.code, error.tail, error.hint) == (
        "neutron",
        -9,
        "last words",
        "look",
    )
    assert str(ProgramDied("nova", None, "")) == "nova ended; the end of its log:\n"
