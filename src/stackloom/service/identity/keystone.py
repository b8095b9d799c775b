# SPDX-License-Identifier: Apache-2.0
"""Callers with a token of Keystone: validated there, and believed for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from stackloom.auth.token import Token
from stackloom.errors import AuthFailed, BadAnswer, BadRequest, CloudError, Forbidden, NotFound
from stackloom.log import Secret
from stackloom.service.flights import Flights
from stackloom.service.identity.attempts import Attempts
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone_door import KeystoneDoor, away
from stackloom.service.identity.service_user import ServiceUser
from stackloom.service.metrics import METRICS
from stackloom.service.recently_used import RecentlyUsed
from stackloom.service.refusal import Refused
from stackloom.service.settings import ServiceSettings
from stackloom.transport.client import Answer, Transport

# Fernet tokens have 180 to 250 characters, JWS ones about a thousand; a header may be longer.
_MOST_CHARACTERS = 8_192
# What all remembered tokens may weigh. One weighs four to five times what Keystone says of it
# (measured, catalogs of 5 to 60 services): its catalog is most of that, 3 KB and more.
_MOST_BYTES = 128 * 1024 * 1024
_WEIGHT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is remembered of a token.

    Attributes:
        until: by the monotonic clock.
        caller: without the ids of a request; None for a token that was refused.
        refusal: code and message of why it was.
    """

    until: float
    caller: Caller | None = None
    refusal: tuple[str, str, str] = ("", "", "")


class KeystoneIdentities:
    """Validates tokens with themselves, which needs no account of the service's own.

    Only a token that came from a trust may not validate itself (403, keystone/api/auth.py, 30.0.0,
    measured): it is validated by the service user, where there is one.

    Args:
        transport: what carries requests; tests pass their own.
        now: the monotonic clock, in seconds.
        today: the time of day, in UTC.
        count: told for each caller how what is known of the token was come by.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        *,
        transport: Transport | None = None,
        now: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
        count: Callable[[Literal["hit", "shared", "miss"]], None] = METRICS.identity_asked,
    ) -> None:
        identity = settings.identity
        self._door = KeystoneDoor(identity, transport=transport)
        self.challenge = f'Keystone uri="{self._door.auth_url}"'
        self._now = now
        self._today = today
        self._count = count
        self._cache_seconds = identity.cache_seconds
        self._refusal_seconds = identity.refusal_seconds
        self._known: RecentlyUsed[bytes, _Known] = RecentlyUsed(
            most=identity.cache_entries, most_bytes=_MOST_BYTES
        )
        self._flights: Flights[bytes, _Known] = Flights(count=count)
        # Apart, so that whoever sends rubbish drives no good token out.
        self._refusals: RecentlyUsed[bytes, _Known] = RecentlyUsed(
            most=identity.cache_entries, most_bytes=_MOST_BYTES
        )
        self._attempts = Attempts(settings.limits.refused_tokens_per_minute, what="tokens", now=now)
        self._service_user: ServiceUser | None = None
        if identity.service_user:
            self._service_user = ServiceUser(identity, self._door.exchange)

    async def caller(
        self, token: Secret, *, request_id: str, global_request_id: str, address: str = ""
    ) -> Caller:
        """Return who shows *token*.

        A token is believed for ``[identity] cache_seconds``, and never beyond its own end; one that
        was refused is not asked for again for ``refusal_seconds``. Many who show the same token at
        once cost one request. From an *address* that has shown ``[limits]
        refused_tokens_per_minute`` bad ones, only those that were good before are taken.

        Raises:
            Refused: ``token.refused``, ``scope.no-project``, ``rate.exceeded`` or
                ``identity.away``.
        """
        text = token.reveal()
        if not (text.isascii() and text.isprintable() and 0 < len(text) <= _MOST_CHARACTERS):
            raise self._refused("token.refused", "this is no token of Keystone's", "")
        digest = sha256(text.encode()).digest()
        known = self._known.get(digest) or self._refusals.get(digest)
        if known is None or known.until <= self._now():
            if address and (known is None or known.caller is None):
                self._attempts.check(address)
            known = await self._flights.join(
                digest, lambda: self._look(token, digest, global_request_id, address)
            )
        else:
            self._count("hit")
        if known.caller is None:
            raise self._refused(*known.refusal)
        return replace(known.caller, request_id=request_id, global_request_id=global_request_id)

    async def close(self) -> None:
        """Give the connections back."""
        await self._door.close()

    async def _look(
        self, token: Secret, digest: bytes, global_request_id: str, address: str
    ) -> _Known:
        """Ask Keystone about a token, and remember what it says."""
        answer: Answer | None = None
        refusal: tuple[str, str, str]
        try:
            answer = await self._validate(token, global_request_id)
            caller = self._caller(Token(token, answer.body))
        except Refused as error:
            if error.code == "identity.away":
                raise
            refusal = (error.code, error.message, error.hint)
        except BadAnswer as error:
            raise away(error) from error
        else:
            left = (caller.expires_at - self._today()).total_seconds() if caller.expires_at else 0
            seconds = min(self._cache_seconds, left)
            known = _Known(until=self._now() + seconds, caller=caller)
            self._refusals.drop(digest)
            self._known.put(digest, known, size_bytes=_WEIGHT * len(answer.body))
            return known
        known = _Known(until=self._now() + self._refusal_seconds, refusal=refusal)
        if address:
            self._attempts.count(address)
        self._known.drop(digest)
        self._refusals.put(digest, known, size_bytes=len(digest))
        return known

    async def _validate(self, token: Secret, global_request_id: str) -> Answer:
        """Return what Keystone says of a token.

        Raises:
            Refused: it is none, or Keystone is away.
        """
        try:
            return await self._door.ask(
                "GET",
                "/auth/tokens",
                token=token,
                subject=token,
                global_request_id=global_request_id,
            )
        except Forbidden as error:
            if self._service_user is None:
                raise self._refused(
                    "token.refused",
                    "this token came from a trust, and such a token may not be validated with "
                    "itself",
                    "use a token of your own, or ask the operator to set [identity] service_user",
                ) from error
        except (AuthFailed, NotFound, BadRequest) as error:
            raise self._refused(*_NOT_ACCEPTED) from error
        return await self._validate_for(token, self._service_user, global_request_id)

    async def _validate_for(
        self, token: Secret, service_user: ServiceUser, global_request_id: str
    ) -> Answer:
        own = await service_user.token()
        try:
            return await self._door.ask(
                "GET",
                "/auth/tokens",
                token=own.secret,
                subject=token,
                global_request_id=global_request_id,
            )
        except NotFound as error:
            raise self._refused(*_NOT_ACCEPTED) from error
        except CloudError as error:
            # The service user may not ask: the operator's to repair, and the token may be good.
            raise away(error) from error

    def _caller(self, token: Token) -> Caller:
        if not token.project_id:
            raise Refused(
                "scope.no-project",
                f"this token is for {token.scope}; the service works for projects",
                hint="get a token for a project: stackloom token issue --os-project-name …",
            )
        return Caller(
            user_id=token.user_id,
            user_name=token.user_name,
            project_id=token.project_id,
            project_name=token.project_name,
            roles=frozenset(token.roles),
            expires_at=token.expires_at,
            token=token.secret,
            catalog=token,
            methods=token.methods,
            is_delegated=token.is_delegated,
        )

    def _refused(self, code: str, message: str, hint: str) -> Refused:
        headers = {"WWW-Authenticate": self.challenge} if code == "token.refused" else {}
        return Refused(code, message, hint=hint, headers=headers)


_NOT_ACCEPTED = (
    "token.refused",
    "Keystone does not accept this token: it has ended, was revoked, or is another cloud's",
    "get a new one: stackloom token issue",
)
