# SPDX-License-Identifier: Apache-2.0
"""What lets the service act for a caller for a while, and the seam to whoever makes such things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from stackloom.auth.config import CloudConfig
from stackloom.service.identity.caller import Caller
from stackloom.service.refusal import Refused
from stackloom.wire.plan import Credential

GrantKind = Literal["trust", "application_credential", "brought", "settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The rights of one plan, run or check.

    Attributes:
        id: our own; a row of ``grants``.
        user_id: whose rights they are.
        reference: Keystone's id of the trust or application credential.
        sealed: its secret, sealed; None where there is none, or it has been erased.
        expires_at: when Keystone ends it by itself.
    """

    id: UUID
    project_id: str
    user_id: str
    kind: GrantKind
    reference: str
    sealed: bytes | None = field(repr=False)
    roles: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a grant is wanted for.

    Attributes:
        until: when it has to end at the latest, in UTC.
        roles: which of the caller's it gets.
        credential: one that the caller has sent along, in place of one made here.
    """

    until: datetime
    roles: tuple[str, ...]
    credential: Credential | None = None


class Way(Protocol):
    """One kind of grant: makes them, logs in with them, ends them."""

    async def make(self, caller: Caller, wish: Wish) -> Grant:
        """Let the service act for *caller*.

        Raises:
            Refused: ``grant.not-delegable``, ``token.refused`` or ``identity.away``.
        """
        ...

    def config(self, grant: Grant) -> CloudConfig:
        """Return how to log in with it, as often as needed.

        Raises:
            Refused: ``grant.revoked``: it has been ended here.
            BadConfig: the settings lack what it needs, such as the key that it was sealed with.
        """
        ...

    async def end(self, grant: Grant) -> None:
        """Take it back at Keystone; one that is gone already is fine.

        Raises:
            StackloomError: Keystone could not be asked, or has refused; to be tried again.
        """
        ...


class Grants(Protocol):
    """Makes, uses and ends grants of whatever kind."""

    async def make(
        self,
        caller: Caller,
        *,
        until: datetime,
        roles: Iterable[str],
        credential: Credential | None = None,
    ) -> Grant:
        """Let the service act for *caller*; see ``Wish`` and ``Way``."""
        ...

    def config(self, grant: Grant) -> CloudConfig:
        """Return how to log in with it; see ``Way``."""
        ...

    async def end(self, grant: Grant) -> None:
        """Take it back; see ``Way``."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


def about(project_id: str, id: UUID) -> str:
    """Return what the seal of a grant's secret is bound to."""
    return f"{project_id} grants sealed {id}"


def expiry(until: datetime) -> str:
    """Return a time as Keystone wants it: ``2026-06-01T12:00:00.123456Z``."""
    return until.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def not_delegable(message: str) -> Refused:
    """Return the refusal where a caller's token cannot let anybody else act."""
    return Refused(
        "grant.not-delegable",
        message,
        hint="use a token that you got with your password, or send an application credential of "
        "your own along, as credential: {id, secret}",
    )
