# SPDX-License-Identifier: Apache-2.0
"""Between messages of gRPC and structs of the wire, field by field, by name. Pure.

A message has the fields of its struct, but for links, which lead to documents of REST. What
differs: an event has what is special to its type in a message of its own, a part of a picture
likewise, and a page has the marker of the next one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value

from stackloom.service.refusal import Refused
from stackloom.service.rest.body import decoded
from stackloom.wire.links import Links, next_marker

_Field = Any
"""A ``FieldDescriptor``, of which protobuf has two, in Python and in C."""

StructT = TypeVar("StructT")
MessageT = TypeVar("MessageT", bound=Message)

# Beyond it a double does not tell two whole numbers apart.
_MOST_EXACT = 2**53
# Of a message: protobuf itself reads no more levels than that.
_DEEPEST = 100


def struct_of(
    message: Message, struct: type[StructT], *, most_values: int, more: Mapping[str, object]
) -> StructT:
    """Read a request, with the limits that a body of REST has.

    Args:
        most_values: that it may have, of all sorts together.
        more: what the struct has beside the message's fields; None takes a field out.

    Raises:
        Refused: a field is not as it should be; says which.
    """
    plain = {**plain_of(message, most_values=most_values), **more}
    given = {name: value for name, value in plain.items() if value is not None}
    return decoded(json.dumps(given).encode(), struct, deepest=_DEEPEST, most_values=most_values)


def plain_of(message: Message, *, most_values: int) -> dict[str, Any]:
    """Return a message as plain values; what is not given is not there.

    Raises:
        Refused: it has more values than it may have.
    """
    return _Reading(most_values).message(message)


class _Reading:
    """Reads one message, and counts."""

    def __init__(self, most_values: int) -> None:
        self._most = self._left = most_values

    def message(self, message: Message) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for field in message.DESCRIPTOR.fields:
            if field.has_presence and not message.HasField(field.name):
                continue
            result[field.name] = self._field(field, getattr(message, field.name))
        return result

    def _field(self, field: _Field, value: Any) -> Any:
        if field.message_type and field.message_type.GetOptions().map_entry:
            return {key: self._value(value[key]) for key in value}
        if field.is_repeated:
            return [self._value(each) for each in value]
        return self._value(value)

    def _value(self, value: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise Refused("body.invalid", f"the message has more than {self._most} values")
        if isinstance(value, Value):
            return self._any(value)
        return self.message(value) if isinstance(value, Message) else value

    def _any(self, value: Value) -> Any:
        """Return any JSON value; a whole number is an integer, for protobuf knows only one sort."""
        kind = value.WhichOneof("kind")
        if kind == "struct_value":
            return {key: self._value(each) for key, each in value.struct_value.fields.items()}
        if kind == "list_value":
            return [self._value(each) for each in value.list_value.values]
        if kind == "number_value":
            number = value.number_value
            return int(number) if abs(number) <= _MOST_EXACT and number.is_integer() else number
        return None if kind in {None, "null_value"} else getattr(value, kind)


def message_of(struct: object, message: type[MessageT]) -> MessageT:
    """Return an answer."""
    plain = _shaped(msgspec.to_builtins(struct))
    # Of what the message does not have, only links are left out; a test compares the rest.
    return ParseDict(plain, message(), ignore_unknown_fields=True)


# Fields that hold whatever JSON has, or keys that somebody chose: nobody's to shape.
_ANYTHING = frozenset({"have", "want", "value", "variables", "files", "items"})
_OF_EVERY_EVENT = ("type", "seq", "position", "at", "job_id", "scenario_id", "message")


def _shaped(value: Any) -> Any:
    """Put into messages of their own what is special to one of several types; leave None out."""
    if isinstance(value, list | tuple):
        return [_shaped(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    shaped = {
        key: each if key in _ANYTHING else _shaped(each)
        for key, each in value.items()
        if each is not None or key in _ANYTHING
    }
    if "position" in value and "type" in value:
        common = {name: shaped.pop(name) for name in _OF_EVERY_EVENT if name in shaped}
        return {**common, common["type"]: shaped}
    if "part" in value:
        return {shaped.pop("part"): shaped}
    if marker := next_marker(msgspec.convert(value.get("links", ()), Links)):
        shaped["next_marker"] = marker
    return shaped
