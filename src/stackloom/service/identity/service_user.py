# SPDX-License-Identifier: Apache-2.0
"""The service's own account at Keystone: whom trusts are given to, and who may ask about tokens."""

from __future__ import annotations

from stackloom.auth.session import Session
from stackloom.auth.token import Token
from stackloom.errors import AuthFailed, CloudError
from stackloom.service.identity.keystone_door import away
from stackloom.service.own_cloud import as_service_user
from stackloom.service.settings import IdentitySettings
from stackloom.transport.exchange import Exchange


class ServiceUser:
    """Logged in when first needed, and again whenever its token is about to end.

    A password that Keystone has refused is not sent twice, for accounts are locked by that
    (keystone/conf/security_compliance.py, lockout_failure_attempts, 30.0.0); its file is read anew.

    Raises:
        BadConfig: the file with its password cannot be used.
    """

    def __init__(self, identity: IdentitySettings, exchange: Exchange) -> None:
        self._identity = identity
        self._exchange = exchange
        self._config = as_service_user(identity)
        self._session = Session(self._config, exchange)

    async def token(self) -> Token:
        """Return a token of it.

        Raises:
            Refused: ``identity.away``: Keystone cannot be asked, or does not accept its password,
                which is the operator's to repair and no fault of any caller.
        """
        try:
            return await self._log_in()
        except CloudError as error:
            raise away(error) from error

    async def _log_in(self) -> Token:
        try:
            return await self._session.token()
        except AuthFailed:
            config = as_service_user(self._identity)
            if config.credentials == self._config.credentials:
                raise
            self._config = config
            self._session = Session(config, self._exchange)
            return await self._session.token()
