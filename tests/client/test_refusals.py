# SPDX-License-Identifier: Apache-2.0
"""What the service refuses is raised as what stackloom raises elsewhere."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.transport import raw_answer

from stackloom import errors
from stackloom.client.refusals import refused, told
from stackloom.errors import BadScenario, CloudError, Problem, StackloomError
from stackloom.transport.client import Request
from stackloom.wire.codes import CODES
from stackloom.wire.problem import ErrorItem, Errors, Source

ASKED = Request(method="POST", url="http://service.test/v1/runs")


def _item(code: str, status: int, source: Source | None = None) -> ErrorItem:
    return ErrorItem(
        code=f"stackloom.{code}",
        status=status,
        title="a title",
        detail="what happened",
        hint="what to do",
        request_id="req-1",
        source=source,
    )


def _raised(*items: ErrorItem) -> StackloomError:
    body = msgspec.json.encode(Errors(errors=items))
    return refused(raw_answer(items[0].status, body), ASKED)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("token.refused", errors.AuthFailed),
        ("role.missing", errors.Forbidden),
        ("not-found", errors.NotFound),
        ("plan.stale", errors.Moved),
        ("plan.not-ready", errors.Conflict),
        ("etag.mismatch", errors.Conflict),
        ("scenario.busy", errors.ScenarioBusy),
        ("queue.full", errors.RateLimited),
        ("limit.reached", errors.OverQuota),
        ("body.invalid", errors.BadRequest),
        ("secret.missing", errors.UsageError),
        ("database.away", errors.ServerFault),
        ("cloud.unreachable", errors.Unreachable),
    ],
)
def test_a_code_is_an_exception(code: str, kind: type[StackloomError]) -> None:
    """With the words of the service, and what to do."""
    error = _raised(_item(code, CODES[code].status))
    assert type(error) is kind
    assert (error.message, error.hint) == ("what happened", "what to do")
    if isinstance(error, CloudError):
        assert (error.kind, error.status) == (code, CODES[code].status)
        assert (error.method, error.url, error.request_id) == (ASKED.method, ASKED.url, "req-1")


def test_every_code_is_some_exception_of_ours() -> None:
    """None comes as a plain error without a branch."""
    plain = [
        code
        for code, row in CODES.items()
        if not isinstance(_raised(_item(code, row.status)), CloudError | errors.UsageError)
    ]
    assert plain == ["scenario.busy"]


@pytest.mark.parametrize(
    "kind",
    [
        errors.OverQuota,
        errors.WentToError,
        errors.RunFailed,
        errors.Cycle,
        errors.Unchangeable,
        errors.Occupied,
        errors.LostLease,
    ],
)
def test_what_the_engine_raised_is_raised_again(kind: type[StackloomError]) -> None:
    """By its slug, with its exit code."""
    error = told([_item(f"engine.{kind.slug}", 409)])
    assert type(error) is kind
    assert (str(error).partition(" (")[0], error.hint) == ("what happened", "what to do")


def test_problems_of_a_scenario_come_all_at_once() -> None:
    """As from a file that is read here."""
    places = [Source(file="scenario.yaml", line=line, column=3) for line in (7, 2)]
    error = _raised(*(_item("scenario.invalid", 400, place) for place in places))
    assert isinstance(error, BadScenario)
    assert error.problems == [
        Problem(
            file="scenario.yaml", line=line, column=3, message="what happened", hint="what to do"
        )
        for line in (2, 7)
    ]


@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b'{"errors": []}', b""])
def test_what_a_proxy_says_is_told_as_such(body: bytes) -> None:
    """It speaks no code of ours."""
    error = refused(raw_answer(502, body), ASKED)
    assert isinstance(error, CloudError)
    assert error.hint == "a proxy before the service says so; run the command again in a moment"
