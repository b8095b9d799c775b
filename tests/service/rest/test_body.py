# SPDX-License-Identifier: Apache-2.0
"""Bodies: what is read of them, and what JSON is taken."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from stackloom.service.refusal import Refused
from stackloom.service.rest.answer import JSON
from stackloom.service.rest.asgi import Message, Receive
from stackloom.service.rest.body import (
    FORM,
    Gone,
    check_kind,
    check_length,
    decoded,
    read,
)
from stackloom.wire.scenario import ScenarioCreate, ScenarioSource


def receiving(*messages: Message) -> Receive:
    """Return what gives *messages*, and then nothing for ever."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return receive


def piece(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def read_all(*messages: Message, headers: dict[str, str] | None = None) -> bytes:
    return asyncio.run(
        read(
            receiving(*messages),
            headers or {"transfer-encoding": "chunked"},
            most_bytes=10,
            within_seconds=0.01,
        )
    )


def refused(call: Callable[[], object]) -> tuple[str, str, str, dict[str, str]]:
    """Return code, message, pointer and headers of what *call* refuses."""
    with pytest.raises(Refused) as caught:
        call()
    error = caught.value
    return error.code, error.message, error.source.pointer if error.source else "", error.headers


def test_pieces_become_a_body() -> None:
    """A body may come in pieces, up to the limit."""
    assert read_all(piece(b"12345", more=True), piece(b"67890", more=False)) == b"1234567890"
    assert read_all(piece(b"", more=False)) == b""


def test_one_byte_too_many_ends_the_connection() -> None:
    """Who sends without saying how much is not read past."""
    pieces = (piece(b"1234567890", more=True), piece(b"1", more=True))
    assert refused(lambda: read_all(*pieces)) == (
        "body.too-large",
        "the body is longer than 10 bytes",
        "",
        {"Connection": "close"},
    )


def test_a_body_that_never_comes() -> None:
    """Waiting has an end."""
    assert refused(lambda: read_all(piece(b"1", more=True))) == (
        "request.took-too-long",
        "the body did not arrive within 0.01 s",
        "",
        {"Connection": "close"},
    )


def test_whoever_goes_is_not_answered() -> None:
    """A connection that ends in the middle of a body is no refusal."""
    with pytest.raises(Gone):
        read_all(piece(b"1", more=True), {"type": "http.disconnect"})


def test_no_length_at_all() -> None:
    """A request that does not say that it has a body has none."""
    code, *_ = refused(lambda: read_all(headers={"host": "service.test"}))
    assert code == "body.length-missing"


@pytest.mark.parametrize(
    ("length", "headers"),
    [("11", {}), (str(256 * 1024 * 1024), {}), (str(257 * 1024 * 1024), {"Connection": "close"})],
)
def test_a_length_is_believed_before_anything_is_read(length: str, headers: dict[str, str]) -> None:
    """What says that it is too long is refused at once; endless ones are not read past."""
    assert refused(lambda: check_length({"content-length": length}, 10)) == (
        "body.too-large",
        "the body is longer than 10 bytes",
        "",
        headers,
    )


@pytest.mark.parametrize("length", ["-1", "1.0", "１", "1, 1", "0x10", "9" * 19])
def test_a_length_that_is_none(length: str) -> None:
    """It is not guessed what was meant."""
    code, *_ = refused(lambda: check_length({"content-length": length}, 10))
    assert code == "header.invalid"


def test_lengths_within_the_limit() -> None:
    """Nothing is said about them."""
    check_length({"content-length": "10"}, 10)
    check_length({}, 10)


@pytest.mark.parametrize(
    "kind", [JSON, "Application/JSON", 'application/json; charset="UTF-8"', f"{JSON};charset=utf-8"]
)
def test_kinds_of_json(kind: str) -> None:
    """JSON is UTF-8, and may say so."""
    check_kind({"content-type": kind}, JSON)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": JSON, "content-encoding": "gzip"},
        {"content-type": FORM},
    ],
)
def test_other_kinds(headers: dict[str, str]) -> None:
    """What is not said to be JSON, or is packed, is not tried."""
    code, *_ = refused(lambda: check_kind(headers, JSON))
    assert code == "body.not-json"


def test_a_body_becomes_a_struct() -> None:
    """Every value that JSON has goes into a variable."""
    body = b'{"source": {"text": "a\\"{", "variables": {"a": [1, 2.5, null, true, {"b:": ","}]}}}'
    assert decoded(body, ScenarioCreate, deepest=6, most_values=100) == ScenarioCreate(
        source=ScenarioSource(text='a"{', variables={"a": [1, 2.5, None, True, {"b:": ","}]})
    )


@pytest.mark.parametrize(
    ("body", "message", "pointer"),
    [
        (b"", "Input data was truncated", "$"),
        (b"[]", "Expected `object`, got `array`", "$"),
        (b'{"source": 1}', "Expected `object`, got `int`", "$.source"),
        (b'{"source": {}}', "Object missing required field `text`", "$.source"),
        (
            b'{"source": {"text": "", "nmae": 1}}',
            "Object contains unknown field `nmae`",
            "$.source",
        ),
        (
            b'{"source": {"text": ""}, "tags": ["a", "b/c"]}',
            "Expected `str` matching regex '^[^,/\\\\x00]+$'",
            "$.tags[1]",
        ),
        (
            b'{"source": {"text": "", "files": {"": "x"}}}',
            "Expected `str` of length >= 1",
            "$.source.files",
        ),
        (b'{"source": {"text": "\\ud800"}}', "Input data was truncated", "$"),
        (b'{"source": {"text": "\xff"}}', "the body is not UTF-8: invalid start byte", ""),
        (
            b'\xef\xbb\xbf{"source": {"text": ""}}',
            "JSON is malformed: invalid character (byte 0)",
            "$",
        ),
        (b'{"source": {"text": "", "variables": {"a": NaN}}}', None, "$"),
        (b'{"source": {"text": "", "variables": {"a": 1e999}}}', "Number out of range", None),
        (b'{"source": {"text": ""}} {}', None, "$"),
        (
            b'{"source": {"text": "", "text": "b"}}',
            "an object of the body has the same key twice",
            "",
        ),
        (
            b'{"source": {"text": "", "variables": {"a": {"b": "\\u0000"}}}}',
            "a text of the body has a NUL character in it",
            "",
        ),
        (
            b'{"source": {"text": "", "variables": {"a\\u0000": 1}}}',
            "a text of the body has a NUL character in it",
            "",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    body: bytes, message: str | None, pointer: str | None
) -> None:
    """Each mistake has its words, and where msgspec knows the place, the place."""
    code, told, where, _ = refused(
        lambda: decoded(body, ScenarioCreate, deepest=10, most_values=100)
    )
    assert code == "body.invalid"
    assert message in {None, told}
    assert pointer in {None, where}


@pytest.mark.parametrize("depth", [11, 600, 100_000])
@pytest.mark.parametrize(("begin", "end"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_no_nesting_without_end(depth: int, begin: bytes, end: bytes) -> None:
    """Neither the decoder's stack nor ours is tried."""
    body = begin * depth + b"1" + end * depth
    code, message, *_ = refused(
        lambda: decoded(body, ScenarioCreate, deepest=10, most_values=1_000_000)
    )
    assert (code, message) == (
        "body.too-deep",
        "more than 10 objects and arrays inside each other",
    )


def test_no_values_without_end() -> None:
    """What would hold the loop for long is refused before it is decoded."""
    body = b"[" + b"1," * 100 + b"1, 1]"
    assert refused(lambda: decoded(body, ScenarioCreate, deepest=10, most_values=100)) == (
        "body.invalid",
        "the body has more than 100 values",
        "",
        {},
    )


class _Anything(msgspec.Struct):
    value: Any


def test_large_numbers_are_kept() -> None:
    """A whole number keeps all its digits."""
    body = b'{"value": [123456789012345678901234567890, -0.0]}'
    value = decoded(body, _Anything, deepest=10, most_values=100).value
    assert value[0] == 123456789012345678901234567890
    assert math.copysign(1, value[1]) == -1
