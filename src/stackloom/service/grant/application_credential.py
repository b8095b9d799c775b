# SPDX-License-Identifier: Apache-2.0
"""Act by application credentials that are made for one run and delete themselves at its end."""

from __future__ import annotations

from uuid import uuid4

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.session import Session
from stackloom.errors import AuthFailed, Forbidden, NotFound
from stackloom.log import Secret
from stackloom.service.grant.grant import Grant, Wish, about, expiry, not_delegable
from stackloom.service.grant.seal import Seal
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone_door import KeystoneDoor
from stackloom.service.own_cloud import at_keystone
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings


class _ApplicationCredential(msgspec.Struct):
    id: str
    secret: str

    def __repr__(self) -> str:
        return f"_ApplicationCredential({self.id})"


class _Made(msgspec.Struct):
    application_credential: _ApplicationCredential


class ApplicationCredentialGrants:
    """Makes application credentials; see ``Way``.

    They are unrestricted: a restricted one cannot delete itself (403, keystone/api/users.py,
    ``_check_unrestricted_application_credential``, 30.0.0).
    """

    def __init__(self, identity: IdentitySettings, door: KeystoneDoor, seal: Seal) -> None:
        self._identity = identity
        self._door = door
        self._seal = seal

    async def make(self, caller: Caller, wish: Wish) -> Grant:
        """Make an application credential of the caller's with the caller's token.

        A token of an unrestricted application credential may do so too; whether it is one, only
        Keystone knows.
        """
        assert caller.token is not None, "only who has a token of Keystone makes one"
        id = uuid4()
        body = {
            "application_credential": {
                "name": f"stackloom-{id}",
                "description": "stackloom acts with it for a plan or run, and deletes it then",
                "roles": [{"name": role} for role in wish.roles],
                "expires_at": expiry(wish.until),
                "unrestricted": True,
            }
        }
        try:
            answer = await self._door.ask(
                "POST",
                f"/users/{caller.user_id}/application_credentials",
                token=caller.token,
                body=body,
                global_request_id=caller.global_request_id,
            )
        except Forbidden as error:
            raise not_delegable(
                f"no application credential could be made with this token: {error.message}"
            ) from error
        except AuthFailed as error:
            raise Refused("token.refused", "the token has ended or was revoked") from error
        made = msgspec.json.decode(answer.body, type=_Made).application_credential
        sealed = self._seal.seal(made.secret.encode(), about=about(caller.project_id, id))
        return Grant(
            id=id,
            project_id=caller.project_id,
            user_id=caller.user_id,
            kind="application_credential",
            reference=made.id,
            sealed=sealed,
            roles=wish.roles,
            expires_at=wish.until,
        )

    def config(self, grant: Grant) -> CloudConfig:
        """Return how to log in with it."""
        return credential_config(self._identity, grant.reference, opened(self._seal, grant))

    async def end(self, grant: Grant) -> None:
        """Let it delete itself."""
        session = Session(self.config(grant), self._door.exchange)
        try:
            token = await session.token()
        except (AuthFailed, NotFound):
            return  # gone, or of no use: its user lost the role or is disabled
        path = f"/users/{grant.user_id}/application_credentials/{grant.reference}"
        try:
            await self._door.ask("DELETE", path, token=token.secret)
        except NotFound:
            return


def opened(seal: Seal, grant: Grant) -> Secret:
    """Return the secret of an application credential.

    Raises:
        Refused: ``grant.revoked``: it has been erased.
    """
    if grant.sealed is None:
        raise Refused("grant.revoked", "the rights of this run have been given back already")
    return Secret(seal.open(grant.sealed, about=about(grant.project_id, grant.id)).decode())


def credential_config(identity: IdentitySettings, id: str, secret: Secret) -> CloudConfig:
    """Return how to log in with an application credential at the Keystone of the settings."""
    return at_keystone(
        identity,
        auth_type="v3applicationcredential",
        application_credential_id=id,
        application_credential_secret=secret.reveal(),
    )
