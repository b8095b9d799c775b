# SPDX-License-Identifier: Apache-2.0
"""Parameters: all known, each given once, each what it should be."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from stackloom.service.refusal import Refused
from stackloom.service.rest.query import parsed, parsed_form
from stackloom.wire.problem import Source

ID = "6f9e2a51-61b4-4b0e-8a57-4a2c35f1c1d0"


class _Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    marker: UUID | None = None
    name: Annotated[str, Meta(max_length=5)] | None = None
    tags: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(max_length=2)] = ()
    sort: Literal["up", "down"] = "up"
    expand: bool = False


class _Needed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", _Query()),
        (b"limit=7&sort=down", _Query(limit=7, sort="down")),
        (f"marker={ID}".encode(), _Query(marker=UUID(ID))),
        (b"name=", _Query(name="")),
        (b"name=null", _Query(name="null")),
        (b"name=a%2Cb%26", _Query(name="a,b&")),
        (b"name=%C3%A4+b", _Query(name="ä b")),
        (b"tags=a,b&expand=true", _Query(tags=("a", "b"), expand=True)),
        (b"tags=a%2Cb&expand=false", _Query(tags=("a", "b"))),
    ],
)
def test_parameters_become_fields(query: bytes, expected: _Query) -> None:
    """Texts become what the fields are."""
    assert parsed(query, _Query) == expected


@pytest.mark.parametrize(
    ("query", "code", "message", "pointer"),
    [
        (b"limt=7", "unknown", "there is no parameter 'limt' here", "?limt"),
        (b"limit=7&limit=7", "invalid", "the parameter limit is given twice", "?limit"),
        (b"limit=", "invalid", "limit: '' is no whole number", "?limit"),
        (b"limit=1.0", "invalid", "limit: '1.0' is no whole number", "?limit"),
        (b"limit=%20" + b"1", "invalid", "limit: ' 1' is no whole number", "?limit"),
        (b"limit=\xd9\xa1", "invalid", "the parameters are not UTF-8, %-encoded", None),
        (b"limit=%D9%A1", "invalid", "limit: '١' is no whole number", "?limit"),
        (b"limit=0", "invalid", "limit: Expected `int` >= 1", "?limit"),
        (b"limit=99999999999999999999", "invalid", None, "?limit"),
        (b"marker=1", "invalid", "marker: Invalid UUID", "?marker"),
        (b"name=abcdef", "invalid", "name: Expected `str` of length <= 5", "?name"),
        (b"sort=sideways", "invalid", "sort: Invalid enum value 'sideways'", "?sort"),
        (b"expand=True", "invalid", "expand: 'True' is neither true nor false", "?expand"),
        (b"tags=a,b,c", "invalid", "tags: Expected `array` of length <= 2", "?tags"),
        (b"tags=", "invalid", "tags[0]: Expected `str` of length >= 1", "?tags[0]"),
        (b"name=%00", "invalid", "a parameter has a NUL character in it", None),
        (b"name=%ff", "invalid", "the parameters are not UTF-8, %-encoded", None),
        (b"name=" + b"a" * 9_000, "invalid", "the parameters are longer than 8192 bytes", None),
        (b"=1", "unknown", "there is no parameter '' here", "?"),
    ],
)
def test_what_is_wrong_is_named(
    query: bytes, code: str, message: str | None, pointer: str | None
) -> None:
    """Each mistake is told with the parameter that it is in."""
    with pytest.raises(Refused) as caught:
        parsed(query, _Query)
    assert caught.value.code == f"parameter.{code}"
    assert message in {None, caught.value.message}
    assert caught.value.source == (Source(pointer=pointer) if pointer else None)


def test_what_there_is_is_told() -> None:
    """Whoever errs in a name is told the names."""
    with pytest.raises(Refused) as caught:
        parsed(b"a=1", _Query)
    assert caught.value.hint == "the parameters are: expand, limit, marker, name, sort, tags"


def test_a_parameter_may_be_needed() -> None:
    """A field without a default has to be given."""
    with pytest.raises(Refused) as caught:
        parsed(b"", _Needed)
    assert caught.value.message == "Object missing required field `name`"


def test_forms_are_bodies() -> None:
    """What a form sends is refused as a body is, and may be longer than a query."""
    assert parsed_form(b"name=" + b"a" * 9_000, _Needed) == _Needed(name="a" * 9_000)
    with pytest.raises(Refused) as caught:
        parsed_form(b"nmae=a", _Needed)
    assert (caught.value.code, caught.value.hint) == ("body.invalid", "the parameters are: name")
