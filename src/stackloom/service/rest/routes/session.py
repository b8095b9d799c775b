# SPDX-License-Identifier: Apache-2.0
"""The page's session: a cookie with the token in it, sealed; the service keeps nothing."""

from __future__ import annotations

from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.route import Who, route
from stackloom.service.rest.tokens import check_origin
from stackloom.wire.log_in import LogIn


@route(
    "POST",
    "/session",
    who=Who.ALL,
    status=303,
    has_location=True,
    refusals=(
        "origin.refused",
        "token.refused",
        "scope.no-project",
        "rate.exceeded",
        "identity.away",
    ),
)
async def create_session(asked: Asked, *, form: LogIn) -> Answer[None]:
    """Log in at the page: exchange what was typed for a cookie.

    Other programs have no need of it: they send a token with each request.
    """
    check_origin(asked)
    token = await asked.context.log_ins.token(
        form,
        address=asked.client,
        request_id=asked.request_id,
        global_request_id=asked.global_request_id,
    )
    return Answer(location="/", headers={"Set-Cookie": asked.context.cookies.made(token)})


@route(
    "DELETE", "/session", who=Who.ALL, status=303, has_location=True, refusals=("origin.refused",)
)
async def delete_session(asked: Asked) -> Answer[None]:
    """Log out of the page: let the browser forget the cookie."""
    check_origin(asked)
    cleared = asked.context.cookies.cleared()
    return Answer(location="/login", headers={"Set-Cookie": cleared})


ROUTES = (create_session, delete_session)
