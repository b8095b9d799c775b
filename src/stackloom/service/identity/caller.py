# SPDX-License-Identifier: Apache-2.0
"""Who asks, as far as the service has to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stackloom.auth.token import Token
from stackloom.log import Secret
from stackloom.service.refusal import Refused

# ``admin`` may what ``member`` may, and ``member`` what ``reader`` may (Keystone's implied roles,
# keystone/cmd/bootstrap.py, 2025.1); tokens name implied roles too, so only these are looked for.
READERS = frozenset({"reader", "member", "admin"})
MEMBERS = frozenset({"member", "admin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody with a valid token for a project.

    Attributes:
        expires_at: when the token ends; None for the bearer of a service on the loopback.
        token: what requests on the caller's behalf are sent with; None for that bearer, whose
            requests go out with the settings of the service.
        catalog: the token with its catalog; None likewise.
        methods: how the token was got: ``("password",)``, ``("application_credential",)``, ...
        is_delegated: the token came from a trust or an application credential.
        request_id: of this request, ``req-…``; our own.
        global_request_id: the one that the caller sent along, or ours; goes on to the cloud.
    """

    user_id: str
    user_name: str
    project_id: str
    project_name: str
    roles: frozenset[str]
    expires_at: datetime | None = None
    token: Secret | None = None
    catalog: Token | None = None
    methods: tuple[str, ...] = ()
    is_delegated: bool = False
    request_id: str = ""
    global_request_id: str = ""

    @property
    def may_change(self) -> bool:
        """Whether they may do more than read."""
        return bool(self.roles & MEMBERS)

    def check_may_read(self) -> None:
        """Check that they may read.

        Raises:
            Refused: they may not.
        """
        self._check(READERS)

    def check_may_change(self) -> None:
        """Check that they may do more than read.

        Raises:
            Refused: they may not.
        """
        self._check(MEMBERS)

    def _check(self, needed: frozenset[str]) -> None:
        if not self.roles & needed:
            have = ", ".join(sorted(self.roles)) or "none"
            raise Refused(
                "role.missing",
                f"this needs one of the roles {', '.join(sorted(needed))}; the token has {have}",
            )
