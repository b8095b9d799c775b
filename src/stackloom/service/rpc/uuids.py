# SPDX-License-Identifier: Apache-2.0
"""Ids in messages: text in the ``.proto``, which has no type for them."""

from __future__ import annotations

from uuid import UUID

from stackloom.service.refusal import Refused
from stackloom.wire.problem import Source


def uuid_of(text: str, field: str) -> UUID:
    """Read an id.

    Raises:
        Refused: it is none.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused(
            "body.invalid",
            f"{text[:40]!r} is no id, which looks like 3f2b8c1e-5d4a-4c6b-9e8f-0a1b2c3d4e5f",
            source=Source(pointer=f"$.{field}"),
        ) from error
