# SPDX-License-Identifier: Apache-2.0
"""From the links of documents to those of pages."""

from __future__ import annotations

from stackloom.web.links import next_page
from stackloom.wire.links import Link


def test_the_next_page_is_told_by_its_marker() -> None:
    """None after the last."""
    there = Link(rel="next", href="http://x/v1/scenarios?limit=1&marker=a%2Fb")
    assert next_page((Link(rel="self", href="http://x?marker=no"), there)) == "a/b"
    assert next_page(()) == ""
