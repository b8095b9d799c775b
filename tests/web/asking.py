# SPDX-License-Identifier: Apache-2.0
"""Ask the page in memory, as a browser without scripts would."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlencode

from tests.fakes.fake_api import FakeApi

from stackloom.web.api import Answer, AsgiApp, InMemoryApi, Visitor
from stackloom.web.pages import create_pages
from stackloom.web.site import Site

HOST = "page.test"
ORIGIN = f"http://{HOST}"


def get(
    api: FakeApi,
    path: str,
    *,
    cookie: str = "",
    site: Site | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Open a page."""
    pages = InMemoryApi(cast("AsgiApp", create_pages(api, site=site)))
    visitor = Visitor(host=HOST, cookie=cookie)
    return asyncio.run(pages.ask("GET", path, visitor=visitor, headers=headers))


def post(api: FakeApi, path: str, fields: list[tuple[str, str]], *, origin: str = ORIGIN) -> Answer:
    """Send a form."""
    pages = InMemoryApi(cast("AsgiApp", create_pages(api)))
    body = urlencode(fields).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    visitor = Visitor(host=HOST, origin=origin)
    return asyncio.run(pages.ask("POST", path, visitor=visitor, headers=headers, body=body))
