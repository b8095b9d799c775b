# SPDX-License-Identifier: Apache-2.0
"""Scenarios over HTTP: statuses, headers, whole bodies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx2
from tests.service.serving import MEMBER, READER, STRANGER, URL, app_for, asking, settings_for

from stackloom.service.settings import LimitsSettings

T = TypeVar("T")
Asking = Callable[[httpx2.AsyncClient], Awaitable[T]]
TEXT = "scenario: one\nnetworks: {blue: {}}\n"
ONE = {"source": {"text": TEXT}}
TWO = {"source": {"text": "scenario: one\nnetworks: {blue: {}, green: {}}\n"}, "tags": ["new"]}
WRONG = "scenario: one\nnetworks:\n  blue: {mtuu: 1400}\nsubnets:\n  a: {network: gone}\n"

# A test asks faster than a project may.
_LIMITS = LimitsSettings(readings_at_once=1, posts_per_second=1_000, requests_per_second=1_000)


def asked(database_url: str, folder: Path, ask: Asking[T]) -> T:
    """Return what *ask* finds out of a service of its own."""

    async def run() -> T:
        settings = settings_for(database_url, folder, _LIMITS)
        async with asking(app_for(settings)) as client:
            return await ask(client)

    return asyncio.run(run())


async def created(client: httpx2.AsyncClient, body: object = ONE) -> httpx2.Response:
    """Keep a scenario."""
    answer = await client.post("/v1/scenarios", json=body, headers=MEMBER)
    assert answer.status_code == 201, answer.text
    return answer


def codes(answer: httpx2.Response) -> tuple[int, list[str]]:
    """Return the status of a refusal and its codes."""
    return answer.status_code, [each["code"] for each in answer.json()["errors"]]


def test_a_scenario_is_created_and_shown(database_url: str, tmp_path: Path) -> None:
    """201 leads to where it is; the ETag is good for asking whether anything has changed."""

    async def ask(client: httpx2.AsyncClient) -> None:
        made = await created(client)
        id, etag = made.json()["id"], made.headers["etag"]
        own = f"{URL}/v1/scenarios/{id}"
        assert made.headers["location"] == own
        assert etag.startswith('"1.')
        shown = await client.get(own, headers=READER)
        assert (shown.status_code, shown.json()) == (200, made.json())
        assert shown.headers["etag"] == etag
        unchanged = await client.get(own, headers={**READER, "If-None-Match": etag})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert shown.json() == {
            "id": id,
            "name": "one",
            "revision": 1,
            "condition": "unknown",
            "tags": [],
            "check": None,
            "checked_at": None,
            "last_run_id": None,
            "created_at": made.json()["created_at"],
            "created_by": "blue-member-id",
            "updated_at": made.json()["updated_at"],
            "links": [
                {"rel": "self", "href": own},
                {"rel": "revisions", "href": f"{own}/revisions"},
                {"rel": "resources", "href": f"{own}/resources"},
                {"rel": "outputs", "href": f"{own}/outputs"},
                {"rel": "graph", "href": f"{own}/graph"},
                {"rel": "plans", "href": f"{URL}/v1/plans?scenario_id={id}"},
                {"rel": "runs", "href": f"{URL}/v1/runs?scenario_id={id}"},
                {"rel": "events", "href": f"{URL}/v1/events?scenario_id={id}"},
            ],
        }

    asked(database_url, tmp_path, ask)


def test_the_etag_changes_with_all_that_is_shown(database_url: str, tmp_path: Path) -> None:
    """A run that was asked for is news, and no reason to refuse a replacement."""

    async def ask(client: httpx2.AsyncClient) -> None:
        made = await created(client)
        own, etag = made.headers["location"], made.headers["etag"]
        body = {"scenario_id": made.json()["id"]}
        run = await client.post("/v1/runs", json=body, headers=MEMBER)
        shown = await client.get(own, headers={**READER, "If-None-Match": etag})
        assert (shown.status_code, shown.json()["last_run_id"]) == (200, run.json()["id"])
        replaced = await client.put(own, json=TWO, headers={**MEMBER, "If-Match": etag})
        assert replaced.status_code == 200

    asked(database_url, tmp_path, ask)


def test_every_problem_is_an_error_of_its_own(database_url: str, tmp_path: Path) -> None:
    """With file, line and column."""

    async def ask(client: httpx2.AsyncClient) -> httpx2.Response:
        return await client.post("/v1/scenarios", json={"source": {"text": WRONG}}, headers=MEMBER)

    answer = asked(database_url, tmp_path, ask)
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert [each["code"] for each in errors] == ["stackloom.scenario.invalid"] * 2
    places = [(each["source"]["line"], each["source"]["column"]) for each in errors]
    assert places == [(3, 10), (5, 6)]
    assert {each["request_id"] for each in errors} == {answer.headers["x-openstack-request-id"]}


def test_validation_says_the_same_with_200(database_url: str, tmp_path: Path) -> None:
    """And keeps nothing."""

    async def ask(client: httpx2.AsyncClient) -> tuple[httpx2.Response, httpx2.Response]:
        answer = await client.post("/v1/scenarios/validate", json={"text": WRONG}, headers=READER)
        return answer, await client.get("/v1/scenarios", headers=READER)

    answer, page = asked(database_url, tmp_path, ask)
    body = answer.json()
    assert (answer.status_code, body["is_valid"], body["name"]) == (200, False, "one")
    assert [(each["line"], each["column"]) for each in body["problems"]] == [(3, 10), (5, 6)]
    assert page.json()["scenarios"] == []


def test_a_key_makes_one_scenario(database_url: str, tmp_path: Path) -> None:
    """However often it is sent; with another body it is refused."""

    async def ask(client: httpx2.AsyncClient) -> list[httpx2.Response]:
        headers = {**MEMBER, "Idempotency-Key": "k-1"}
        return [
            await client.post("/v1/scenarios", json=body, headers=headers)
            for body in (ONE, ONE, {"source": {"text": "scenario: two\nnetworks: {a: {}}\n"}})
        ]

    first, again, other = asked(database_url, tmp_path, ask)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert codes(other) == (400, ["stackloom.idempotency.reused"])


def test_a_name_is_taken(database_url: str, tmp_path: Path) -> None:
    """409 for the project that has it."""

    async def ask(client: httpx2.AsyncClient) -> httpx2.Response:
        await created(client)
        await client.post("/v1/scenarios", json=ONE, headers=STRANGER)
        return await client.post("/v1/scenarios", json=ONE, headers=MEMBER)

    assert codes(asked(database_url, tmp_path, ask)) == (409, ["stackloom.scenario.exists"])


def test_a_replacement_needs_what_was_read(database_url: str, tmp_path: Path) -> None:
    """428 without it, 412 with an older one."""

    async def ask(client: httpx2.AsyncClient) -> list[httpx2.Response]:
        made = await created(client)
        own, etag = made.headers["location"], made.headers["etag"]
        return [
            await client.put(own, json=TWO, headers=MEMBER),
            await client.put(own, json=TWO, headers={**MEMBER, "If-Match": etag}),
            await client.put(own, json=TWO, headers={**MEMBER, "If-Match": etag}),
            await client.put(own, json=TWO, headers={**MEMBER, "If-Match": "*"}),
        ]

    without, replaced, older, anything = asked(database_url, tmp_path, ask)
    assert codes(without) == (428, ["stackloom.etag.missing"])
    assert (replaced.status_code, replaced.json()["revision"]) == (200, 2)
    assert replaced.headers["etag"].startswith('"2.')
    assert codes(older) == (412, ["stackloom.etag.mismatch"])
    assert codes(anything) == (412, ["stackloom.etag.mismatch"])


def test_revisions_never_change(database_url: str, tmp_path: Path) -> None:
    """So one is good for a year."""

    async def ask(client: httpx2.AsyncClient) -> None:
        made = await created(client)
        own = made.headers["location"]
        await client.put(own, json=TWO, headers={**MEMBER, "If-Match": made.headers["etag"]})
        page = await client.get(f"{own}/revisions?limit=1", headers=READER)
        assert [each["number"] for each in page.json()["revisions"]] == [2]
        following = page.json()["links"][1]
        assert following == {"rel": "next", "href": f"{own}/revisions?limit=1&marker=2"}
        first = await client.get(f"{own}/revisions/1", headers=READER)
        assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert first.json() == {
            "number": 1,
            "source": {"text": TEXT, "files": {}, "variables": {}},
            "created_at": first.json()["created_at"],
            "created_by": "blue-member-id",
            "links": [
                {"rel": "self", "href": f"{own}/revisions/1"},
                {"rel": "scenario", "href": own},
            ],
        }
        same = {**READER, "If-None-Match": first.headers["etag"]}
        assert (await client.get(f"{own}/revisions/1", headers=same)).status_code == 304
        assert codes(await client.get(f"{own}/revisions/3", headers=READER)) == (
            404,
            ["stackloom.not-found"],
        )

    asked(database_url, tmp_path, ask)


def test_a_scenario_is_deleted(database_url: str, tmp_path: Path) -> None:
    """204 where it has nothing; with destroy=true a run first, to which Location leads."""

    async def ask(client: httpx2.AsyncClient) -> None:
        made = await created(client)
        own, match = made.headers["location"], {**MEMBER, "If-Match": made.headers["etag"]}
        assert codes(await client.delete(own, headers=MEMBER)) == (428, ["stackloom.etag.missing"])
        gone = await client.delete(own, headers=match)
        assert (gone.status_code, gone.content) == (204, b"")
        assert "content-type" not in gone.headers
        assert codes(await client.get(own, headers=READER)) == (404, ["stackloom.not-found"])
        again = await created(client)
        own, match = again.headers["location"], {**MEMBER, "If-Match": again.headers["etag"]}
        run = await client.delete(f"{own}?destroy=true", headers=match)
        assert (run.status_code, run.json()["operation"]) == (202, "destroy")
        assert run.headers["location"] == f"{URL}/v1/runs/{run.json()['id']}"
        assert codes(await client.delete(own, headers=match)) == (409, ["stackloom.scenario.busy"])

    asked(database_url, tmp_path, ask)


def test_lists_take_what_they_know(database_url: str, tmp_path: Path) -> None:
    """Tags with commas between them; everything else is refused, by its name."""

    async def ask(client: httpx2.AsyncClient) -> None:
        for name, tags in (("a", ["x", "y"]), ("b", ["x"])):
            text = f"scenario: {name}\nnetworks: {{n: {{}}}}\n"
            await created(client, {"source": {"text": text}, "tags": tags})
        for query, names in (
            ("", ["a", "b"]),
            ("?sort=created_at:desc", ["b", "a"]),
            ("?tags=x,y", ["a"]),
            ("?name=b&condition=unknown", ["b"]),
            ("?condition=in_sync", []),
        ):
            page = await client.get(f"/v1/scenarios{query}", headers=READER)
            assert [each["name"] for each in page.json()["scenarios"]] == names, query
        for query, code in (
            ("nme=a", "unknown"),
            ("limit=0", "invalid"),
            ("limit=1001", "invalid"),
            ("limit=1&limit=2", "invalid"),
            ("marker=one", "invalid"),
            ("sort=name", "invalid"),
            ("condition=fine", "invalid"),
        ):
            answer = await client.get(f"/v1/scenarios?{query}", headers=READER)
            assert codes(answer) == (400, [f"stackloom.parameter.{code}"]), query

    asked(database_url, tmp_path, ask)


def test_resources_and_outputs_are_those_of_the_scenario(database_url: str, tmp_path: Path) -> None:
    """Before the first run there are none, and what it tells is not known."""

    async def ask(client: httpx2.AsyncClient) -> None:
        made = await created(client)
        own = made.headers["location"]
        page = await client.get(f"{own}/resources?kind=network", headers=READER)
        assert page.json() == {
            "resources": [],
            "links": [{"rel": "self", "href": f"{own}/resources?kind=network"}],
        }
        outputs = await client.get(f"{own}/outputs", headers=READER)
        assert codes(outputs) == (409, ["stackloom.outputs.unknown"])

    asked(database_url, tmp_path, ask)
