# SPDX-License-Identifier: Apache-2.0
"""Pictures over HTTP: every format under its own media type."""

from __future__ import annotations

from pathlib import Path

import httpx2
from tests.service.routes.test_scenarios import asked, codes, created
from tests.service.serving import READER, URL


def test_every_format_has_its_media_type(database_url: str, tmp_path: Path) -> None:
    """And an ETag, which stays as long as the picture."""

    async def ask(client: httpx2.AsyncClient) -> dict[str, tuple[str, bytes]]:
        own = (await created(client)).headers["location"]
        seen = {}
        for format in ("json", "svg", "png", "mermaid", "dot"):
            path = f"{own}/graph?format={format}"
            answer = await client.get(path, headers=READER)
            assert answer.status_code == 200, answer.text
            same = {**READER, "If-None-Match": answer.headers["etag"]}
            assert (await client.get(path, headers=same)).status_code == 304
            seen[format] = answer.headers["content-type"], answer.content[:6]
        return seen

    assert asked(database_url, tmp_path, ask) == {
        "json": ("application/json", b'{"titl'),
        "svg": ("image/svg+xml", b"<svg x"),
        "png": ("image/png", b"\x89PNG\r\n"),
        "mermaid": ("text/vnd.mermaid", b"flowch"),
        "dot": ("text/vnd.graphviz", b"graph "),
    }


def test_a_picture_may_have_its_own_style(database_url: str, tmp_path: Path) -> None:
    """In a browser that is led to it; nothing else is let in."""

    async def ask(client: httpx2.AsyncClient) -> list[str]:
        own = (await created(client)).headers["location"]
        answers = [
            await client.get(f"{own}/graph?format={format}", headers=READER)
            for format in ("svg", "dot")
        ]
        return [each.headers["content-security-policy"] for each in answers]

    assert asked(database_url, tmp_path, ask) == [
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "default-src 'none'; frame-ancestors 'none'",
    ]


def test_a_graph_is_what_is_asked_for(database_url: str, tmp_path: Path) -> None:
    """The whole document."""

    async def ask(client: httpx2.AsyncClient) -> tuple[str, object]:
        own = (await created(client)).headers["location"]
        return own, (await client.get(f"{own}/graph", headers=READER)).json()

    own, graph = asked(database_url, tmp_path, ask)
    assert graph == {
        "title": "one",
        "parts": [
            {
                "part": "bar",
                "key": "network.blue",
                "label": "blue",
                "note": "",
                "status": "",
                "is_external": False,
                "is_borrowed": False,
                "details": [],
            }
        ],
        "remarks": {},
        "elsewhere": [],
        "notices": [],
        "links": [
            {"rel": "self", "href": f"{own}/graph"},
            {"rel": "scenario", "href": own},
        ],
    }
    assert own.startswith(f"{URL}/v1/scenarios/")


def test_what_is_no_picture_is_refused(database_url: str, tmp_path: Path) -> None:
    """By the parameter that says it."""

    async def ask(client: httpx2.AsyncClient) -> list[tuple[int, list[str]]]:
        own = (await created(client)).headers["location"]
        queries = ("format=gif", "overlay=all", "theme=pink", "expand=yes", "size=2")
        return [codes(await client.get(f"{own}/graph?{each}", headers=READER)) for each in queries]

    assert asked(database_url, tmp_path, ask) == [
        *[(400, ["stackloom.parameter.invalid"])] * 4,
        (400, ["stackloom.parameter.unknown"]),
    ]


def test_a_text_is_drawn_that_nobody_keeps(database_url: str, tmp_path: Path) -> None:
    """The picture of a draft; what is wrong with it is said at its line, as when it is kept."""

    async def ask(client: httpx2.AsyncClient) -> tuple[object, str, tuple[int, list[str]], int]:
        draft = {"text": "scenario: one\nnetworks: {blue: {}}\n"}
        path = "/v1/scenarios/draw"
        graph = await client.post(path, json=draft, headers=READER)
        drawn = await client.post(f"{path}?format=mermaid", json=draft, headers=READER)
        wrong = await client.post(path, json={"text": "networks: [\n"}, headers=READER)
        kept = (await client.get("/v1/scenarios", headers=READER)).json()["scenarios"]
        return graph.json()["parts"][0]["key"], drawn.text[:6], codes(wrong), len(kept)

    assert asked(database_url, tmp_path, ask) == (
        "network.blue",
        "flowch",
        (400, ["stackloom.scenario.invalid"]),
        0,
    )
