# SPDX-License-Identifier: Apache-2.0
"""Long lists: a page at a time, each out before the next is asked for."""

from __future__ import annotations

import io
import sys

import pytest
from tests.cli.conftest import CommandLine
from tests.fakes.transport import FakeTransport, answer

from stackloom.cli.main import main
from stackloom.transport.client import Answer, Request

_PATH = "/v2.0/networks"


def _page(name: str, following: str = "") -> Answer:
    network = {"id": f"{name}-id", "name": name}
    links = [{"rel": "next", "href": f"http://elsewhere{_PATH}?{following}"}] if following else []
    return answer(200, {"networks": [network], "networks_links": links})


# What is out when the second page is asked for.
_FIRST_PAGE = {
    "value": "blue\n",
    "csv": '"Name"\n"blue"\n',
    "json": '[\n  {\n    "Name": "blue"\n  }',
    "yaml": "- Name: blue\n",
    "table": "",
}
_REST = {
    "value": "green\n",
    "csv": '"green"\n',
    "json": ',\n  {\n    "Name": "green"\n  }\n]\n',
    "yaml": "- Name: green\n",
    "table": "+-------+\n| Name  |\n+-------+\n| blue  |\n| green |\n+-------+\n",
}


@pytest.mark.parametrize("format", _FIRST_PAGE)
def test_the_first_page_is_out_before_the_second_is_asked_for(
    format: str, rules: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every format but the table, whose widths the last row may decide."""
    out = io.BytesIO()
    seen: list[str] = []

    def second(_request: Request) -> Answer:
        seen.append(out.getvalue().decode())
        return _page("green")

    rules.on("GET", _PATH, _page("blue", "limit=1&marker=blue-id"), second)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8"))
    assert main(["network", "list", "-f", format, "-c", "name"]) == 0
    assert seen == [_FIRST_PAGE[format]]
    assert out.getvalue().decode() == _FIRST_PAGE[format] + _REST[format]


def test_what_is_to_be_sorted_waits_for_the_last_page(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Else the order would be that of each page."""
    rules.on("GET", _PATH, _page("green", "limit=1&marker=green-id"), _page("blue"))
    said = stackloom("network", "list", "-f", "value", "-c", "name", "--sort-column", "name")
    assert said.stdout == "blue\ngreen\n"


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", ["limit=1000", "limit=1000&marker=blue-id"]),
        ("--limit 1", ["limit=1"]),
        ("--limit 2", ["limit=2", "limit=2&marker=blue-id"]),
        ("--limit 1500", ["limit=1000", "limit=1000&marker=blue-id"]),
        ("--marker red-id", ["limit=1000&marker=red-id", "limit=1000&marker=blue-id"]),
    ],
)
def test_neutron_is_asked_for_pages(
    stackloom: CommandLine, rules: FakeTransport, words: str, asked: list[str]
) -> None:
    """By itself it answers all at once; a limit is for all pages together."""
    rules.on("GET", _PATH, _page("blue", "marker=blue-id"), _page("green"))
    said = stackloom("network", "list", "-f", "value", "-c", "name", *words.split())
    assert said.stdout == ("blue\n" if words == "--limit 1" else "blue\ngreen\n")
    assert [line for line in rules.lines if "GET" in line] == [
        f"GET {_PATH}?{each}" for each in asked
    ]


def test_a_list_that_fails_at_once_writes_nothing(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Not even the titles of a CSV file."""
    rules.on("GET", _PATH, answer(403, {"NeutronError": {"type": "x", "message": "no"}}))
    said = stackloom("network", "list", "-f", "csv")
    assert (said.code, said.stdout) == (3, "")
