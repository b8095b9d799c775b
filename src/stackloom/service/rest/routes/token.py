# SPDX-License-Identifier: Apache-2.0
"""What the service knows of whoever asks."""

from __future__ import annotations

from stackloom.service.operation.callers import whoami
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.route import Who, route
from stackloom.wire.caller import Whoami


@route("GET", "/v1/token", who=Who.READER)
async def show_token(asked: Asked) -> Whoami:
    """Show who asks: user, project, roles, and until when."""
    return whoami(asked.caller, asked.desk)


ROUTES = (show_token,)
