# SPDX-License-Identifier: Apache-2.0
"""From what the service says when it refuses to the exceptions that stackloom raises elsewhere.

The code decides, not the status: ``stackloom.plan.stale`` is ``Moved``, and what the engine raised
in the service, ``stackloom.engine.<slug>``, is raised here again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from stackloom import errors
from stackloom.errors import BadScenario, CloudError, Problem, StackloomError
from stackloom.transport.client import Answer, Request
from stackloom.transport.refusal import refusal, request_id
from stackloom.wire.codes import ENGINE, PREFIX
from stackloom.wire.event import StepError
from stackloom.wire.problem import ErrorItem, Errors

SERVICE = "stackloom"

_BY_CODE: Mapping[str, type[StackloomError]] = {
    "plan.stale": errors.Moved,
    "scenario.busy": errors.ScenarioBusy,
    "limit.reached": errors.OverQuota,
    "reading.took-too-long": errors.UsageError,
    "secret.missing": errors.UsageError,
    "scenario.invalid": errors.UsageError,
    "scenario.renamed": errors.UsageError,
    "webhook.not-allowed": errors.UsageError,
    "cloud.unreachable": errors.Unreachable,
}
_BY_STATUS: Mapping[int, type[StackloomError]] = {
    401: errors.AuthFailed,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Conflict,
    428: errors.Conflict,
    429: errors.RateLimited,
}


def refused(answer: Answer, request: Request) -> StackloomError:
    """Return the exception for an answer of 400 or more."""
    try:
        items = msgspec.json.decode(answer.body, type=Errors).errors
    except msgspec.DecodeError:  # a proxy before the service says so
        items = ()
    if not items:
        return refusal(answer, method=request.method, url=request.url, service=SERVICE)
    return told(items, method=request.method, url=request.url, id=request_id(answer.headers))


def told(
    items: Sequence[ErrorItem], *, method: str = "", url: str = "", id: str = ""
) -> StackloomError:
    """Return the exception for what the service tells: of a refusal, or why a plan or run failed.

    Args:
        items: at least one; several are the problems of one scenario.
        id: the request id, where the items say none.
    """
    first = items[0]
    kind = _kind(first)
    problems = list(_problems(items))
    if problems and issubclass(kind, errors.UsageError):
        return BadScenario(problems)
    if not issubclass(kind, CloudError):
        return _plain(kind, first)
    return kind(
        first.detail,
        method=method,
        url=url,
        status=first.status,
        kind=first.code.removeprefix(PREFIX),
        request_id=first.request_id or id,
        service=SERVICE,
        hint=first.hint,
    )


def recorded(item: ErrorItem) -> StackloomError:
    """Return the exception for why a plan or run failed.

    The text of what is wrong with a scenario names the places, and what to do at each, by itself.
    """
    if item.source and item.source.file:
        item = msgspec.structs.replace(item, source=None, hint="")
    return told([item])


def step_error(error: StepError) -> StackloomError:
    """Return the exception with which a step failed."""
    marks = [f"HTTP {error.status}"] if error.status else []
    marks += [error.request_id] if error.request_id else []
    item = ErrorItem(
        code=PREFIX + error.code,
        status=error.status,
        title="",
        # The exception puts them behind its message again.
        detail=error.detail.removesuffix(f" ({', '.join(marks)})"),
        hint=error.hint,
    )
    raised = told([item], method=error.method, id=error.request_id)
    if isinstance(raised, CloudError):
        raised.service = error.service
    return raised


def _kind(item: ErrorItem) -> type[StackloomError]:
    code = item.code.removeprefix(PREFIX)
    if code.startswith(ENGINE):
        slug = code.removeprefix(ENGINE)
        return next((each for each in _leaves(StackloomError) if each.slug == slug), StackloomError)
    if code in _BY_CODE:
        return _BY_CODE[code]
    default = errors.ServerFault if item.status >= 500 else errors.BadRequest
    return _BY_STATUS.get(item.status, default)


def _leaves(kind: type[StackloomError]) -> Iterator[type[StackloomError]]:
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield below
            yield from _leaves(below)


def _problems(items: Sequence[ErrorItem]) -> Iterator[Problem]:
    for item in items:
        if item.source and item.source.file:
            yield Problem(
                file=item.source.file,
                line=item.source.line,
                column=item.source.column,
                message=item.detail,
                hint=item.hint,
            )


def _plain(kind: type[StackloomError], item: ErrorItem) -> StackloomError:
    """Return an exception that has its words from elsewhere, and nothing to make them of."""
    kind = errors.UsageError if kind is BadScenario else kind
    error = kind.__new__(kind)
    StackloomError.__init__(error, item.detail, hint=item.hint)
    return error
