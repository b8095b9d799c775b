# SPDX-License-Identifier: Apache-2.0
"""Words, forms, links, things and style sheets of the page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.web.samples import NOW, SCENARIOS, WHO

from stackloom.cloud.sketch import Badge, Bar, BarNote, Box, Leg, Port
from stackloom.errors import Problem
from stackloom.scenario.picture.theme import Theme, colours
from stackloom.web import words
from stackloom.web.api import InMemoryApi, Receive, Scope, Send, Visitor
from stackloom.web.draft import Draft, File, of_form, of_scenario
from stackloom.web.links import next_page
from stackloom.web.pages import is_page
from stackloom.web.sheet import colour_sheet, picture_sheet
from stackloom.web.site import Site
from stackloom.web.things import Thing, things_of
from stackloom.wire.links import Link
from stackloom.wire.scenario import Check, Revision, ScenarioSource


def test_moments_and_times_are_said_in_words() -> None:
    """In UTC, which is what the logs of clouds are in."""
    at = datetime(2026, 11, 24, 12, 20, 5, 678_000, tzinfo=UTC)
    assert words.moment(at) == (
        '<time datetime="2026-11-24T12:20:05.678Z">2026-11-24 12:20:05 UTC</time>'
    )
    assert "data-clock" in words.moment(at, clock=True)
    assert words.moment(None) == '<span class="none">never</span>'
    assert [words.lasting(each) for each in (0.04, 59.9, 65, 3_600)] == [
        "0.0 s",
        "59.9 s",
        "1 min 5 s",
        "60 min 0 s",
    ]


def test_values_are_one_line() -> None:
    """Text as it is, all else as JSON; what is very long is cut."""
    given = (None, "a b", 1, True, ["a", {"b": 2}])
    assert [words.value(each) for each in given] == ["–", "a b", "1", "true", '["a", {"b": 2}]']
    assert len(words.value("x" * 5_000)) == 2_000


def test_ids_and_people() -> None:
    """Joined ids may go on in the next line; others than oneself are known by id only."""
    assert words.cloud_id("a/b") == '<code class="id"><span>a</span>/<wbr><span>b</span></code>'
    assert words.cloud_id(None) == '<span class="none">–</span>'
    assert words.person(WHO.user_id, WHO) == f'<span title="{WHO.user_id}">alice</span>'
    assert words.person("f" * 32, WHO) == (f'<code class="id" title="{"f" * 32}">ffffffff…</code>')
    assert words.person("local", None) == "<span>local</span>"


def test_every_state_has_a_sign_and_a_look() -> None:
    """Another sign for good than for bad, so that colour is not all that tells them apart."""
    states = [
        "in_sync",
        "drifted",
        "failed",
        "absent",
        "changing",
        "unknown",
        "succeeded",
        "queued",
        "cancelled",
    ]
    signs = {each: re.findall(r' d="([^"]+)"', words.sign(each))[0] for each in states}
    assert len({signs[each] for each in ("in_sync", "drifted", "failed", "absent")}) == 4
    assert [words.look(each) for each in ("in_sync", "failed", "unknown")] == [
        "good",
        "bad",
        "idle",
    ]
    assert words.icon("security_group_rules") == words.icon("security_group")
    assert words.icon("thing") != words.icon("router")


def test_a_draft_comes_from_a_form_and_from_what_is_kept() -> None:
    """Nothing that the service has is lost on the way through the editor."""
    source = ScenarioSource(text="x", files={"b": "2", "a": "1"}, variables={"n": [1]})
    revision = Revision(number=1, source=source, created_at=NOW, created_by="alice")
    draft = of_scenario(SCENARIOS[0], revision, '"1"')
    assert draft == Draft(
        text="x",
        files=(File(path="a", text="1"), File(path="b", text="2")),
        variables="n:\n- 1\n",
        tags="lab, team-blue",
        check_seconds="900",
        etag='"1"',
    )
    assert draft.source() == (source, ())
    assert draft.check == Check(every_seconds=900)
    assert of_form({"text": ["x"], "file_path": ["", " c "], "file_text": ["", "3"]}) == Draft(
        text="x", files=(File(path="c", text="3"),)
    )


@pytest.mark.parametrize(
    ("typed", "line"),
    [("- 1", 1), ("a: [", 1), ("a: 1\nb: }", 2), ("a: !!python/object:x {}", 1), ("\ud800", 0)],
)
def test_values_that_cannot_be_are_told(typed: str, line: int) -> None:
    """At their line, where there is one."""
    _, problems = Draft(text="", variables=typed).source()
    assert [(each.file, each.line) for each in problems] == [("variables", line)]
    assert isinstance(problems[0], Problem)


def test_only_a_number_is_a_check() -> None:
    """As the choices of the form are."""
    assert [Draft(text="", check_seconds=each).check for each in ("", "x", "٣")] == [None] * 3


def test_the_next_page_is_told_by_its_marker() -> None:
    """None after the last."""
    there = Link(rel="next", href="http://x/v1/scenarios?limit=1&marker=a%2Fb")
    assert next_page((Link(rel="self", href="http://x?marker=no"), there)) == "a/b"
    assert next_page(()) == ""


def test_each_thing_is_one_row() -> None:
    """Whatever says something of it; networks first, then what stands on them."""
    parts = (
        Badge(on="p", key="g", sort="security_group"),
        Badge(on="", key="g", sort="security_group", label="web", details=("allow",)),
        Port(key="p", bar="n", label="p", note="10.0.0.9"),
        Box(key="r", sort="router", label="hub", status="ACTIVE"),
        Leg(box="r", bar="n", note="10.0.0.1"),
        Leg(box="r", bar="n", note="10.0.0.1"),
        Leg(box="r", bar="0123456789abcdef"),
        BarNote(bar="n", note="10.0.0.0/24"),
        Bar(key="n", label="blue"),
        Bar(key="n", is_borrowed=True, details=("mtu 1400",)),
    )
    assert things_of(parts) == (
        Thing(
            key="n",
            kind="network",
            name="blue",
            is_borrowed=True,
            places=["subnet 10.0.0.0/24"],
            details=["mtu 1400"],
        ),
        Thing(
            key="r",
            kind="router",
            name="hub",
            status="ACTIVE",
            places=["blue 10.0.0.1", "01234567…"],
        ),
        Thing(key="p", kind="port", note="10.0.0.9", places=["on blue"]),
        Thing(
            key="g",
            kind="security_group",
            name="web",
            places=["on port 10.0.0.9"],
            details=["allow"],
        ),
    )


def test_the_colours_are_those_of_pictures() -> None:
    """Light, dark by the system's wish, dark by the switch, and light on paper."""
    sheet = colour_sheet()
    for theme in (Theme.LIGHT, Theme.DARK):
        assert sheet.count(f"--page:{colours(theme)['page']}") == 2
    assert ":root[data-theme=dark]" in sheet
    rules = picture_sheet().splitlines()
    assert all(rule.startswith(".topology ") for rule in rules)
    assert ".topology .face{fill:var(--surface);stroke:var(--border);stroke-width:1.2}" in rules
    names = set(re.findall(r"var\(--(\w+)\)", picture_sheet()))
    assert names <= set(colours(Theme.LIGHT)), "a rule has a colour that nobody gives"
    where = {rule.partition("{")[0]: number for number, rule in enumerate(rules)}
    assert next(n for r, n in where.items() if ".wire.hue," in r) < next(
        n for r, n in where.items() if ".wire.create" in r
    ), "what changes has its colour whatever network it is on"


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("http://page.test", True),
        ("https://page.test", True),
        ("https://public.test", True),
        ("http://page.test:81", False),
        ("http://evil.test", False),
        ("null", False),
        ("", False),
    ],
)
def test_whose_form_it_is(origin: str, is_ours: bool) -> None:
    """By the host: behind a proxy that does TLS the scheme is another one."""
    site = Site(public_url="https://public.test/")
    assert site.is_ours(Visitor(origin=origin, host="page.test")) is is_ours
    assert Site().is_ours(Visitor(origin=origin, host="")) is False


def test_which_addresses_are_pages() -> None:
    """All others are the API's."""
    pages = ("/", "/login", "/scenarios/new", "/static/page.js", "/runs/1")
    assert [is_page(path) for path in (*pages, "/v1/runs", "/metrics", "/session")] == [
        *[True] * 5,
        False,
        False,
        False,
    ]


def test_an_app_is_asked_in_memory() -> None:
    """With the visitor's cookie, origin and address; its whole answer comes back."""
    seen: list[Scope] = []
    bodies: list[MutableMapping[str, Any]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        bodies.extend([await receive(), await receive()])
        headers = [(b"X-One", b"1")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    visitor = Visitor(cookie="c=1", origin="http://h", host="h", client=("127.0.0.1", 7))
    asked = InMemoryApi(app).ask("POST", "/v1/a%20b?c=%20", visitor=visitor, body=b"{}")
    answer = asyncio.run(asked)

    assert (answer.status, dict(answer.headers), answer.body) == (201, {"x-one": "1"}, b"ab")
    [scope] = seen
    assert (scope["path"], scope["raw_path"], scope["query_string"], scope["client"]) == (
        "/v1/a b",
        b"/v1/a%20b",
        b"c=%20",
        ("127.0.0.1", 7),
    )
    assert dict(scope["headers"]) == {
        b"host": b"h",
        b"cookie": b"c=1",
        b"origin": b"http://h",
        b"content-length": b"2",
        b"content-type": b"application/json",
    }
    assert [each["type"] for each in bodies] == ["http.request", "http.disconnect"]
