# SPDX-License-Identifier: Apache-2.0
"""Why a job or step failed, as it is kept and told; whether it may go well another time. Pure."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable

from stackloom.errors import (
    AuthFailed,
    BadScenario,
    CloudError,
    Forbidden,
    InDoubt,
    NotFound,
    RateLimited,
    ServerFault,
    StackloomError,
    Unreachable,
)
from stackloom.scenario.events import Outcome, Result
from stackloom.service.database.pool import DatabaseAway
from stackloom.service.refusal import Refused
from stackloom.wire.codes import CODES, ENGINE, PREFIX
from stackloom.wire.event import StepError
from stackloom.wire.problem import ErrorItem, Source

# A quota does not grow by asking again, and a name that is unknown stays so.
_PASSING = (Unreachable, ServerFault, InDoubt, RateLimited, DatabaseAway)
# To a log-in Keystone answers (measured, 30.0.0): 404 where an application credential is gone and
# 401 where its user has lost the roles; 401 where a trust is gone and 403 where its giver has lost
# them (keystone/models/token_model.py, `_get_trust_roles`).
_REFUSING = (AuthFailed, Forbidden, NotFound)
_LOG_IN = "/auth/tokens"


def passes(error: StackloomError) -> bool:
    """Return whether the same may go well a little later."""
    return isinstance(error, _PASSING)


def as_job_error(error: StackloomError) -> StackloomError:
    """Return why a job failed: a log-in that Keystone refuses means that its grant is gone."""
    is_refused_log_in = isinstance(error, _REFUSING) and error.url.endswith(_LOG_IN)
    if not is_refused_log_in:
        return error
    return Refused(
        "grant.revoked",
        f"Keystone does not let the service act any more for whoever asked for this: {error}",
        hint="ask for it again, with a token of somebody who may",
    )


def error_item(error: StackloomError, hide: Callable[[str], str]) -> ErrorItem:
    """Return an error as the record of a plan or run keeps it.

    Args:
        hide: puts stars in the place of secrets: a cloud may say back what it was asked with.
    """
    if isinstance(error, Refused):
        row = CODES[error.code]
        return ErrorItem(
            code=PREFIX + error.code,
            status=row.status,
            title=row.title,
            detail=hide(error.message),
            hint=hide(error.hint),
            source=error.source,
        )
    if isinstance(error, BadScenario):
        row, first = CODES["scenario.invalid"], error.problems[0]
        return ErrorItem(
            code=f"{PREFIX}scenario.invalid",
            status=row.status,
            title=row.title,
            detail=hide(str(error)),
            hint=hide(first.hint),
            source=Source(file=first.file, line=first.line, column=first.column),
        )
    return ErrorItem(
        code=f"{PREFIX}{ENGINE}{error.slug}",
        status=error.http_status,
        title=_title(error),
        detail=hide(str(error)),
        hint=hide(error.hint),
    )


def failed_steps(outcomes: Iterable[Outcome], hide: Callable[[str], str]) -> ErrorItem:
    """Return why a run failed: the error of its one failed step, or how many they are."""
    told = tuple(outcomes)
    failed = [each for each in told if each.result is Result.FAILED and each.error]
    waited = sum(each.result is Result.SKIPPED for each in told)
    behind = f"; {waited} behind it did not begin" if waited else ""
    first = failed[0]
    assert first.error is not None, "a step that failed says why"
    item = error_item(first.error, hide)
    count = f" (and {len(failed) - 1} more failed)" if len(failed) > 1 else ""
    return ErrorItem(
        code=item.code,
        status=item.status,
        title=item.title,
        detail=f"{first.step.address}: {item.detail}{count}{behind}",
        hint=item.hint
        or "what was made stays and is known; after mending the cause, retry the run",
    )


def step_error(error: StackloomError, hide: Callable[[str], str]) -> StepError:
    """Return why a step failed, with what finds it in the logs of the cloud."""
    code = error.code if isinstance(error, Refused) else f"{ENGINE}{error.slug}"
    plain = StepError(code=code, detail=hide(str(error)), hint=hide(error.hint))
    if not isinstance(error, CloudError):
        return plain
    return StepError(
        code=code,
        detail=plain.detail,
        hint=plain.hint,
        status=error.status,
        service=error.service,
        method=error.method,
        request_id=error.request_id,
    )


def _title(error: StackloomError) -> str:
    return inspect.cleandoc(type(error).__doc__ or "").partition("\n")[0].rstrip(".")
