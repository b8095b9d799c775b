# SPDX-License-Identifier: Apache-2.0
"""Addresses of other documents, in the form that all OpenStack services give them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import msgspec


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One address.

    Attributes:
        rel: what it is to the document: ``self``, ``next``, ``events``, ``graph``, ...
        href: absolute.
    """

    rel: str
    href: str


Links = tuple[Link, ...]


def next_marker(links: Links) -> str:
    """Return what the next page of a list is asked for with, "" after the last one."""
    for link in links:
        if link.rel == "next":
            return parse_qs(urlsplit(link.href).query).get("marker", [""])[-1]
    return ""
