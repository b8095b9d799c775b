# SPDX-License-Identifier: Apache-2.0
"""The seam to whoever knows the callers, and which of the two it is for given settings."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from stackloom.errors import BadConfig
from stackloom.log import Secret
from stackloom.service.identity.bearer import BearerIdentities
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone import KeystoneIdentities
from stackloom.service.own_cloud import own_cloud
from stackloom.service.private_file import read_secret
from stackloom.service.refusal import Refused
from stackloom.service.settings import ServiceSettings


class Identities(Protocol):
    """Knows callers by what they show.

    Attributes:
        challenge: the value of ``WWW-Authenticate`` that goes with a 401.
    """

    challenge: str

    async def caller(
        self, token: Secret, *, request_id: str, global_request_id: str, address: str = ""
    ) -> Caller:
        """Return who shows *token*.

        Args:
            address: that it comes from; those of one that shows too many bad ones are no longer
                looked at. "" where it does not count.

        Raises:
            Refused: ``token.refused``, ``scope.no-project``, ``rate.exceeded`` or
                ``identity.away``.
        """
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


async def is_still_welcome(identities: Identities, token: Secret, caller: Caller) -> bool:
    """Return whether a token is still good for *caller*, who goes on watching with it.

    It is believed while Keystone cannot be asked.
    """
    try:
        found = await identities.caller(
            token, request_id=caller.request_id, global_request_id=caller.global_request_id
        )
        found.check_may_read()
    except Refused as refused:
        return refused.code == "identity.away"
    return found.project_id == caller.project_id


def identities_of(settings: ServiceSettings) -> Identities:
    """Return whom the settings trust: Keystone, or on the loopback one bearer.

    Raises:
        BadConfig: neither is set, or a file about it cannot be used.
    """
    if settings.identity.auth_url:
        return KeystoneIdentities(settings)
    if not settings.server.bearer_file:
        raise BadConfig(
            "nobody could show who they are: neither [identity] auth_url nor [server] bearer_file "
            "is set",
            hint="name your Keystone in [identity] auth_url; stackloom serve on the loopback makes "
            "a bearer by itself",
        )
    bearer = read_secret(
        Path(settings.server.bearer_file),
        what="the bearer of the service",
        hint="[server] bearer_file names the file; stackloom serve makes one on the loopback",
    )
    return BearerIdentities(bearer, own_cloud(settings))
