# SPDX-License-Identifier: Apache-2.0
"""The page as an ASGI app: its handlers together, and what is shown where something goes wrong."""

from __future__ import annotations

import logging
from typing import Final

from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from stackloom.web.api import Api
from stackloom.web.documents import Refusal
from stackloom.web.page import assets, editor, login, plan, project, run, scenario, scenarios
from stackloom.web.site import Site
from stackloom.web.visit import AnyRequest, ForeignForm, NotSignedIn, Visit, log_in_first
from stackloom.wire.codes import CODES, PREFIX
from stackloom.wire.problem import ErrorItem

_PAGES: Final = (scenarios, scenario, editor, plan, run, project, login, assets)
FOLDERS: Final = frozenset(
    {"", "login", "logout", "theme", "scenarios", "plans", "runs", "project", "static"}
)
_log = logging.getLogger(__name__)


def is_page(path: str) -> bool:
    """Say whether a path is one of the page's; ``/`` is also where the versions of the API are."""
    return path.strip("/").partition("/")[0] in FOLDERS


def create_pages(api: Api, *, site: Site | None = None) -> Litestar:
    """Return the page, which asks *api* for all that it shows.

    Args:
        site: what it says of the service itself; without it, one that has no Keystone.
    """
    return Litestar(
        route_handlers=[handler for page in _PAGES for handler in page.HANDLERS],
        state=State({"api": api, "site": site or Site()}),
        exception_handlers={
            ForeignForm: _foreign_form,
            HTTPException: _http,
            Exception: _failed,
        },
        openapi_config=None,
        logging_config=None,
    )


def _foreign_form(request: AnyRequest, _error: Exception) -> Response[bytes]:
    hint = "open the page at the address that the service prints, and send the form from there"
    return _refusal(request, "origin.refused", "the form was sent from another site", hint)


def _http(request: AnyRequest, error: Exception) -> Response[bytes]:
    assert isinstance(error, HTTPException)
    words = {
        404: ("not-found", "there is no page at this address"),
        405: ("method.not-allowed", "this address takes no such request"),
        413: ("body.too-large", "no form is as large as this"),
    }
    otherwise = ("body.invalid", "the request is not as it should be")
    code, detail = words.get(error.status_code, otherwise)
    return _refusal(request, code, detail, "go to the scenarios")


def _failed(request: AnyRequest, error: Exception) -> Response[bytes]:
    if isinstance(error, NotSignedIn):
        return log_in_first(request)
    _log.exception("page_failed %r", request.url.path, exc_info=error)
    return _refusal(
        request, "server.failed", "the page could not be made", "try again; the log says"
    )


def _refusal(request: AnyRequest, code: str, detail: str, hint: str) -> Response[bytes]:
    known = CODES[code]
    item = ErrorItem(
        code=f"{PREFIX}{code}",
        status=known.status,
        title=known.title,
        detail=detail,
        hint=hint,
        # Whoever calls this app leaves there what the request is logged under.
        request_id=getattr(request.scope.get("asked"), "request_id", ""),
    )
    return Visit(request).refused(Refusal(known.status, (item,)), "show the page")
