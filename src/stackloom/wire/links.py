# SPDX-License-Identifier: Apache-2.0
"""Addresses of other documents, in the form that all OpenStack services give them."""

from __future__ import annotations

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
