# SPDX-License-Identifier: Apache-2.0
"""The body of a request: read within its limits, and decoded without surprises.

Nothing here knows what a body is for. What JSON allows and we do not: a key twice in one object
(msgspec would keep the last, another reader the first), NUL in a text (PostgreSQL has no room for
it), nesting and numbers of values without end.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from stackloom.service.refusal import Refused
from stackloom.service.rest.asgi import Receive
from stackloom.wire.problem import Source

T = TypeVar("T")

FORM = "application/x-www-form-urlencoded"

# Bodies that are declared to be longer than this are not read past for the sake of the answer: the
# connection ends instead.
_MOST_READ_PAST = 256 * 1024 * 1024

# "Expected `str` - at `$.a`", and of a key "… - at `key` in `$.a`".
_PLACE = re.compile(r" - at (?:`key` in )?`([^`]*)`$")
# Nothing is tried twice: a text without an end goes to the end.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)


class Gone(Exception):
    """The caller has gone before the request was complete; nobody waits for an answer."""


def check_length(headers: Mapping[str, str], most_bytes: int) -> None:
    """Check what the request says of its own length, before any of it is read.

    Raises:
        Refused: it is too long, or no number.
    """
    text = headers.get("content-length", "")
    if not text:
        return
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Refused("header.invalid", f"Content-Length: {text[:40]} is no number of bytes")
    if int(text) > most_bytes:
        raise _too_large(most_bytes, closes=int(text) > _MOST_READ_PAST)


async def read(
    receive: Receive, headers: Mapping[str, str], *, most_bytes: int, within_seconds: float
) -> bytes:
    """Read the whole body.

    Raises:
        Refused: it is too long, has no length and no end, or took too long to arrive.
        Gone: the caller went away.
    """
    if "content-length" not in headers and "transfer-encoding" not in headers:
        raise Refused(
            "body.length-missing",
            "a body is needed, and neither Content-Length nor Transfer-Encoding says there is one",
        )
    try:
        async with asyncio.timeout(within_seconds):
            return await _read(receive, most_bytes)
    except TimeoutError as error:
        raise Refused(
            "request.took-too-long",
            f"the body did not arrive within {within_seconds:g} s",
            headers={"Connection": "close"},
        ) from error


async def _read(receive: Receive, most_bytes: int) -> bytes:
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        piece = message.get("body", b"")
        size += len(piece)
        if size > most_bytes:
            raise _too_large(most_bytes, closes=True)
        pieces.append(piece)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _too_large(most_bytes: int, *, closes: bool) -> Refused:
    return Refused(
        "body.too-large",
        f"the body is longer than {most_bytes} bytes",
        hint="a scenario's texts have their own limits, far below this",
        headers={"Connection": "close"} if closes else {},
    )


def check_kind(headers: Mapping[str, str], media_type: str) -> None:
    """Check that the body claims to be of *media_type*, in UTF-8 and as it is.

    Raises:
        Refused: it is something else, or compressed.
    """
    if coding := headers.get("content-encoding", ""):
        raise Refused("body.not-json", f"Content-Encoding: {coding[:40]} is not taken")
    kind, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != media_type or charset not in {"", "charset=utf-8"}:
        raise Refused(
            "body.not-json",
            f"Content-Type: {headers.get('content-type', '')[:100] or '(none)'} is not taken",
            hint=f"send Content-Type: {media_type}, in UTF-8",
        )


def decoded(body: bytes, type: type[T], *, deepest: int, most_values: int) -> T:
    """Decode a JSON body into a struct.

    Args:
        deepest: how many objects and arrays may be inside each other.
        most_values: how many keys and values there may be; each takes a moment of the loop.

    Raises:
        Refused: it is no JSON, not of that type, or JSON that we do not take; with its place.
    """
    without_texts, texts = _STRING.subn(b"", body, count=most_values + 1)
    keys = without_texts.count(b":")
    if max(texts, keys + without_texts.count(b",")) > most_values:
        raise Refused("body.invalid", f"the body has more than {most_values} values")
    try:
        tree = msgspec.json.decode(body)
        _check_tree(tree, keys=keys, deepest=deepest)
        return msgspec.json.decode(body, type=type)
    except msgspec.MsgspecError as error:
        what, pointer = found_by_msgspec(error)
        raise Refused("body.invalid", what, source=Source(pointer=pointer)) from error
    except UnicodeDecodeError as error:
        raise Refused("body.invalid", f"the body is not UTF-8: {error.reason}") from error
    except RecursionError as error:
        raise _too_deep(deepest) from error


def found_by_msgspec(error: msgspec.MsgspecError) -> tuple[str, str]:
    """Return what msgspec found, and the place apart from it: ``("Expected …", "$.tags[2]")``."""
    words = str(error)
    place = _PLACE.search(words)
    return (words[: place.start()], place[1]) if place else (words, "$")


def _check_tree(tree: object, *, keys: int, deepest: int) -> None:
    """Check what msgspec has no words for."""
    found, todo = 0, [(tree, 1)]
    while todo:
        value, depth = todo.pop()
        if isinstance(value, str):
            _check_text(value)
            continue
        if not isinstance(value, dict | list):
            continue
        if depth > deepest:
            raise _too_deep(deepest)
        if isinstance(value, dict):
            found += len(value)
            for key in value:
                _check_text(key)
        inner = value.values() if isinstance(value, dict) else value
        todo += [(each, depth + 1) for each in inner]
    if found != keys:
        raise Refused("body.invalid", "an object of the body has the same key twice")


def _check_text(text: str) -> None:
    if "\x00" in text:
        # Not which one: it may be a secret.
        raise Refused("body.invalid", "a text of the body has a NUL character in it")


def _too_deep(deepest: int) -> Refused:
    return Refused("body.too-deep", f"more than {deepest} objects and arrays inside each other")
