# SPDX-License-Identifier: Apache-2.0
"""Events as they come over a line that may break: read, numbered, none twice. Pure.

Whoever carries the bytes asks ``Watch`` where to go on, and gives it the pieces that arrive.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stackloom.wire.event import Event

Number = Literal["seq", "position"]


class OtherEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a type that this version does not know; *message* says what it is."""

    type: str
    seq: int
    position: int
    at: datetime
    job_id: UUID
    scenario_id: UUID | None
    message: str


_EVENT = msgspec.json.Decoder(Event)
_OTHER = msgspec.json.Decoder(OtherEvent)


class Watch:
    """Where somebody is who watches.

    Args:
        number: which number events are counted by: ``seq`` of a run or plan, ``position`` of all.
        after: the number of the last event that was seen.

    Attributes:
        is_over: no further event will come.
        retry_seconds: how long to wait before coming back after a break.
    """

    def __init__(self, number: Number, after: int) -> None:
        self._number = number
        self.after = after
        self.is_over = False
        self.retry_seconds = 2.0
        self._rest = b""

    def begin(self) -> None:
        """Forget half a message: the line is another one."""
        self._rest = b""

    def take(self, piece: bytes) -> Iterator[Event | OtherEvent]:
        """Return the events that have become whole with this piece."""
        *messages, self._rest = (self._rest + piece).split(b"\n\n")
        for message in messages:
            yield from self._read(message)

    def _read(self, message: bytes) -> Iterator[Event | OtherEvent]:
        """Read one message of server-sent events, as the service writes them (HTML, 9.2)."""
        fields = dict(_field(line) for line in message.split(b"\n") if not line.startswith(b":"))
        if fields.get(b"retry", b"").isdigit():
            self.retry_seconds = int(fields[b"retry"]) / 1000
        if fields.get(b"event") == b"end":
            self.is_over = True
        elif b"id" in fields and (number := int(fields[b"id"])) > self.after:
            self.after = number
            yield event_of(fields[b"data"])


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name, value.removeprefix(b" ")


def event_of(data: bytes) -> Event | OtherEvent:
    """Read one event, also of a type that is not known here."""
    try:
        event: Event = _EVENT.decode(data)
    except msgspec.ValidationError:
        return _OTHER.decode(data)
    return event
