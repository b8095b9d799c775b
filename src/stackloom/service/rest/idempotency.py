# SPDX-License-Identifier: Apache-2.0
"""``Idempotency-Key``: a request that is sent again is answered again, and done once.

Kept by project, user and key with what was asked for; the table does the rest. A refusal is not
kept: whoever mends the reason may send the same key again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import msgspec

from stackloom.service.database.idempotency import Stored
from stackloom.service.refusal import Refused
from stackloom.service.rest.answer import Answer, Stream
from stackloom.service.rest.asked import Asked

_FORM = re.compile(r"[\x21-\x7e]{1,128}")


async def once(
    asked: Asked,
    key: str,
    content: bytes,
    status: int,
    answer: Callable[[], Awaitable[Answer[object] | Stream]],
) -> Answer[object] | Stream:
    """Return what *answer* does, or what it did when it was asked for with the same key before.

    Args:
        content: the body; together with method and path it says what is asked for.
        status: of an answer that says nothing else.

    Raises:
        Refused: ``idempotency.reused``, ``idempotency.under-way``, or whatever *answer* refuses.
    """
    if not _FORM.fullmatch(key):
        raise Refused("header.invalid", "Idempotency-Key is 1 to 128 visible characters of ASCII")
    table = asked.desk.store(asked.caller).idempotency
    user_id = asked.caller.user_id
    request = f"{asked.method} {asked.path}"
    fingerprint = asked.desk.seal.fingerprint(content, about=request)
    stored = await table.begin(user_id, key, fingerprint)
    if isinstance(stored, Stored):
        return Answer(
            body=stored.body,
            status=stored.status,
            location=stored.location or "",
            etag=stored.etag or "",
        )
    async with table.answering(user_id, key, stored):
        came = await answer()
    assert isinstance(came, Answer), "a stream cannot be given twice"
    body = came.body if isinstance(came.body, bytes) else msgspec.json.encode(came.body)
    kept = Stored(status=came.status or status, body=body, location=came.location, etag=came.etag)
    await asyncio.shield(table.end(user_id, key, kept))
    return came
