# SPDX-License-Identifier: Apache-2.0
"""Who asks, told to themselves."""

from __future__ import annotations

from stackloom.service.identity.caller import Caller
from stackloom.service.operation.desk import Desk
from stackloom.service.own_cloud import own_cloud
from stackloom.wire.caller import Whoami


def whoami(caller: Caller, desk: Desk) -> Whoami:
    """Return what the service knows of the caller."""
    caller.check_may_read()
    settings = desk.settings
    return Whoami(
        user_id=caller.user_id,
        user_name=caller.user_name,
        project_id=caller.project_id,
        project_name=caller.project_name,
        roles=tuple(sorted(caller.roles)),
        cloud=settings.identity.auth_url or own_cloud(settings).auth_url,
        expires_at=caller.expires_at,
        may_change=caller.may_change,
    )
