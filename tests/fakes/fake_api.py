# SPDX-License-Identifier: Apache-2.0
"""A REST API that answers what it was given: for pages, which know nothing else of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from stackloom.web.api import Answer, Visitor
from stackloom.wire.problem import ErrorItem, Errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that came, as far as tests look at it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class FakeApi:
    """Answers by ``METHOD /path``, with or without the query, and remembers what was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def give(
        self,
        route: str,
        document: msgspec.Struct | str | bytes,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer a route with a document from now on, or with a text as it is."""
        if isinstance(document, msgspec.Struct):
            body = msgspec.json.encode(document)
        else:
            body = document.encode() if isinstance(document, str) else document
        self.answers[route] = Answer(status=status, headers=headers or {}, body=body)

    def refuse(
        self,
        route: str,
        code: str,
        status: int,
        detail: str,
        *,
        request_id: str = "req-0b4c4d2e-8d34-4d2c-9f7e-2f1f1c3a9b10",
        hint: str = "",
    ) -> None:
        """Answer a route with a refusal from now on."""
        item = ErrorItem(
            code=f"stackloom.{code}",
            status=status,
            title="The cloud refused or failed" if status >= 500 else "Refused",
            detail=detail,
            request_id=request_id,
            hint=hint,
        )
        self.give(route, Errors(errors=(item,)), status=status)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        visitor: Visitor,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Answer what was given for this path and query, or for this path."""
        self.asked.append(Asked(method=method, path=path, headers=headers or {}, body=body))
        for route in (f"{method} {path}", f"{method} {path.partition('?')[0]}"):
            if route in self.answers:
                return self.answers[route]
        item = ErrorItem(
            code="stackloom.not-found", status=404, title="There is no such thing here", detail=path
        )
        return Answer(status=404, headers={}, body=msgspec.json.encode(Errors(errors=(item,))))
