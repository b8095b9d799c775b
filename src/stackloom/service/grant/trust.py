# SPDX-License-Identifier: Apache-2.0
"""Act by trusts that callers give to the service user: nothing of them has to be kept secret."""

from __future__ import annotations

import secrets
from uuid import uuid4

import msgspec

from stackloom.auth.config import CloudConfig
from stackloom.auth.session import Session
from stackloom.errors import AuthFailed, Forbidden, NotFound
from stackloom.service.grant.grant import Grant, Wish, expiry, not_delegable
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone_door import KeystoneDoor
from stackloom.service.identity.service_user import ServiceUser
from stackloom.service.own_cloud import as_service_user
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings


class _Trust(msgspec.Struct):
    id: str


class _Made(msgspec.Struct):
    trust: _Trust


class TrustGrants:
    """Makes trusts; see ``Way``.

    Source: keystone/api/trusts.py, 30.0.0. Neither a trust nor an application credential can give a
    trust: "Delegated tokens cannot manage trusts".
    """

    def __init__(self, identity: IdentitySettings, door: KeystoneDoor) -> None:
        self._identity = identity
        self._door = door
        self._service_user = ServiceUser(identity, door.exchange)

    async def make(self, caller: Caller, wish: Wish) -> Grant:
        """Let *caller* give a trust to the service user."""
        assert caller.token is not None, "only who has a token of Keystone gives a trust"
        if caller.is_delegated:
            raise not_delegable("this token came from a trust or an application credential")
        own = await self._service_user.token()
        # Two trusts that are the same in everything else must differ in this (409 else,
        # keystone/trust/backends/sql.py, UniqueConstraint duplicate_trust_constraint, 30.0.0).
        until = wish.until.replace(microsecond=secrets.randbelow(1_000_000))
        body = {
            "trust": {
                "trustor_user_id": caller.user_id,
                "trustee_user_id": own.user_id,
                "project_id": caller.project_id,
                "impersonation": True,
                "roles": [{"name": role} for role in wish.roles],
                "expires_at": expiry(until),
            }
        }
        try:
            answer = await self._door.ask(
                "POST",
                "/OS-TRUST/trusts",
                token=caller.token,
                body=body,
                global_request_id=caller.global_request_id,
            )
        except Forbidden as error:
            raise not_delegable(f"no trust could be given: {error.message}") from error
        except AuthFailed as error:
            raise Refused("token.refused", "the token has ended or was revoked") from error
        return Grant(
            id=uuid4(),
            project_id=caller.project_id,
            user_id=caller.user_id,
            kind="trust",
            reference=msgspec.json.decode(answer.body, type=_Made).trust.id,
            sealed=None,
            roles=wish.roles,
            expires_at=until,
        )

    def config(self, grant: Grant) -> CloudConfig:
        """Return how the service user logs in by the trust."""
        return as_service_user(self._identity, trust_id=grant.reference)

    async def end(self, grant: Grant) -> None:
        """Delete the trust with a token of its own; by another one of ours it may not be."""
        session = Session(self.config(grant), self._door.exchange)
        try:
            token = await session.token()
            await self._door.ask("DELETE", _path(grant), token=token.secret)
        except AuthFailed:
            if await self._is_there(grant):
                raise
        except (NotFound, Forbidden):
            return  # of no use, since its giver has lost the role; it expires by itself

    async def _is_there(self, grant: Grant) -> bool:
        """Tell a trust that is gone from a password that is wrong: both are a 401 at a log-in."""
        own = await self._service_user.token()
        try:
            await self._door.ask("GET", _path(grant), token=own.secret)
        except NotFound:
            return False
        return True


def _path(grant: Grant) -> str:
    return f"/OS-TRUST/trusts/{grant.reference}"
