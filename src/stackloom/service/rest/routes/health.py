# SPDX-License-Identifier: Apache-2.0
"""Whether this process lives, is ready, and is to be used: for load balancers and whoever watches.

``HEAD`` works as ``GET``.
"""

from __future__ import annotations

from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.route import Who, route
from stackloom.wire.health import Health

_NOT_WELL = {503: Health}


@route("GET", "/livez", who=Who.ALL)
async def show_liveness(_asked: Asked) -> Answer[Health]:
    """Tell that the process answers; whoever gets no answer may start it again."""
    return Answer(body=Health(is_well=True))


@route("GET", "/readyz", who=Who.ALL, otherwise=_NOT_WELL)
async def show_readiness(asked: Asked) -> Answer[Health]:
    """Tell whether the process can work: database and Keystone answer.

    503 names what does not. A look is good for a second.
    """
    return _told(await asked.context.health.ready())


@route("GET", "/healthcheck", who=Who.ALL, otherwise=_NOT_WELL)
async def show_health(asked: Asked) -> Answer[Health]:
    """Tell load balancers whether to send requests here.

    503 while the operator's file is there (``[health] disabled_file``): before a process is
    stopped, it is taken out of use so.
    """
    return _told(asked.context.health.offered())


def _told(health: Health) -> Answer[Health]:
    return Answer(body=health, status=200 if health.is_well else 503)


ROUTES = (show_liveness, show_readiness, show_health)
