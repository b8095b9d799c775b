# SPDX-License-Identifier: Apache-2.0
"""The parameters behind the question mark, as a struct: all of them known, each given once.

A field that is a tuple takes several values with commas between them. A parameter that is not
given has the default of its field; there is no way to write None.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec

from stackloom.service.refusal import Refused
from stackloom.service.rest.body import found_by_msgspec
from stackloom.wire.problem import Source

T = TypeVar("T")

_LONGEST = 8_192
LONGEST_FORM = 65_536
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        whole: the type of its field, without None.
        type: the same, of each value where *is_list*.
        default: of the field; None where *is_needed*.
    """

    whole: Any
    type: Any
    is_list: bool
    is_needed: bool
    default: object


@cache
def parameters_of(struct: type[msgspec.Struct]) -> Mapping[str, Parameter]:
    """Return the parameters that the fields of *struct* are, by name."""
    hints = get_type_hints(struct, include_extras=True)
    return {
        field.encode_name: _parameter(hints[field.name], field)
        for field in msgspec.structs.fields(struct)
    }


def _parameter(hint: Any, field: msgspec.structs.FieldInfo) -> Parameter:
    whole = _without_none(hint)
    inner = get_args(whole)[0] if get_origin(whole) is Annotated else whole
    is_list = get_origin(inner) is tuple
    return Parameter(
        whole=whole,
        type=get_args(inner)[0] if is_list else whole,
        is_list=is_list,
        is_needed=field.required,
        default=None if field.required else field.default,
    )


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in {Union, types.UnionType}:
        (only,) = (each for each in get_args(hint) if each is not type(None))
        return only
    return hint


def parsed_form(content: bytes, struct: type[T]) -> T:
    """Parse what a form of a page sends; it is written as a query string is.

    Raises:
        Refused: as `parsed`, with the code of a body.
    """
    try:
        return parsed(content, struct, longest=LONGEST_FORM)
    except Refused as error:
        raise Refused(
            "body.invalid", error.message, hint=error.hint, source=error.source
        ) from error


def parsed(query: bytes, struct: type[T], *, longest: int = _LONGEST) -> T:
    """Parse a query string.

    Args:
        longest: in bytes.

    Raises:
        Refused: a parameter is unknown, given twice, missing, or not as it should be.
    """
    parameters = parameters_of(struct)  # type: ignore[arg-type]  # a Struct, as route() is told
    given: dict[str, Any] = {}
    for name, text in _pairs(query, longest):
        if name not in parameters:
            known = ", ".join(sorted(parameters)) or "none"
            raise _refused("unknown", f"there is no parameter {name[:100]!r} here", name, known)
        if name in given:
            raise _refused("invalid", f"the parameter {name} is given twice", name)
        given[name] = _value(name, text, parameters[name])
    try:
        return msgspec.convert(given, struct)
    except msgspec.ValidationError as error:
        what, pointer = found_by_msgspec(error)
        name = pointer.removeprefix("$").removeprefix(".")
        raise _refused("invalid", f"{name}: {what}" if name else what, name) from error


def _pairs(query: bytes, longest: int) -> list[tuple[str, str]]:
    if len(query) > longest:
        raise Refused("parameter.invalid", f"the parameters are longer than {longest} bytes")
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise Refused("parameter.invalid", "the parameters are not UTF-8, %-encoded") from error
    if any("\x00" in part for pair in pairs for part in pair):
        raise Refused("parameter.invalid", "a parameter has a NUL character in it")
    return pairs


def _value(name: str, text: str, parameter: Parameter) -> Any:
    if parameter.is_list:
        return tuple(_plain(name, each, parameter.type) for each in text.split(","))
    return _plain(name, text, parameter.type)


def _plain(name: str, text: str, type: Any) -> Any:
    """Return *text* as JSON would say it, for msgspec to check."""
    inner = get_args(type)[0] if get_origin(type) is Annotated else type
    if inner is int:
        if not _WHOLE.fullmatch(text):
            raise _refused("invalid", f"{name}: {text[:40]!r} is no whole number", name)
        return int(text)
    if inner is bool:
        if text not in {"true", "false"}:
            raise _refused("invalid", f"{name}: {text[:40]!r} is neither true nor false", name)
        return text == "true"
    return text


def _refused(what: str, detail: str, name: str, known: str = "") -> Refused:
    return Refused(
        f"parameter.{what}",
        detail,
        hint=f"the parameters are: {known}" if known else "",
        source=Source(pointer=f"?{name[:100]}"),
    )
