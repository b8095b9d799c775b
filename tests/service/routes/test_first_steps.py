# SPDX-License-Identifier: Apache-2.0
"""What everybody asks first: which versions there are, what the API is, who one is; the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx2
from tests.fakes.people import FakePeople
from tests.service.serving import (
    KEYSTONE,
    MEMBER,
    READER,
    URL,
    app_for,
    asking,
    plain,
    settings_for,
)

from stackloom import operations
from stackloom.service.rest.document import document_of
from stackloom.service.rest.routes import all_routes

T = TypeVar("T")
_OURS = {"Origin": URL}


def asked(
    database_url: str,
    folder: Path,
    ask: Callable[[httpx2.AsyncClient], Awaitable[T]],
    *,
    people: FakePeople | None = None,
) -> T:
    """Return what *ask* finds out of a service of its own."""

    async def run() -> T:
        app = app_for(settings_for(database_url, folder), people)
        async with asking(app) as client:
            return await ask(client)

    return asyncio.run(run())


def test_versions(database_url: str, tmp_path: Path) -> None:
    """Both documents, without a token, in the form in which keystoneauth looks for them."""
    version = {
        "id": "v1.0",
        "status": "CURRENT",
        "min_version": "1.0",
        "max_version": "1.0",
        "links": [{"rel": "self", "href": f"{URL}/v1"}],
    }

    async def ask(client: httpx2.AsyncClient) -> None:
        all_of_them, one = await client.get("/"), await client.get("/v1")
        assert (all_of_them.status_code, all_of_them.json()) == (300, {"versions": [version]})
        links = [
            *version["links"],
            {"rel": "collection", "href": f"{URL}/"},
            {"rel": "describedby", "href": f"{URL}/v1/openapi.json"},
            {"rel": "help", "href": f"{URL}/v1/docs"},
        ]
        assert (one.status_code, one.json()) == (200, {"version": {**version, "links": links}})

    asked(database_url, tmp_path, ask)


def test_browsers_get_the_page(database_url: str, tmp_path: Path) -> None:
    """At the root, as they prefer HTML; without a cookie they are sent to log in."""

    async def ask(client: httpx2.AsyncClient) -> None:
        answer = await client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        form = await client.get("/login")
        assert (form.status_code, form.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert form.headers["x-openstack-request-id"].startswith("req-")

    asked(database_url, tmp_path, ask)


def test_descriptions(database_url: str, tmp_path: Path) -> None:
    """For machines, for people, for editors; none of them is sent twice."""

    async def ask(client: httpx2.AsyncClient) -> None:
        document = await client.get("/v1/openapi.json")
        assert document.content == document_of(all_routes(), URL)
        page = await client.get("/v1/docs")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.text.startswith("<!doctype html>")
        assert "style-src 'sha256-" in page.headers["content-security-policy"]
        schema = await client.get("/v1/schemas/scenario.json")
        assert json.loads(schema.content) == plain(operations.schema())
        for answer in (document, page, schema):
            assert answer.headers.get_list("cache-control") == ["public, max-age=300"]
            etag = answer.headers["etag"]
            again = await client.get(answer.url, headers={"If-None-Match": etag})
            assert (again.status_code, again.content) == (304, b"")

    asked(database_url, tmp_path, ask)


def test_who_one_is(database_url: str, tmp_path: Path) -> None:
    """What the service knows of a token, and not the token."""
    until = datetime(2999, 1, 1, tzinfo=UTC)

    async def ask(client: httpx2.AsyncClient) -> None:
        answer = await client.get("/v1/token", headers=READER)
        assert answer.json() == {
            "user_id": "blue-reader-id",
            "user_name": "blue-reader",
            "project_id": "blue",
            "project_name": "blue",
            "roles": ["reader"],
            "cloud": KEYSTONE,
            "expires_at": "2999-01-01T00:00:00Z",
            "may_change": False,
        }
        member = await client.get("/v1/token", headers=MEMBER)
        assert member.json()["may_change"] is True

    asked(database_url, tmp_path, ask, people=FakePeople(expires_at=until))


def test_the_pages_session(database_url: str, tmp_path: Path) -> None:
    """What was typed becomes a cookie that opens the API, until it is cleared."""

    async def ask(client: httpx2.AsyncClient) -> None:
        made = await client.post("/session", data={"bearer": "blue-member"}, headers=_OURS)
        assert (made.status_code, made.headers["location"]) == (303, f"{URL}/")
        cookie = made.headers["set-cookie"]
        assert cookie.startswith("stackloom=")
        assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")
        assert "blue-member" not in cookie
        # The client has kept it, as a browser would.
        assert (await client.get("/v1/token")).json()["user_name"] == "blue-member"
        cleared = await client.delete("/session", headers=_OURS)
        assert (cleared.status_code, cleared.headers["location"]) == (303, f"{URL}/login")
        assert (await client.get("/v1/token")).status_code == 401

    asked(database_url, tmp_path, ask)


def test_log_ins_that_fail(database_url: str, tmp_path: Path) -> None:
    """From another site, with a wrong token, with a field that is none; five times at most."""

    async def ask(client: httpx2.AsyncClient) -> None:
        async def statuses(headers: dict[str, str], data: dict[str, str], times: int) -> list[int]:
            answers = [
                await client.post("/session", data=data, headers=headers) for _ in range(times)
            ]
            assert all("set-cookie" not in each.headers for each in answers)
            return [each.status_code for each in answers]

        good = {"bearer": "blue-member"}
        assert await statuses({"Origin": "http://evil.test"}, good, 1) == [403]
        assert await statuses({}, good, 1) == [403]
        assert await statuses(_OURS, {"baerer": "blue-member"}, 1) == [400]
        assert await statuses(_OURS, {"bearer": "expired"}, 6) == [401] * 5 + [429]

    asked(database_url, tmp_path, ask)
