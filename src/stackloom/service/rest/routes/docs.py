# SPDX-License-Identifier: Apache-2.0
"""What the API is, for machines and for people, without a token."""

from __future__ import annotations

from functools import cache

import msgspec

from stackloom import operations
from stackloom.service.rest import document, page
from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.conditions import etag_of
from stackloom.service.rest.route import Who, route
from stackloom.service.rest.routes import all_routes
from stackloom.wire.words import Json

_HTML = "text/html; charset=utf-8"
_A_WHILE = {"Cache-Control": "public, max-age=300"}


@route("GET", "/v1/openapi.json", who=Who.ALL, has_etag=True)
async def show_openapi(asked: Asked) -> Answer[Json]:
    """Show the description of the API, as OpenAPI 3.1."""
    content = _openapi(asked.context.public_url)
    return Answer(body=content, etag=etag_of(content), headers=_A_WHILE)


@route("GET", "/v1/docs", who=Who.ALL, has_etag=True, media_types=(_HTML,))
async def show_docs(asked: Asked) -> Answer[Json]:
    """Show the same to people, as one page of HTML."""
    content, style_hash = _page(asked.context.public_url)
    policy = f"default-src 'none'; style-src '{style_hash}'; frame-ancestors 'none'"
    headers = {**_A_WHILE, "Content-Security-Policy": policy}
    return Answer(body=content, media_type=_HTML, etag=etag_of(content), headers=headers)


@route(
    "GET",
    "/v1/schemas/scenario.json",
    who=Who.ALL,
    has_etag=True,
    media_types=("application/schema+json",),
)
async def show_scenario_schema(_asked: Asked) -> Answer[Json]:
    """Show the JSON Schema of scenario files, for editors."""
    content = _scenario_schema()
    return Answer(
        body=content,
        media_type="application/schema+json",
        etag=etag_of(content),
        headers=_A_WHILE,
    )


@cache
def _openapi(public_url: str) -> bytes:
    return document.document_of(all_routes(), public_url)


@cache
def _page(public_url: str) -> tuple[bytes, str]:
    return page.page_of(msgspec.json.decode(_openapi(public_url)))


@cache
def _scenario_schema() -> bytes:
    return msgspec.json.encode(operations.schema())


ROUTES = (show_openapi, show_docs, show_scenario_schema)
