# SPDX-License-Identifier: Apache-2.0
"""What the service knows of whoever asks."""

from __future__ import annotations

from stackloom.service.rest.asked import Asked
from stackloom.service.rest.route import Who, route
from stackloom.wire.caller import Whoami


@route("GET", "/v1/token", who=Who.READER)
async def show_token(asked: Asked) -> Whoami:
    """Show who asks: user, project, roles, and until when."""
    caller = asked.caller
    return Whoami(
        user_id=caller.user_id,
        user_name=caller.user_name,
        project_id=caller.project_id,
        project_name=caller.project_name,
        roles=tuple(sorted(caller.roles)),
        cloud=asked.context.settings.identity.auth_url,
        expires_at=caller.expires_at,
        may_change=caller.may_change,
    )


ROUTES = (show_token,)
