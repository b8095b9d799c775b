# SPDX-License-Identifier: Apache-2.0
"""ETags: what counts as known."""

from __future__ import annotations

import pytest

from stackloom.service.rest.conditions import etag_of, is_known, quoted


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ("", False),
        ("a", False),
        ('"A"', False),
        ('"b"', False),
    ],
)
def test_what_the_caller_has(header: str, known: bool) -> None:
    """Weak and strong ones are alike; quotes belong to it."""
    assert is_known("a", header) is known


def test_a_document_without_etag_is_never_known() -> None:
    """Not even by ``*``."""
    assert not is_known("", "*")


def test_etags_of_contents() -> None:
    """The same content has the same, another another; they fit into the header."""
    assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
    assert quoted(etag_of(b"a")) == '"ca978112ca1bbdcafac231b39a23dc4d"'
