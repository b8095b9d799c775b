# SPDX-License-Identifier: Apache-2.0
"""Requests that may be sent twice: what was answered the first time, for a day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import msgspec

from stackloom.errors import StackloomError
from stackloom.service.database.pool import DatabaseAway
from stackloom.service.database.project import Changing, Project, as_struct
from stackloom.service.new_id import making
from stackloom.service.refusal import Refused

# Whoever was to answer may have been killed, and is not waited for any longer. Should they answer
# after all, both have made the same thing: it has the id that was chosen for it the first time.
_GIVEN_UP_SECONDS = 15
_KEPT_HOURS = 24

_BEGIN = f"""
    insert into stackloom.idempotency_keys as known (
        project_id, user_id, key, request_hash, made_id)
    values (%(project)s, %(user)s, %(key)s, %(hash)s, %(id)s)
    on conflict (project_id, user_id, key) do update
    set request_hash = excluded.request_hash, status = null, body = null, location = null,
        etag = null, is_left = false, created_at = clock_timestamp(),
        made_id = case when known.status is null and known.request_hash = excluded.request_hash
                       then known.made_id else excluded.made_id end
    where known.created_at < clock_timestamp() - interval '{_KEPT_HOURS} hours'
       or known.status is null and known.request_hash = excluded.request_hash
          and (known.is_left
               or known.created_at < clock_timestamp() - interval '{_GIVEN_UP_SECONDS} seconds')
    returning made_id"""
_KNOWN = """
    select request_hash, status, body, location, etag from stackloom.idempotency_keys
    where project_id = %(project)s and user_id = %(user)s and key = %(key)s"""
_END = """
    update stackloom.idempotency_keys
    set status = %(status)s, body = %(body)s, location = %(location)s, etag = %(etag)s
    where project_id = %(project)s and user_id = %(user)s and key = %(key)s"""
_LEAVE = """
    update stackloom.idempotency_keys set is_left = true
    where project_id = %(project)s and user_id = %(user)s and key = %(key)s and status is null"""
# Not the answer of another process, which was asked again meanwhile.
_DROP = """
    delete from stackloom.idempotency_keys
    where project_id = %(project)s and user_id = %(user)s and key = %(key)s and status is null"""


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

    async def begin(self, user_id: str, key: str, request_hash: bytes) -> Stored | UUID:
        """Take a key for a request.

        Args:
            request_hash: of all that makes it this request: method, path, body.

        Returns:
            the answer that was given to it, or the id that what it makes is to have: answer it now,
            and say so with ``end``.

        Raises:
            Refused: the key was used for another request, or the first one is under way.
        """
        async with self._project.changing() as changing:
            begun = await changing.row(_BEGIN, user=user_id, key=key, hash=request_hash, id=uuid4())
            if begun is not None:
                id: UUID = begun["made_id"]
                return id
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

    @asynccontextmanager
    async def answering(self, user_id: str, key: str, id: UUID) -> AsyncIterator[None]:
        """Answer the request of a key in the block; what it makes gets the id of ``begin``.

        A refusal is not kept: whoever mends the reason may send the same key again. Where it is not
        known whether anything was made, the same request may be sent again at once.
        """
        try:
            with making(id):
                yield
        except DatabaseAway:
            await self._said(_LEAVE, user_id, key)
            raise
        except StackloomError:
            await self._said(_DROP, user_id, key)
            raise
        except BaseException:
            # Also where the process is told to stop.
            await self._said(_LEAVE, user_id, key)
            raise

    async def _said(self, sql: str, user_id: str, key: str) -> None:
        try:
            await asyncio.shield(self._project.do(sql, user=user_id, key=key))
        except DatabaseAway:
            pass  # the time of the key runs out by itself
