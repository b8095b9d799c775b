# SPDX-License-Identifier: Apache-2.0
"""Where the next page of a list is, for every way in which OpenStack services say it.

Only the query of the link counts: behind proxies its scheme, host and prefix are often wrong. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import msgspec


class _Link(msgspec.Struct):
    rel: str = ""
    href: str = ""


class _Links(msgspec.Struct):
    next: str | None = None


def next_query(document: Mapping[str, msgspec.Raw], plural: str) -> dict[str, str] | None:
    """Return the query of the next page, or None on the last.

    Shapes: ``{"networks_links": [{"rel": "next", "href": …}]}`` (Neutron, Nova, Cinder),
    ``{"next": "/v2/images?marker=…"}`` (Glance), ``{"links": {"next": …}}`` (Keystone).
    """
    if links := document.get(f"{plural}_links"):
        for link in msgspec.json.decode(links, type=list[_Link]):
            if link.rel == "next":
                return _query(link.href)
        return None
    if following := document.get("next"):
        return _query(msgspec.json.decode(following, type=str | None))
    if links := document.get("links"):
        return _query(msgspec.json.decode(links, type=_Links).next)
    return None


def _query(link: str | None) -> dict[str, str] | None:
    query = dict(parse_qsl(urlsplit(link).query)) if link else {}
    return query or None
