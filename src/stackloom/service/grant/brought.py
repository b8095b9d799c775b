# SPDX-License-Identifier: Apache-2.0
"""Act by an application credential that the caller has made and sent along."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from stackloom.auth.config import CloudConfig
from stackloom.auth.session import Session
from stackloom.auth.token import Token
from stackloom.errors import AuthFailed, BadConfig, CloudError, Forbidden, NotFound
from stackloom.log import Secret
from stackloom.service.grant.application_credential import credential_config, opened
from stackloom.service.grant.grant import Grant, Wish, about
from stackloom.service.grant.seal import Seal
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone_door import ANSWER_SECONDS, KeystoneDoor, away
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings
from stackloom.wire.plan import Credential
from stackloom.wire.problem import Source


class BroughtGrants:
    """Keeps application credentials that callers have made and delete; see ``Way``."""

    def __init__(self, identity: IdentitySettings, door: KeystoneDoor, seal: Seal) -> None:
        self._identity = identity
        self._door = door
        self._seal = seal

    async def make(self, caller: Caller, wish: Wish) -> Grant:
        """Take what the caller has sent along, once Keystone has accepted it.

        It has the roles that its owner gave it, whichever are asked for.
        """
        credential = wish.credential
        assert credential is not None, "asked for only with one"
        token = await self._token(credential)
        if (token.user_id, token.project_id) != (caller.user_id, caller.project_id):
            raise _not_accepted("the application credential is of another user or project")
        id = uuid4()
        sealed = self._seal.seal(credential.secret.encode(), about=about(caller.project_id, id))
        return Grant(
            id=id,
            project_id=caller.project_id,
            user_id=caller.user_id,
            kind="brought",
            reference=credential.id,
            sealed=sealed,
            roles=token.roles,
            expires_at=wish.until,
        )

    def config(self, grant: Grant) -> CloudConfig:
        """Return how to log in with it."""
        return credential_config(self._identity, grant.reference, opened(self._seal, grant))

    async def end(self, grant: Grant) -> None:
        """Do nothing at Keystone: it is the caller's own, and is only forgotten here."""

    async def _token(self, credential: Credential) -> Token:
        try:
            config = credential_config(self._identity, credential.id, Secret(credential.secret))
            async with asyncio.timeout(ANSWER_SECONDS):
                return await Session(config, self._door.exchange).token()
        except (AuthFailed, NotFound, Forbidden, BadConfig) as error:
            raise _not_accepted("Keystone does not accept the application credential") from error
        except (CloudError, TimeoutError) as error:
            raise away(error) from error


def _not_accepted(message: str) -> Refused:
    return Refused(
        "grant.not-delegable",
        message,
        hint="send one of your own, for the project of your token: openstack application "
        "credential create",
        source=Source(pointer="$.credential"),
    )
