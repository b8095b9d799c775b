# SPDX-License-Identifier: Apache-2.0
"""A token on each request: one log-in however many callers wait, renewed in time and once on a 401.

Knows Keystone's ``/v3/auth/tokens`` and nothing of the other services.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.credentials import token_request
from stackloom.auth.token import Token
from stackloom.auth.token_cache import TokenCache
from stackloom.errors import AuthFailed, BadAnswer, InDoubt, ServerFault
from stackloom.log import Secret
from stackloom.transport.client import Answer, Request
from stackloom.transport.exchange import Exchange
from stackloom.transport.waiting import LoopTurns, Turns

# A token that ends inside a long call breaks it on clouds without service tokens, so it is renewed
# a while before.
RENEW_BEFORE = timedelta(seconds=120)


class Session:
    """Asks with a token.

    Args:
        clock: says what time it is, in UTC; tests pass their own.
        cache: where the token is kept between processes, None for nowhere.
    """

    def __init__(
        self,
        config: CloudConfig,
        exchange: Exchange,
        *,
        cache: TokenCache | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        turns: Turns = LoopTurns,
    ) -> None:
        self.config = config
        self.exchange = exchange
        self._cache = cache
        self._clock = clock
        self._lock = turns(1)
        self._token: Token | None = None
        self._rejected: AuthFailed | None = None

    async def token(self) -> Token:
        """Return a token that lasts; log in only where there is none.

        Raises:
            AuthFailed: Keystone does not accept the credentials.
            Unreachable: no Keystone at ``auth_url``.
            ServerFault: there is one, or a proxy before it, but it gave no answer.
        """
        if self._lasts(self._token):
            assert self._token is not None
            return self._token
        async with self._lock:
            if not self._lasts(self._token):
                kept = self._cache.read() if self._cache and self._token is None else None
                self._token = kept if self._lasts(kept) else await self._log_in()
            assert self._token is not None
            return self._token

    async def ask(self, request: Request, *, service: str) -> Answer:
        """Send *request* with a token; on a 401 renew it once, for all who wait, and ask again.

        A 401 is given before anything is done, so asking again is safe for every method.
        """
        token = await self.token()
        try:
            return await self.exchange.ask(_with_token(request, token), service=service)
        except AuthFailed:
            await self._renew(token)
            return await self.exchange.ask(
                _with_token(request, await self.token()), service=service
            )

    async def _renew(self, refused: Token) -> None:
        """Replace *refused*, unless somebody else already has."""
        async with self._lock:
            if self._token is refused:
                if self._cache:
                    self._cache.drop()
                self._token = await self._log_in()

    async def _log_in(self) -> Token:
        if self._rejected is not None:
            # A wrong password is sent once, however many wait: Keystone may lock the account
            # (keystone/conf/security_compliance.py, lockout_failure_attempts, 30.0.0).
            raise self._rejected
        config = self.config
        body = token_request(config.method, config.credentials, config.scope)
        url = f"{config.auth_url}/auth/tokens"
        request = Request(
            method="POST",
            url=url,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=msgspec.json.encode(body),
        )
        try:
            answer = await self.exchange.ask(request, service="identity")
        except AuthFailed as error:
            self._rejected = AuthFailed(
                f"Keystone did not accept {_who(config)} ({config.source})",
                method="POST",
                url=url,
                status=error.status,
                request_id=error.request_id,
                hint="check user, password, domain and project",
            )
            raise self._rejected from error
        except InDoubt as error:
            # One token more or less is nothing to look up.
            raise ServerFault(
                f"Keystone at {config.auth_url} did not answer the log-in ({config.source})",
                method="POST",
                url=url,
                status=error.status,
                request_id=error.request_id,
                hint="is the cloud up? Run the command again",
            ) from error
        secret = answer.headers.get("x-subject-token")
        if answer.status == 300 or not secret:
            raise BadAnswer(
                f"{url} answered, but not with a token",
                method="POST",
                url=url,
                status=answer.status,
                hint="is auth_url really Keystone's?",
            )
        token = Token(Secret(secret), answer.body)
        if self._cache:
            self._cache.write(token)
        return token

    def _lasts(self, token: Token | None) -> bool:
        return token is not None and token.expires_at - self._clock() > RENEW_BEFORE


def _with_token(request: Request, token: Token) -> Request:
    headers = {**request.headers, "X-Auth-Token": token.secret.reveal()}
    return msgspec.structs.replace(request, headers=headers)


def _who(config: CloudConfig) -> str:
    user = config.credentials.user
    name = user.name or user.id
    return f'user "{name}" for {config.scope}' if name else f"the {config.method.name} given"
