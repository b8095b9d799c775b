# SPDX-License-Identifier: Apache-2.0
"""Act with the settings of who started the service, where there is no Keystone to ask."""

from __future__ import annotations

from uuid import uuid4

from stackloom.auth.config import CloudConfig
from stackloom.service.grant.grant import Grant, Wish
from stackloom.service.identity.caller import Caller


class SettingsGrants:
    """Gives every run the rights of the service itself; see ``Way``.

    Args:
        config: the cloud of ``[server] os_cloud``, on the loopback only.
    """

    def __init__(self, config: CloudConfig) -> None:
        self._config = config

    async def make(self, caller: Caller, wish: Wish) -> Grant:
        """Return a grant without a secret: there is none but what is in the settings."""
        return Grant(
            id=uuid4(),
            project_id=caller.project_id,
            user_id=caller.user_id,
            kind="settings",
            reference=self._config.source,
            sealed=None,
            roles=wish.roles,
            expires_at=wish.until,
        )

    def config(self, grant: Grant) -> CloudConfig:
        """Return the cloud of the settings."""
        assert grant.kind == "settings", "each kind has its own way"
        return self._config

    async def end(self, grant: Grant) -> None:
        """Nothing was given, so nothing is taken back."""
