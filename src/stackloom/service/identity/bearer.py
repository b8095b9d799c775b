# SPDX-License-Identifier: Apache-2.0
"""The one caller of a service without Keystone: whoever on this machine knows the bearer."""

from __future__ import annotations

from hmac import compare_digest

from stackloom.auth.config import CloudConfig
from stackloom.log import Secret
from stackloom.service.identity.caller import Caller
from stackloom.service.refusal import Refused

PROJECT = "local"
_ROLES = frozenset({"member", "reader"})


class BearerIdentities:
    """Knows one bearer.

    Args:
        bearer: random, made when the service was started.
        config: the cloud on which it works, with the rights of who started it.
    """

    challenge = "Bearer"

    def __init__(self, bearer: Secret, config: CloudConfig) -> None:
        self.config = config
        self._bearer = bearer.reveal().encode()

    async def caller(
        self,
        token: Secret,
        *,
        request_id: str,
        global_request_id: str,
        address: str = "",  # noqa: ARG002 - nobody is asked, so nobody has to be spared
    ) -> Caller:
        """Return the one caller there is.

        Raises:
            Refused: ``token.refused``: it is not the bearer.
        """
        if not compare_digest(token.reveal().encode(), self._bearer):
            raise Refused(
                "token.refused",
                "this is not the bearer of this service",
                hint="stackloom serve printed it when it started",
                headers={"WWW-Authenticate": self.challenge},
            )
        user, project = self.config.credentials.user, self.config.scope.project
        return Caller(
            user_id=PROJECT,
            # As whom it acts on the cloud, for who looks at the page; ids are the service's own.
            user_name=user.name or user.id or PROJECT,
            project_id=PROJECT,
            project_name=project.name or project.id or PROJECT,
            roles=_ROLES,
            methods=("bearer",),
            request_id=request_id,
            global_request_id=global_request_id,
        )

    async def close(self) -> None:
        """Nothing is open."""
