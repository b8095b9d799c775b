# SPDX-License-Identifier: Apache-2.0
"""Grants without a Keystone: noted down, not asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from stackloom.auth.config import CloudConfig
from stackloom.errors import Unreachable
from stackloom.service.grant.grant import Grant, not_delegable
from stackloom.service.identity.caller import Caller
from stackloom.wire.plan import Credential


class FakeGrants:
    """Gives every caller a grant whose token is not delegated.

    Attributes:
        made: all of them, in their order.
        ended: the ids of those that were taken back.
        is_away: nothing can be taken back.
    """

    def __init__(self) -> None:
        self.made: list[Grant] = []
        self.ended: list[UUID] = []
        self.is_away = False

    async def make(
        self,
        caller: Caller,
        *,
        until: datetime,
        roles: Iterable[str],
        credential: Credential | None = None,
    ) -> Grant:
        """Note a grant; a delegated token needs a credential, as at Keystone."""
        if caller.is_delegated and credential is None:
            raise not_delegable("this token was itself delegated")
        grant = Grant(
            id=uuid4(),
            project_id=caller.project_id,
            user_id=caller.user_id,
            kind="brought" if credential else "application_credential",
            reference=credential.id if credential else f"credential-{len(self.made) + 1}",
            sealed=b"sealed",
            roles=tuple(roles),
            expires_at=until,
        )
        self.made.append(grant)
        return grant

    def config(self, grant: Grant) -> CloudConfig:
        """Nobody logs in with a fake."""
        raise AssertionError(f"somebody logs in with {grant.reference}")

    async def end(self, grant: Grant) -> None:
        """Note that it was taken back."""
        if self.is_away:
            raise Unreachable("Keystone cannot be reached")
        self.ended.append(grant.id)

    async def close(self) -> None:
        """Nothing is open."""
