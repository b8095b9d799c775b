# SPDX-License-Identifier: Apache-2.0
"""Refusals: one body for all of them, after the errors guideline of the API working group."""

from __future__ import annotations

import msgspec

from stackloom.wire.links import Links


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where in what was sent the reason is.

    Attributes:
        file: the path of a text of the scenario; "" for the body itself.
        line, column: from 1; 0 where they say nothing.
        pointer: into the JSON body: ``$.source.text``; "" where it says nothing.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    pointer: str = ""


class ErrorItem(msgspec.Struct, frozen=True, kw_only=True):
    """One reason.

    Attributes:
        request_id: ``req-…`` of the request that was refused; "" in the record of a run.
        code: ``stackloom.plan.stale``; stable.
        status: the HTTP status that goes with it.
        title: the same words for the same code.
        detail: what was tried and what happened.
        hint: what to do next; "" where there is nothing to say.
    """

    code: str
    status: int
    title: str
    detail: str
    request_id: str = ""
    hint: str = ""
    source: Source | None = None
    links: Links = ()


class Errors(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every refusal."""

    errors: tuple[ErrorItem, ...]


class ProblemDetail(msgspec.Struct, frozen=True, kw_only=True):
    """The same for those who ask for ``application/problem+json`` (RFC 9457).

    Attributes:
        type: an address that tells about the code.
        instance: the request.
        errors: all reasons; the other fields are those of the first.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: tuple[ErrorItem, ...]
