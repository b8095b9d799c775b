# SPDX-License-Identifier: Apache-2.0
"""Callers without a Keystone: what a token says stands in it."""

from __future__ import annotations

from datetime import datetime

from stackloom.auth.token import Token
from stackloom.log import Secret
from stackloom.service.identity.caller import Caller
from stackloom.service.refusal import Refused

CHALLENGE = 'Keystone uri="http://keystone.test/v3"'


class FakePeople:
    """Takes tokens of the form ``PROJECT-ROLE``: ``blue-member``, ``red-reader``.

    ``expired`` is refused, ``unscoped`` has no project. Whoever has the role member is a reader
    too, as in Keystone.

    Args:
        expires_at: when every token ends; may be set anew.
        catalog: where the services of the cloud are, for whoever asks them.

    Attributes:
        addresses: from which tokens have come.
    """

    challenge = CHALLENGE

    def __init__(self, *, expires_at: datetime | None = None, catalog: Token | None = None) -> None:
        self.expires_at = expires_at
        self.addresses: list[str] = []
        self._catalog = catalog

    async def caller(
        self, token: Secret, *, request_id: str, global_request_id: str, address: str = ""
    ) -> Caller:
        """Return who the token says."""
        self.addresses.append(address)
        if token.reveal() == "unscoped":
            raise Refused("scope.no-project", "the token is for no project")
        project, _, role = token.reveal().partition("-")
        if role not in {"reader", "member", "auditor"}:
            raise Refused("token.refused", "Keystone does not know this token")
        return Caller(
            user_id=f"{project}-{role}-id",
            user_name=f"{project}-{role}",
            project_id=project,
            project_name=project,
            roles=frozenset({role, "reader"} if role == "member" else {role}),
            expires_at=self.expires_at,
            token=token,
            catalog=self._catalog,
            methods=("password",),
            request_id=request_id,
            global_request_id=global_request_id,
        )

    async def close(self) -> None:
        """Nothing is open."""
