# SPDX-License-Identifier: Apache-2.0
"""Exchange what a person types into the page for a token, at the operator's Keystone only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from stackloom.auth.config import CloudConfig
from stackloom.auth.session import Session
from stackloom.errors import AuthFailed, BadConfig, CloudError, Forbidden, NotFound
from stackloom.log import Secret
from stackloom.service.identity.attempts import Attempts
from stackloom.service.identity.identities import Identities
from stackloom.service.identity.keystone_door import ANSWER_SECONDS, KeystoneDoor, away
from stackloom.service.own_cloud import at_keystone
from stackloom.service.refusal import Refused
from stackloom.service.settings import ServiceSettings
from stackloom.transport.client import Transport
from stackloom.wire.log_in import LogIn


class LogIns:
    """Logs people in.

    Args:
        identities: says of the token whether it is good here.
        transport: what carries requests; tests pass their own.
        now: a monotonic clock, in seconds.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        identities: Identities,
        *,
        transport: Transport | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._identity = settings.identity
        self._identities = identities
        self._door: KeystoneDoor | None = None
        if self._identity.auth_url:
            self._door = KeystoneDoor(self._identity, transport=transport)
        self._attempts = Attempts(settings.limits.logins_per_minute, now=now)

    async def token(
        self, form: LogIn, *, address: str, request_id: str, global_request_id: str
    ) -> Secret:
        """Return a token for what was typed; the service does not keep it.

        Args:
            address: of whoever logs in.

        Raises:
            Refused: ``rate.exceeded``, ``body.invalid``, ``token.refused``, ``scope.no-project`` or
                ``identity.away``.
        """
        self._attempts.begin(address)
        try:
            token = Secret(form.bearer.strip()) if form.bearer else await self._earned(form)
            await self._identities.caller(
                token, request_id=request_id, global_request_id=global_request_id
            )
        except Refused as error:
            if error.code == "identity.away":
                self._attempts.take_back(address)
            raise
        self._attempts.take_back(address)
        return token

    async def close(self) -> None:
        """Give the connections back."""
        if self._door:
            await self._door.close()

    async def _earned(self, form: LogIn) -> Secret:
        if self._door is None:
            raise Refused(
                "body.invalid",
                "this service has no Keystone to log in at",
                hint="give the bearer that stackloom serve printed when it started",
            )
        config = self._config(form)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return (await Session(config, self._door.exchange).token()).secret
        except (AuthFailed, Forbidden, NotFound) as error:
            raise Refused("token.refused", error.message, hint=error.hint) from error
        except (CloudError, TimeoutError) as error:
            raise away(error) from error

    def _config(self, form: LogIn) -> CloudConfig:
        """Return how whoever typed this logs in.

        Raises:
            Refused: ``body.invalid``: something is missing.
        """
        try:
            if form.application_credential_id:
                return at_keystone(
                    self._identity,
                    auth_type="v3applicationcredential",
                    application_credential_id=form.application_credential_id,
                    application_credential_secret=form.application_credential_secret,
                )
            return at_keystone(
                self._identity,
                auth_type="password",
                username=form.user,
                password=form.password,
                user_domain_name=form.user_domain,
                project_name=form.project,
                project_domain_name=form.project_domain,
            )
        except BadConfig as error:
            raise Refused(
                "body.invalid",
                f"this is not enough to log in: {error.message}",
                hint="give user, password and project, or an application credential, or a token",
            ) from error
