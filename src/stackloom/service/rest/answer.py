# SPDX-License-Identifier: Apache-2.0
"""What a route gives back, before it is written to a socket."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """An answer with more than a body; a route that has only a body returns that.

    Attributes:
        body: a struct, which becomes JSON, or bytes as they are; None for no body.
        status: None for the route's own.
        location: of what was made: a path of the service, or a whole address.
        etag: without quotes. A GET or HEAD whose ``If-None-Match`` names it is answered with 304.
    """

    body: T | bytes | None = None
    status: int | None = None
    media_type: str = JSON
    location: str = ""
    etag: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """An answer that is sent piece by piece until it ends or the caller goes.

    Attributes:
        close: called when no more of it is sent, also where none of it was.
    """

    pieces: AsyncGenerator[bytes]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    close: Callable[[], None]
