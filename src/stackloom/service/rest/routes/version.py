# SPDX-License-Identifier: Apache-2.0
"""The version documents, by which keystoneauth and others find out what is spoken here."""

from __future__ import annotations

from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.microversion import NEWEST, OLDEST
from stackloom.service.rest.route import Who, route
from stackloom.wire.links import Link
from stackloom.wire.version import OneVersion, Version, Versions


def _version(asked: Asked, *, links: tuple[Link, ...] = ()) -> Version:
    itself = Link(rel="self", href=f"{asked.context.public_url}/v1")
    return Version(
        id="v1.0",
        status="CURRENT",
        min_version=str(OLDEST),
        max_version=str(NEWEST),
        links=(itself, *links),
    )


@route("GET", "/", who=Who.ALL, status=300)
async def list_versions(asked: Asked) -> Answer[Versions]:
    """List the versions of the API.

    Browsers, which prefer HTML, get the page here.
    """
    return Answer(body=Versions(versions=(_version(asked),)))


@route("GET", "/v1", who=Who.ALL)
async def show_version(asked: Asked) -> Answer[OneVersion]:
    """Show version 1, with links to its description."""
    url = asked.context.public_url
    links = (
        Link(rel="collection", href=f"{url}/"),
        Link(rel="describedby", href=f"{url}/v1/openapi.json"),
        Link(rel="help", href=f"{url}/v1/docs"),
    )
    return Answer(body=OneVersion(version=_version(asked, links=links)))


ROUTES = (list_versions, show_version)
