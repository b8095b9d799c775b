# SPDX-License-Identifier: Apache-2.0
"""The id of what a request makes: the same when the request comes again with its key.

So whoever sends a request again, because the process that answered it was killed, gets what the
first one made, and not a second one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid4

_CHOSEN: ContextVar[UUID | None] = ContextVar("chosen", default=None)


def new_id() -> UUID:
    """Return the id for what the request at hand makes; a request makes one thing."""
    return _CHOSEN.get() or uuid4()


@contextmanager
def making(id: UUID) -> Iterator[None]:
    """Have what is made in the block get an id that was chosen before."""
    token = _CHOSEN.set(id)
    try:
        yield
    finally:
        _CHOSEN.reset(token)
