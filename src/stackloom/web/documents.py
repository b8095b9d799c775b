# SPDX-License-Identifier: Apache-2.0
"""Ask the API for documents, and know of each whether it came or why it did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

import msgspec

from stackloom.web.api import Answer, Api, Visitor
from stackloom.wire.problem import ErrorItem, Errors

T = TypeVar("T")


class Refusal(Exception):
    """The API refused, or failed, or said what the page does not understand."""

    def __init__(self, status: int, errors: tuple[ErrorItem, ...]) -> None:
        self.status = status
        self.errors = errors
        super().__init__(errors[0].detail)

    def has(self, code: str) -> bool:
        """Say whether one of the reasons has this code, given without ``stackloom.``."""
        return any(item.code == f"stackloom.{code}" for item in self.errors)


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One part of a page: what came, or why it did not. Never empty for a failure."""

    came: T | None
    refusal: Refusal | None = None
    etag: str = ""

    @property
    def value(self) -> T:
        """What came; only where there is no refusal."""
        assert self.came is not None, "a failed part was used"
        return self.came


class Documents:
    """The documents of the API, asked for on behalf of one visitor."""

    def __init__(self, api: Api, visitor: Visitor) -> None:
        self._api = api
        self._visitor = visitor

    async def get(self, path: str, type: type[T]) -> T:
        """Return a document.

        Raises:
            Refusal: it did not come.
        """
        return read(await self.send("GET", path), type)

    async def part(self, path: str, type: type[T]) -> Part[T]:
        """Return a document, or why it did not come."""
        try:
            answer = await self.send("GET", path)
            return Part(read(answer, type), etag=answer.headers.get("etag", ""))
        except Refusal as refusal:
            return Part(None, refusal)

    async def text(self, path: str) -> Part[str]:
        """Return what is no JSON, such as a picture, or why it did not come."""
        try:
            answer = await self.send("GET", path, headers={"Accept": "image/svg+xml"})
        except Refusal as refusal:
            return Part(None, refusal)
        return Part(answer.body.decode("utf-8", "replace"))

    async def send(
        self,
        method: str,
        path: str,
        body: msgspec.Struct | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and return its answer.

        Raises:
            Refusal: the status is 400 or more.
        """
        text = msgspec.json.encode(body) if body is not None else b""
        return await self._send(method, path, headers or {}, text)

    async def look(self, path: str, body: msgspec.Struct) -> Answer:
        """Ask with a body for what changes nothing, and return the answer.

        A page that is only looked at was asked for without an ``Origin``, so its own is given.

        Raises:
            Refusal: the status is 400 or more.
        """
        own = f"{self._visitor.scheme}://{self._visitor.host}"
        headers = {"Origin": self._visitor.origin or own}
        return await self._send("POST", path, headers, msgspec.json.encode(body))

    async def send_form(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send what a form was filled in with, and return the answer.

        Raises:
            Refusal: the status is 400 or more.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._send("POST", path, headers, urlencode(fields).encode())

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        answer = await self._api.ask(
            method,
            path,
            visitor=self._visitor,
            headers={"Accept": "application/json", **headers},
            body=body,
        )
        if answer.status >= 400:
            raise Refusal(answer.status, _reasons(answer))
        return answer


def read(answer: Answer, type: type[T]) -> T:
    """Return the document that an answer carries.

    Raises:
        Refusal: it carries another one.
    """
    try:
        return msgspec.json.decode(answer.body, type=type)
    except msgspec.DecodeError as error:
        detail = f"the page does not understand what the service answered: {error}"
        raise Refusal(502, (_reason(answer, 502, detail),)) from error


def _reasons(answer: Answer) -> tuple[ErrorItem, ...]:
    try:
        errors = msgspec.json.decode(answer.body, type=Errors).errors
    except msgspec.DecodeError:
        errors = ()
    return errors or (
        _reason(answer, answer.status, f"the service answered with status {answer.status}"),
    )


def _reason(answer: Answer, status: int, detail: str) -> ErrorItem:
    return ErrorItem(
        code="stackloom.server.failed",
        status=status,
        title="The service failed",
        detail=detail,
        request_id=answer.headers.get("x-openstack-request-id", ""),
    )
