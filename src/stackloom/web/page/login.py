# SPDX-License-Identifier: Apache-2.0
"""``/login``: log in, log out, and choose light or dark."""

from __future__ import annotations

from typing import Final

from litestar import Response, get, post

from stackloom.web.documents import Refusal
from stackloom.web.visit import THEMES, AnyRequest, Visit, see

_YEAR_SECONDS: Final = 31_536_000


@get("/login", include_in_schema=False)
async def log_in_page(request: AnyRequest) -> Response[bytes]:
    """Show the form."""
    visit = Visit(request)
    return _form(visit, after=visit.query.get("next", ""))


@post("/login", include_in_schema=False)
async def log_in(request: AnyRequest) -> Response[bytes]:
    """Exchange what was typed for the cookie, or show the form again with the reason."""
    visit = Visit(request)
    form = await visit.form()
    typed = {name: texts[-1] for name, texts in form.items()}
    after = typed.pop("next", "")
    try:
        answer = await visit.documents.send_form("/session", typed)
    except Refusal as refusal:
        return _form(visit, after=after, typed=typed, refusal=refusal)
    return see(_ours(after), headers={"Set-Cookie": answer.headers["set-cookie"]})


@post("/logout", include_in_schema=False)
async def log_out(request: AnyRequest) -> Response[bytes]:
    """Let the browser forget the cookie."""
    visit = Visit(request)
    await visit.form()
    try:
        answer = await visit.documents.send("DELETE", "/session")
    except Refusal as refusal:
        return visit.refused(refusal, "log out")
    return see("/login", headers={"Set-Cookie": answer.headers["set-cookie"]})


@post("/theme", include_in_schema=False)
async def choose_theme(request: AnyRequest) -> Response[bytes]:
    """Remember light or dark in the browser; anything else is what the system prefers."""
    visit = Visit(request)
    form = await visit.form()
    theme = form.get("theme", [""])[-1]
    age = _YEAR_SECONDS if theme in THEMES else 0
    kept = theme if theme in THEMES else ""
    cookie = f"theme={kept}; Path=/; Max-Age={age}; SameSite=Strict"
    return see(_ours(form.get("next", [""])[-1]), headers={"Set-Cookie": cookie})


def _form(
    visit: Visit, *, after: str, typed: dict[str, str] | None = None, refusal: Refusal | None = None
) -> Response[bytes]:
    return visit.page(
        "login.html",
        status=refusal.status if refusal else 200,
        after=after,
        typed=typed or {},
        refusal=refusal,
    )


def _ours(path: str) -> str:
    """Return a path of this service, the first page for whatever is none."""
    is_path = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_path and path.isprintable() and path.isascii() else "/"


HANDLERS = (log_in_page, log_in, log_out, choose_theme)
