# SPDX-License-Identifier: Apache-2.0
"""What the links of documents say."""

from __future__ import annotations

from stackloom.wire.links import Link, next_marker


def test_the_next_page_is_told_by_its_marker() -> None:
    """None after the last."""
    there = Link(rel="next", href="http://x/v1/scenarios?limit=1&marker=a%2Fb")
    assert next_marker((Link(rel="self", href="http://x?marker=no"), there)) == "a/b"
    assert next_marker(()) == ""
