# SPDX-License-Identifier: Apache-2.0
"""A token on each request: one log-in however many callers wait, renewed in time and once on a 401.

Where the token is somebody else's, given by its owner for what is asked on their behalf, there is
no log-in and no renewal.

Knows Keystone's ``/v3/auth/tokens`` and nothing of the other services.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.credentials import Method, token_request
from stackloom.auth.service_choice import choice_for, microversion_header
from stackloom.auth.token import Token
from stackloom.auth.token_cache import TokenCache
from stackloom.errors import AuthFailed, BadAnswer, BadRequest, Forbidden, InDoubt, ServerFault
from stackloom.log import Secret
from stackloom.transport.client import Answer, Request
from stackloom.transport.exchange import Exchange
from stackloom.transport.refusal import request_id
from stackloom.transport.waiting import LoopTurns, Turns

if TYPE_CHECKING:
    from stackloom.auth.receipt import Receipt

# A token that ends inside a long call breaks it on clouds without service tokens, so it is renewed
# a while before; one that lives shortly is used for most of its life.
RENEW_BEFORE = timedelta(seconds=120)
RENEW_SHARE = 5
_ANEW = "get a new token from Keystone and ask again with that"


class Session:
    """Asks with a token.

    Args:
        clock: says what time it is, in UTC; tests pass their own.
        cache: where the token is kept between processes, None for nowhere.
        given: the token to ask with, once it was validated; without one the session logs in.
    """

    def __init__(
        self,
        config: CloudConfig,
        exchange: Exchange,
        *,
        cache: TokenCache | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        turns: Turns = LoopTurns,
        given: Token | None = None,
    ) -> None:
        self.config = config
        self.exchange = exchange
        self._cache = cache
        self._clock = clock
        self._lock = turns(1)
        self._given = self._ours(given) if given else None
        self._token: Token | None = None
        self._rejected: AuthFailed | None = None

    async def token(self) -> Token:
        """Return a token that lasts; log in only where there is none.

        Raises:
            AuthFailed: Keystone does not accept the credentials, or the given token has ended.
            Unreachable: no Keystone at ``auth_url``.
            ServerFault: there is one, or a proxy before it, but it gave no answer.
        """
        if self._given:
            return self._still_good(self._given)
        if self._lasts(self._token):
            assert self._token is not None
            return self._token
        async with self._lock:
            if not self._lasts(self._token):
                kept = self._cache.read() if self._cache and self._token is None else None
                token = kept if kept and self._lasts(kept) else await self._log_in()
                self._token = self._ours(token)
            assert self._token is not None
            return self._token

    async def ask(self, request: Request, *, service: str) -> Answer:
        """Send *request* with a token; on a 401 renew it once, for all who wait, and ask again.

        A 401 is given before anything is done, so asking again is safe for every method.
        """
        request = self._with_microversion(request, service)
        token = await self.token()
        try:
            return await self._ask(request, token, service)
        except AuthFailed as error:
            if self._given:
                error.hint = _ANEW
                raise
            await self._renew(token)
        try:
            return await self._ask(request, await self.token(), service)
        except AuthFailed as error:
            error.hint = (
                "it refuses a token that Keystone gave a moment ago: the service cannot validate "
                "it, or its clock is wrong; its operator has to look"
            )
            raise

    async def _ask(self, request: Request, token: Token, service: str) -> Answer:
        try:
            return await self.exchange.ask(_with_token(request, token), service=service)
        except Forbidden as error:
            # Keystone says 403 also to those who may, and how they can (keystone/exception.py,
            # ResourceUpdateForbidden, 30.0.0).
            is_immutable = service == "identity" and "immutable" in error.message
            error.hint = "" if is_immutable else scope_hint(token, service) or error.hint
            raise
        except BadRequest as error:
            # "Running without keystone AuthN requires that project_id is specified", says Neutron
            # to a token without one (neutron_lib/api/attributes.py, 5.0.1).
            if not token.project_id and service != "identity":
                error.hint = error.hint or scope_hint(token, service)
            raise

    def _with_microversion(self, request: Request, service: str) -> Request:
        """Ask for the microversion that the configuration pins, where the caller needs none."""
        pinned = choice_for(self.config.services, service).microversion
        if not pinned or "OpenStack-API-Version" in request.headers:
            return request
        headers = {**request.headers, **microversion_header(service, pinned)}
        return msgspec.structs.replace(request, headers=headers)

    def _ours(self, token: Token) -> Token:
        return token.using(self.config.services, auth_url=self.config.auth_url)

    async def _renew(self, refused: Token) -> None:
        """Replace *refused*, unless somebody else already has."""
        async with self._lock:
            if self._token is refused:
                if self._cache:
                    self._cache.drop()
                self._token = self._ours(await self._log_in())

    async def _log_in(self) -> Token:
        if self._rejected is not None:
            # A wrong password is sent once, however many wait: Keystone may lock the account
            # (keystone/conf/security_compliance.py, lockout_failure_attempts, 30.0.0).
            raise self._rejected
        token = await (self._earn_by_plugin() if self.config.plugin else self._earn())
        if self._cache:
            self._cache.write(token)
        return token

    async def _earn_by_plugin(self) -> Token:
        config = self.config
        assert config.plugin, "asked for only with one"
        from stackloom.auth.plugin import plugin_token  # noqa: PLC0415 - for few

        try:
            return Token(*await plugin_token(config.plugin, config.tls, config.source))
        except AuthFailed as error:
            self._rejected = error
            raise

    async def _earn(self) -> Token:
        answer = await self._ask_for_token(self.config.method)
        if answer.status == 401:
            answer = await self._prove_more(answer)
        if answer.status == 401:
            self._rejected = self._refused(answer)
            raise self._rejected
        secret = answer.headers.get("x-subject-token")
        if answer.status == 300 or not secret:
            raise BadAnswer(
                f"{self._url} answered, but not with a token",
                method="POST",
                url=self._url,
                status=answer.status,
                hint="is auth_url really Keystone's?",
            )
        return Token(Secret(secret), answer.body)

    async def _prove_more(self, refusal: Answer) -> Answer:
        """Send what a receipt asks for beside what was proven; a plain refusal stays one."""
        from stackloom.auth.receipt import HEADER, receipt_of  # noqa: PLC0415 - for few

        receipt = receipt_of(refusal)
        if receipt is None:
            return refusal
        following = receipt.next_method(self.config.credentials)
        if following is None:
            self._rejected = self._wants_more(refusal, receipt)
            raise self._rejected
        return await self._ask_for_token(following, {HEADER: receipt.secret.reveal()})

    @property
    def _url(self) -> str:
        return f"{self.config.auth_url}/auth/tokens"

    async def _ask_for_token(
        self, method: Method, more_headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one log-in and return its answer, a 401 too."""
        config = self.config
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers |= more_headers or {}
        request = Request(
            method="POST",
            url=self._url,
            headers=headers,
            body=msgspec.json.encode(token_request(method, config.credentials, config.scope)),
        )
        try:
            return await self.exchange.ask(request, service="identity", accepted=(401,))
        except InDoubt as error:
            # One token more or less is nothing to look up.
            raise ServerFault(
                f"Keystone at {config.auth_url} did not answer the log-in ({config.source})",
                method="POST",
                url=self._url,
                status=error.status,
                request_id=error.request_id,
                hint="is the cloud up? Run the command again",
            ) from error

    def _refused(self, answer: Answer) -> AuthFailed:
        return AuthFailed(
            f"Keystone did not accept {_who(self.config)} ({self.config.source})",
            method="POST",
            url=self._url,
            status=answer.status,
            request_id=request_id(answer.headers),
            hint=_what_to_check(self.config),
        )

    def _wants_more(self, answer: Answer, receipt: Receipt) -> AuthFailed:
        wanted = " or ".join(" and ".join(names) for names in receipt.lacking()) or "more"
        return AuthFailed(
            f"Keystone accepted {' and '.join(receipt.proven)} of {_who(self.config)} and wants "
            f"also: {wanted} ({self.config.source})",
            method="POST",
            url=self._url,
            status=answer.status,
            request_id=request_id(answer.headers),
            hint="give what is missing beside it, such as the passcode: OS_PASSCODE or "
            "--os-passcode",
        )

    def _still_good(self, given: Token) -> Token:
        if given.expires_at <= self._clock():
            ended = f"{given.expires_at:%Y-%m-%d %H:%M:%S} UTC"
            raise AuthFailed(f"the token of {given.user_name} has ended at {ended}", hint=_ANEW)
        return given

    def _lasts(self, token: Token | None) -> bool:
        if token is None:
            return False
        margin = min(RENEW_BEFORE, token.life / RENEW_SHARE) if token.life else RENEW_BEFORE
        return token.expires_at - self._clock() > margin


def scope_hint(token: Token, service: str) -> str:
    """Return what another scope may do about a 403, empty where the scope is the usual one.

    Source: oslo_policy/policy.py, ``_enforce_scope``, 6.0.1: a rule has its ``scope_types``, and a
    token of another scope is refused whatever its roles. Those of Neutron and Nova are for projects
    (neutron/conf/policies/network.py 29.0.0, nova/policies/servers.py 34.0.0).
    """
    if service == "identity":
        if token.scope == "system":
            return ""
        return (
            f"this token is for {token.scope}; what concerns all of Keystone needs a role on the "
            "system: --os-system-scope all"
        )
    if token.project_id:
        return ""
    return f"this token is for {token.scope}; here a project is needed: --os-project-name"


def _with_token(request: Request, token: Token) -> Request:
    headers = {**request.headers, "X-Auth-Token": token.secret.reveal()}
    return msgspec.structs.replace(request, headers=headers)


def _what_to_check(config: CloudConfig) -> str:
    if config.credentials.passcode:
        return "a passcode is good for half a minute: give the newest one"
    by_method = {
        "token": "it may have ended or been revoked; check the scope too",
        "application_credential": "it may have ended or been deleted, or its user lost the role",
    }
    return by_method.get(config.method.name, "check user, password, domain and project")


def _who(config: CloudConfig) -> str:
    user = config.credentials.user
    name = user.name or user.id
    if not name:
        return f"the {config.method.name} given"
    scope = str(config.scope)
    return f'user "{name}"' + ("" if scope == "unscoped" else f" for {scope}")
