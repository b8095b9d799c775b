# SPDX-License-Identifier: Apache-2.0
"""The next page, in every shape in which services tell of it."""

from __future__ import annotations

import msgspec
import pytest

from stackloom.transport.paging import next_query


def _next(document: object, plural: str = "networks") -> dict[str, str] | None:
    raw = msgspec.json.decode(msgspec.json.encode(document), type=dict[str, msgspec.Raw])
    return next_query(raw, plural)


_URL = "https://elsewhere:1/wrong/v2.0/networks?limit=2&marker=a%20b"


@pytest.mark.parametrize(
    "document",
    [
        {"networks": [], "networks_links": [{"rel": "next", "href": _URL}]},
        {
            "networks": [],
            "networks_links": [{"rel": "previous", "href": "x"}, {"rel": "next", "href": _URL}],
        },
        {"networks": [], "next": _URL},
        {"networks": [], "next": "/v2/images?limit=2&marker=a+b"},
        {"networks": [], "links": {"next": _URL, "self": "x", "previous": None}},
    ],
    ids=["neutron-nova", "with-previous", "glance", "glance-path", "keystone"],
)
def test_only_the_query_of_the_next_page_counts(document: object) -> None:
    """Behind proxies scheme, host and prefix of the link are often wrong."""
    assert _next(document) == {"limit": "2", "marker": "a b"}


@pytest.mark.parametrize(
    "document",
    [
        {"networks": []},
        {"networks": [], "networks_links": []},
        {"networks": [], "networks_links": [{"rel": "previous", "href": _URL}]},
        {"networks": [], "networks_links": [{"rel": "next", "href": "http://a/no-query"}]},
        {"networks": [], "next": None},
        {"networks": [], "links": {"self": "http://a/v3/users", "next": None}},
        {"networks": [], "links": {"self": "http://a/v3/users"}},
        {"networks": [], "ports_links": [{"rel": "next", "href": _URL}]},
    ],
)
def test_the_last_page_has_no_next(document: object) -> None:
    """No link, a null one, one without a query, or another list's is the end."""
    assert _next(document) is None


@pytest.mark.parametrize(
    "document",
    [{"next": 5}, {"links": ["x"]}, {"links": {"next": {}}}, {"networks_links": {"rel": "next"}}],
)
def test_a_link_of_another_shape_is_no_end(document: object) -> None:
    """A list that cannot be followed is not taken for a whole one."""
    with pytest.raises(msgspec.ValidationError):
        _next(document)
