# SPDX-License-Identifier: Apache-2.0
"""Documents lead to what comes next, with what was asked for."""

from __future__ import annotations

from uuid import UUID

from stackloom.service.operation.links import links_of, page_paths
from stackloom.service.operation.paging import cut
from stackloom.service.operation.queries import ProjectGraphQuery, RunQuery, ScenarioQuery
from stackloom.service.rest.query import parsed
from stackloom.wire.links import Link

ID = UUID("11111111-1111-4111-8111-111111111111")


def test_links_are_absolute() -> None:
    """In the order in which they are named."""
    assert links_of("https://lab.test/stackloom", {"self": "/v1/x", "next": "/v1/y"}) == (
        Link(rel="self", href="https://lab.test/stackloom/v1/x"),
        Link(rel="next", href="https://lab.test/stackloom/v1/y"),
    )


def test_the_next_page_is_asked_for_with_the_same_words() -> None:
    """Escaped as addresses want it; what is the default is left out, the marker comes last."""
    query = ScenarioQuery(limit=2, marker=ID, name="a.b", tags=("x y", "z&"), sort="created_at")
    said = "/v1/scenarios?limit=2&name=a.b&tags=x+y%2Cz%26"
    assert page_paths("/v1/scenarios", query.said(), "next-one") == {
        "self": f"/v1/scenarios?limit=2&marker={ID}&name=a.b&tags=x+y%2Cz%26",
        "next": f"{said}&marker=next-one",
    }


def test_the_last_page_leads_nowhere() -> None:
    """But to itself."""
    assert page_paths("/v1/runs", RunQuery().said(), None) == {"self": "/v1/runs"}


def test_yes_and_no_are_written_as_they_are_read() -> None:
    """What leads to itself is understood there."""
    path = page_paths("/v1/project/graph", ProjectGraphQuery(expand=True).said(), None)["self"]
    assert path == "/v1/project/graph?expand=true"
    assert parsed(path.partition("?")[2].encode(), ProjectGraphQuery).expand is True


def test_one_row_more_tells_of_a_next_page() -> None:
    """The marker is that of the last row shown."""
    assert cut(["a", "b", "c"], 2, str.upper) == (("a", "b"), "B")
    assert cut(["a", "b"], 2, str.upper) == (("a", "b"), None)
    assert cut([], 2, str.upper) == ((), None)
