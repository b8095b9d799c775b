# SPDX-License-Identifier: Apache-2.0
"""From exceptions to refusals on the wire: status, headers and body. Pure but for the log.

What nobody has foreseen is a 500 that says under which id the log has it, and no more.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from litestar.exceptions import HTTPException, MethodNotAllowedException

from stackloom.errors import BadScenario, CloudError, Problem, StackloomError
from stackloom.service.refusal import Refused
from stackloom.service.rest.answer import JSON
from stackloom.service.rest.asked import shown
from stackloom.wire.codes import CODES, ENGINE, PREFIX
from stackloom.wire.links import Link, Links
from stackloom.wire.problem import ErrorItem, Errors, ProblemDetail, Source

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"

# What the router raises by itself: no such path; a Host header that is none, or the like.
_ROUTER = {404: ("not-found", "there is nothing at {path}"), 400: ("header.invalid", "{detail}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that says no."""

    status: int
    errors: Errors
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, accept: str) -> tuple[bytes, str]:
        """Return body and media type: RFC 9457 for those who ask for it by ``Accept``."""
        if PROBLEM not in accept:
            return msgspec.json.encode(self.errors), JSON
        first = self.errors.errors[0]
        detail = ProblemDetail(
            type=first.links[0].href if first.links else "about:blank",
            title=first.title,
            status=self.status,
            detail=first.detail,
            instance=f"urn:request:{first.request_id}",
            code=first.code,
            errors=self.errors.errors,
        )
        return msgspec.json.encode(detail), PROBLEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Makes refusals.

    Attributes:
        help_url: of the page that tells about codes; each has an anchor there.
        challenge: what ``WWW-Authenticate`` says to those without a good token.
    """

    help_url: str
    challenge: str

    def of(self, error: Exception, *, path: str, request_id: str) -> Refusal:
        """Return what is said about *error*."""
        understood = _understood(error, path)
        if understood:
            return self._refused(understood, request_id)
        if isinstance(error, StackloomError):
            return self._engine(error, request_id)
        log.error("%s failed", shown(path), exc_info=error, extra={"request_id": request_id})
        failed = Refused(
            "server.failed",
            f"the service failed at {shown(path)}; its log says more under {request_id}",
            hint="ask again later; where it stays so, tell the operator the request id",
        )
        return self._refused(failed, request_id)

    def _refused(self, error: Refused, request_id: str) -> Refusal:
        name, row = PREFIX + error.code, CODES[error.code]
        links = self._links(error.code)
        first = ErrorItem(
            request_id=request_id,
            code=name,
            status=row.status,
            title=row.title,
            detail=error.message,
            hint=error.hint,
            source=error.source,
            links=links,
        )
        items = tuple(_of_problem(first, each) for each in error.problems) or (first,)
        headers = dict(error.headers)
        if row.status == 401:
            headers["WWW-Authenticate"] = self.challenge
        if row.status in {429, 503}:
            headers.setdefault("Retry-After", "1")
        return Refusal(status=row.status, errors=Errors(errors=items), headers=headers)

    def _engine(self, error: StackloomError, request_id: str) -> Refusal:
        """Return the refusal of what the engine raised.

        A cloud that refuses the token of a caller is no reason to log in anew here, so its 401 is
        told as 502: the token was good a moment ago.
        """
        status = error.http_status
        if isinstance(error, CloudError) and status == 401:
            status = 502
        item = ErrorItem(
            request_id=request_id,
            code=f"{PREFIX}{ENGINE}{error.slug}",
            status=status,
            title=inspect.cleandoc(type(error).__doc__ or "").partition("\n")[0].rstrip("."),
            detail=str(error),
            hint=error.hint,
            links=self._links(f"{ENGINE}{error.slug}"),
        )
        headers = {"Retry-After": "1"} if status in {429, 503} else {}
        return Refusal(status=status, errors=Errors(errors=(item,)), headers=headers)

    def _links(self, code: str) -> Links:
        return (Link(rel="help", href=f"{self.help_url}#{code}"),)


def not_for(method: str, path: str, allowed: Iterable[str]) -> Refused:
    """Return the refusal of a method that a path does not have."""
    methods = ", ".join(sorted(set(allowed) - {"OPTIONS"}))
    return Refused(
        "method.not-allowed",
        f"{shown(method)} is not for {shown(path)}; {methods} are",
        headers={"Allow": methods},
    )


def _understood(error: Exception, path: str) -> Refused | None:
    """Return what has a code of its own as a refusal with it."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, BadScenario):
        return Refused("scenario.invalid", str(error), problems=error.problems)
    if isinstance(error, RecursionError):
        return Refused("body.too-deep", "nested too deeply")
    if isinstance(error, MethodNotAllowedException):
        allowed = (error.headers or {}).get("allow", "")
        return not_for("this method", path, allowed.split(", "))
    if isinstance(error, HTTPException) and error.status_code in _ROUTER:
        code, detail = _ROUTER[error.status_code]
        return Refused(code, detail.format(path=shown(path), detail=error.detail))
    return None


def _of_problem(item: ErrorItem, problem: Problem) -> ErrorItem:
    source = Source(file=problem.file, line=problem.line, column=problem.column)
    return msgspec.structs.replace(item, detail=problem.message, hint=problem.hint, source=source)
