# SPDX-License-Identifier: Apache-2.0
"""From the links of documents to the links of pages. Pure."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from stackloom.wire.links import Links


def next_page(links: Links) -> str:
    """Return the marker of the page of a list that comes next, "" after the last one."""
    for link in links:
        if link.rel == "next":
            return parse_qs(urlsplit(link.href).query).get("marker", [""])[-1]
    return ""
