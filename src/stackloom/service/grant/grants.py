# SPDX-License-Identifier: Apache-2.0
"""Which way a service acts for its callers, and every way in which it has acted before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from stackloom.auth.config import CloudConfig
from stackloom.errors import BadConfig
from stackloom.service.grant.application_credential import ApplicationCredentialGrants
from stackloom.service.grant.brought import BroughtGrants
from stackloom.service.grant.grant import Grant, GrantKind, Grants, Way, Wish, not_delegable
from stackloom.service.grant.own_settings import SettingsGrants
from stackloom.service.grant.seal import Seal
from stackloom.service.grant.trust import TrustGrants
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone_door import KeystoneDoor
from stackloom.service.own_cloud import own_cloud
from stackloom.service.settings import ServiceSettings
from stackloom.transport.client import Transport
from stackloom.wire.plan import Credential


class GrantsByKind:
    """Makes grants in the usual way, and serves those of every other kind that there may be.

    Args:
        usual: the kind that is made for who brings nothing along.
        door: closed with it.
    """

    def __init__(
        self,
        by_kind: Mapping[GrantKind, Way],
        *,
        usual: GrantKind,
        door: KeystoneDoor | None = None,
    ) -> None:
        self._by_kind = by_kind
        self._usual = usual
        self._door = door

    async def make(
        self,
        caller: Caller,
        *,
        until: datetime,
        roles: Iterable[str],
        credential: Credential | None = None,
    ) -> Grant:
        """Let the service act for *caller*; see ``Grants``."""
        kind: GrantKind = "brought" if credential else self._usual
        if kind not in self._by_kind:
            raise not_delegable("this service has no Keystone to log in at with a credential")
        wish = Wish(until=until, roles=tuple(sorted(roles)), credential=credential)
        return await self._by_kind[kind].make(caller, wish)

    def config(self, grant: Grant) -> CloudConfig:
        """Return how to log in with it; see ``Grants``."""
        return self._of(grant).config(grant)

    async def end(self, grant: Grant) -> None:
        """Take it back; see ``Grants``."""
        await self._of(grant).end(grant)

    async def close(self) -> None:
        """Give the connections back."""
        if self._door:
            await self._door.close()

    def _of(self, grant: Grant) -> Way:
        way = self._by_kind.get(grant.kind)
        if way is None:
            raise BadConfig(
                f"grant {grant.id} is of the kind {grant.kind}, which the settings no longer have",
                hint="runs and plans from before [identity] was changed can only be ended with "
                "what it was",
            )
        return way


def grants_of(
    settings: ServiceSettings, seal: Seal, *, transport: Transport | None = None
) -> Grants:
    """Return how the settings want callers to be acted for.

    By trust where there is a service user, else by application credential; with neither on the
    loopback, by the rights of who started the service.

    Raises:
        BadConfig: an address or a file in the settings cannot be used.
    """
    identity = settings.identity
    if not identity.auth_url:
        return GrantsByKind({"settings": SettingsGrants(own_cloud(settings))}, usual="settings")
    door = KeystoneDoor(identity, transport=transport)
    by_kind: dict[GrantKind, Way] = {
        "application_credential": ApplicationCredentialGrants(identity, door, seal),
        "brought": BroughtGrants(identity, door, seal),
    }
    if identity.service_user:
        by_kind["trust"] = TrustGrants(identity, door)
    usual: GrantKind = "trust" if identity.service_user else "application_credential"
    return GrantsByKind(by_kind, usual=usual, door=door)
