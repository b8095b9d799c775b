# SPDX-License-Identifier: Apache-2.0
"""Whose form it is that was sent."""

from __future__ import annotations

import pytest

from stackloom.web.api import Visitor
from stackloom.web.site import Site


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("http://page.test", True),
        ("https://page.test", True),
        ("https://public.test", True),
        ("http://page.test:81", False),
        ("http://evil.test", False),
        ("null", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_whose_form_it_is(origin: str, is_ours: bool) -> None:
    """By the host: behind a proxy that does TLS the scheme is another one."""
    site = Site(public_url="https://public.test/")
    assert site.is_ours(Visitor(origin=origin, host="page.test")) is is_ours
    assert Site().is_ours(Visitor(origin=origin, host="")) is False
