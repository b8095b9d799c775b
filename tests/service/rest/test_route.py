# SPDX-License-Identifier: Apache-2.0
"""What a function says about its route."""

from __future__ import annotations

from uuid import UUID

import pytest

from stackloom.service.rest.answer import Answer, Stream
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.route import Who, route
from stackloom.wire.plan import Plan, PlanCreate


@route("POST", "/plans/{plan_id}/{number}", who=Who.MEMBER, status=202)
async def make_a_plan(
    asked: Asked, *, plan_id: UUID, number: int, body: PlanCreate
) -> Answer[Plan] | Stream:
    """Make a plan.

    It takes
    a while.
    """
    raise NotImplementedError


def test_the_signature_says_it() -> None:
    """Names, types, words: all of it from the function."""
    assert make_a_plan.operation_id == "makeAPlan"
    assert make_a_plan.tag == "test_route"
    assert make_a_plan.summary == "Make a plan."
    assert make_a_plan.description == "It takes\na while."
    assert make_a_plan.names == {"plan_id": UUID, "number": int}
    assert (make_a_plan.body, make_a_plan.query, make_a_plan.form) == (PlanCreate, None, None)
    assert make_a_plan.answer is Plan


def test_no_body_at_all() -> None:
    """None is none, by itself and in an answer."""

    @route("DELETE", "/a", who=Who.ALL)
    async def first(asked: Asked) -> None:
        """Do."""

    @route("DELETE", "/b", who=Who.ALL)
    async def second(asked: Asked) -> Answer[None]:
        """Do."""
        raise NotImplementedError

    assert (first.answer, second.answer) == (None, None)


def test_a_path_that_names_something_else() -> None:
    """Arguments are those of the path."""
    with pytest.raises(AssertionError, match="are not those of /a/"):

        @route("GET", "/a/{name}", who=Who.ALL)
        async def wrong(asked: Asked, *, id: str) -> None:
            """Do."""


def test_a_route_without_words() -> None:
    """The document needs them."""
    with pytest.raises(AssertionError, match="has no docstring"):

        @route("GET", "/a", who=Who.ALL)
        async def silent(asked: Asked) -> None:
            raise NotImplementedError


def test_codes_that_are_none() -> None:
    """Only rows of the table."""
    with pytest.raises(AssertionError, match="no such codes"):
        route("GET", "/a", who=Who.ALL, refusals=("no.such",))
