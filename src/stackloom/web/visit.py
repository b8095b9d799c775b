# SPDX-License-Identifier: Apache-2.0
"""One request of a browser for a page: who asks, what the API answers them, the HTML that comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request, Response
from litestar.exceptions import ClientException

from stackloom.web import picture, words
from stackloom.web.api import Api, Visitor
from stackloom.web.documents import Documents, Part, Refusal
from stackloom.web.site import Site
from stackloom.wire.caller import Whoami

AnyRequest = Request[Any, Any, Any]

# A style in an attribute or in the text of a page is as little allowed as a script in it.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
        " object-src 'none'"
    ),
    # A form sent under "no-referrer" has the origin "null", and is then refused.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
THEMES = ("light", "dark")
_MOST_FIELDS = 1_000


class NotSignedIn(Exception):
    """The API does not know the visitor; they have to log in first."""


class ForeignForm(Exception):
    """A form was sent from a page that is none of ours."""


class Visit:
    """What a page is made from and with."""

    def __init__(self, request: AnyRequest) -> None:
        api: Api = request.app.state["api"]
        self.request = request
        self.site: Site = request.app.state["site"]
        self.visitor = visitor_of(request)
        self.documents = Documents(api, self.visitor)
        self.token: Part[Whoami] | None = None

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the address; of one that is given twice the last."""
        return dict(self.request.query_params)

    @property
    def is_expanded(self) -> bool:
        """Whether each of many things that are alike is to be drawn by itself."""
        return bool(self.query.get("expand"))

    @property
    def theme(self) -> str:
        """``light``, ``dark``, or "" for what the visitor's system prefers."""
        chosen = self.request.cookies.get("theme", "")
        return chosen if chosen in THEMES else ""

    async def form(self) -> dict[str, list[str]]:
        """Return what a form of ours was filled in with, by field.

        Raises:
            ForeignForm: it was sent from elsewhere, or does not say from where.
            ClientException: it has more fields than any form of ours.
        """
        if not self.site.is_ours(self.visitor):
            raise ForeignForm
        body = (await self.request.body()).decode("utf-8", "replace")
        fields: dict[str, list[str]] = {}
        try:
            pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError as error:
            raise ClientException("too many fields") from error
        for name, text in pairs:
            # Forms have CR LF at the end of lines, whatever was typed.
            fields.setdefault(name, []).append(text.replace("\r\n", "\n").replace("\0", ""))
        return fields

    async def meet(self) -> None:
        """Find out who asks; where that cannot be found out now, the page says so."""
        self.token = await self.documents.part("/v1/token", Whoami)

    def page(
        self,
        template: str,
        *,
        path: str = "",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response[bytes]:
        """Return a page made of a template.

        Args:
            path: where the page is, if elsewhere than what was asked for, as a form sent from it.

        Raises:
            NotSignedIn: the visitor was to be met, and the API does not know them.
        """
        refusal = self.token.refusal if self.token else None
        # Who is known and may nothing (403) is told so: another log-in would lead back to here.
        if refusal and refusal.status == 401:
            raise NotSignedIn
        return html(
            _ENVIRONMENT.get_template(template).render(
                token=self.token,
                # While it is not known who asks, nothing is hidden: the API decides anyhow.
                may_change=not (self.token and self.token.came and not self.token.came.may_change),
                theme=self.theme,
                path=path or self.request.url.path,
                expand=self.is_expanded,
                site=self.site,
                **values,
            ),
            status=status,
            headers=headers,
        )

    def refused(self, refusal: Refusal, what: str) -> Response[bytes]:
        """Return the page that says that something could not be had."""
        return self.page("refused.html", status=refusal.status, refusal=refusal, what=what)


def visitor_of(request: AnyRequest) -> Visitor:
    """Return what of a browser's request goes along with each question to the API."""
    client = request.client
    return Visitor(
        cookie=request.headers.get("cookie", ""),
        origin=request.headers.get("origin", ""),
        host=request.headers.get("host", ""),
        scheme=request.scope["scheme"],
        client=(client.host, client.port) if client else None,
    )


def html(
    text: str, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """Return HTML with the headers that keep others out of it."""
    return Response(
        text.encode(),
        status_code=status,
        media_type="text/html",
        headers={**SECURITY, "Cache-Control": "no-store", **(headers or {})},
    )


def see(path: str, *, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """Send the browser to another page, after a form or for want of a token."""
    return Response(b"", status_code=303, headers={**SECURITY, "Location": path, **(headers or {})})


def log_in_first(request: AnyRequest) -> Response[bytes]:
    """Send the browser to log in, and back to where it was going."""
    wanted = request.url.path
    if request.url.query:
        wanted += f"?{request.url.query}"
    back = "" if wanted == "/" or request.method != "GET" else f"?next={quote(wanted, safe='/')}"
    return see(f"/login{back}")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("stackloom.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "sign": words.sign,
        "look": words.look,
        "icon": words.icon,
        "spoken": words.spoken,
        "moment": words.moment,
        "lasting": words.lasting,
        "value": words.value,
        "cloud_id": words.cloud_id,
        "person": words.person,
        "anchor": picture.anchor,
    }
    environment.globals |= {"glyphs": words.glyphs}
    return environment


_ENVIRONMENT = _environment()
