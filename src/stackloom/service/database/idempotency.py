# SPDX-License-Identifier: Apache-2.0
"""Requests that may be sent twice: what was answered the first time, for a day."""

from __future__ import annotations

import msgspec

from stackloom.service.database.project import Changing, Project, as_struct
from stackloom.service.refusal import Refused

# Whoever answered the first one was killed: no request takes that long.
_GIVEN_UP_SECONDS = 60
_KEPT_HOURS = 24

_BEGIN = f"""
    insert into stackloom.idempotency_keys as known (project_id, user_id, key, request_hash)
    values (%(project)s, %(user)s, %(key)s, %(hash)s)
    on conflict (project_id, user_id, key) do update
    set request_hash = excluded.request_hash, status = null, body = null, location = null,
        etag = null, created_at = clock_timestamp()
    where known.created_at < clock_timestamp() - interval '{_KEPT_HOURS} hours'
       or known.status is null and known.request_hash = excluded.request_hash
          and known.created_at < clock_timestamp() - interval '{_GIVEN_UP_SECONDS} seconds'
    returning key"""
_KNOWN = """
    select request_hash, status, body, location, etag from stackloom.idempotency_keys
    where project_id = %(project)s and user_id = %(user)s and key = %(key)s"""
_END = """
    update stackloom.idempotency_keys
    set status = %(status)s, body = %(body)s, location = %(location)s, etag = %(etag)s
    where project_id = %(project)s and user_id = %(user)s and key = %(key)s"""
_DROP = """
    delete from stackloom.idempotency_keys
    where project_id = %(project)s and user_id = %(user)s and key = %(key)s"""


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that was given; *location* and *etag* are its headers."""

    status: int
    body: bytes
    location: str | None = None
    etag: str | None = None


class Idempotency:
    """The keys that users of a project have sent."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def begin(self, user_id: str, key: str, request_hash: bytes) -> Stored | None:
        """Take a key for a request.

        Args:
            request_hash: of all that makes it this request: method, path, body.

        Returns:
            the answer that was given to it; None: answer it now, and say so with ``end``.

        Raises:
            Refused: the key was used for another request, or the first one is under way.
        """
        async with self._project.changing() as changing:
            if await changing.row(_BEGIN, user=user_id, key=key, hash=request_hash) is not None:
                return None
            return await self._known(changing, user_id, key, request_hash)

    async def _known(
        self, changing: Changing, user_id: str, key: str, request_hash: bytes
    ) -> Stored:
        known = await changing.row(_KNOWN, user=user_id, key=key)
        assert known is not None, "the key is there, and nobody else changes it meanwhile"
        if bytes(known.pop("request_hash")) != request_hash:
            raise Refused(
                "idempotency.reused",
                f'Idempotency-Key "{key}" was sent with another request',
                hint="take a new key for each request",
            )
        if known["status"] is None:
            raise Refused(
                "idempotency.under-way",
                f'the first request with Idempotency-Key "{key}" has not been answered yet',
                hint="send it again in a moment",
                headers={"Retry-After": "1"},
            )
        return as_struct(known, Stored)

    async def end(self, user_id: str, key: str, stored: Stored) -> None:
        """Keep the answer."""
        await self._project.do(
            _END,
            user=user_id,
            key=key,
            status=stored.status,
            body=stored.body,
            location=stored.location,
            etag=stored.etag,
        )

    async def drop(self, user_id: str, key: str) -> None:
        """Forget a key whose request was refused: it may be sent again."""
        await self._project.do(_DROP, user=user_id, key=key)
