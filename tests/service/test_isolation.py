# SPDX-License-Identifier: Apache-2.0
"""Nobody learns of another project's things, whatever they ask for, and nobody touches them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx2
import msgspec
from tests.service.serving import MEMBER, STRANGER, app_for, asking, settings_for

from stackloom.service.rest.examples import EXAMPLES
from stackloom.service.rest.route import Route
from stackloom.service.rest.routes import all_routes
from stackloom.service.settings import LimitsSettings

T = TypeVar("T")

_SOURCE = {"text": "scenario: one\nnetworks: {blue: {}}\n"}
_NOWHERE = "6f9e2a51-61b4-4b0e-8a57-4a2c35f1c1d0"
_LIMITS = LimitsSettings(readings_at_once=1, posts_per_second=1_000)
_SSE = {"Accept": "text/event-stream"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """What a project has, or what nobody has."""

    scenario: str
    plan: str
    run: str


NOWHERE = Ids(scenario=_NOWHERE, plan=_NOWHERE, run=_NOWHERE)


def asked(
    database_url: str, folder: Path, ask: Callable[[httpx2.AsyncClient, Ids], Awaitable[T]]
) -> T:
    """Return what *ask* finds out of a service in which the project blue has things."""

    async def run() -> T:
        app = app_for(settings_for(database_url, folder, _LIMITS))
        async with asking(app) as client:
            return await ask(client, await _made(client))

    return asyncio.run(run())


async def _made(client: httpx2.AsyncClient) -> Ids:
    async def make(path: str, body: object) -> str:
        answer = await client.post(path, json=body, headers=MEMBER)
        assert answer.status_code in {201, 202}, answer.text
        id: str = answer.json()["id"]
        return id

    scenario = await make("/v1/scenarios", {"source": _SOURCE, "tags": ["secret-tag"]})
    plan = await make("/v1/plans", {"scenario_id": scenario})
    run = await make("/v1/runs", {"scenario_id": scenario})
    return Ids(scenario=scenario, plan=plan, run=run)


def _path(route: Route, ids: Ids) -> str:
    names = {"scenario_id": ids.scenario, "plan_id": ids.plan, "run_id": ids.run, "number": "1"}
    return route.path.format(**{name: names[name] for name in route.names})


def requests(ids: Ids) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every way to name one of *ids*: in a path, a parameter, a body."""
    for route in all_routes():
        if not route.names:
            continue
        path = _path(route, ids)
        more: dict[str, Any] = {"headers": {"If-Match": '"1"'}}
        if route.body is not None:
            more["json"] = msgspec.to_builtins(EXAMPLES[route.body])
        yield route.method, path, more
        if "text/event-stream" in route.media_types:
            yield route.method, path, {"headers": _SSE}
    yield "GET", f"/v1/events?scenario_id={ids.scenario}", {}
    yield "GET", f"/v1/events?scenario_id={ids.scenario}", {"headers": _SSE}
    yield "POST", "/v1/plans", {"json": {"scenario_id": ids.scenario}}
    yield "POST", "/v1/plans", {"json": {"scenario_id": ids.scenario, "operation": "destroy"}}
    yield "POST", "/v1/runs", {"json": {"scenario_id": ids.scenario}}
    yield "POST", "/v1/runs", {"json": {"scenario_id": ids.scenario, "operation": "check"}}
    yield "POST", "/v1/runs", {"json": {"plan_id": ids.plan}}


async def _answers(client: httpx2.AsyncClient, ids: Ids) -> list[tuple[str, int, str]]:
    """Return what a stranger is told of *ids*: request, status and body without what is its own."""
    answers = []
    for method, path, more in requests(ids):
        headers = {**more.pop("headers", {}), **STRANGER}
        answer = await client.request(method, path, headers=headers, **more)
        request_id = answer.headers["x-openstack-request-id"]
        told = answer.text.replace(request_id, "REQUEST")
        asked_for = f"{method} {path}"
        for id in (ids.scenario, ids.plan, ids.run):
            told, asked_for = told.replace(id, "ID"), asked_for.replace(id, "ID")
        answers.append((asked_for, answer.status_code, told))
    return answers


def test_another_projects_ids_are_not_there(database_url: str, tmp_path: Path) -> None:
    """On every route, in every place for an id, as if nobody had ever had it: 404."""

    async def ask(client: httpx2.AsyncClient, ids: Ids) -> None:
        foreign = await _answers(client, ids)
        assert {status for _, status, _ in foreign} == {404}
        assert foreign == await _answers(client, NOWHERE)
        assert len(foreign) > 20

    asked(database_url, tmp_path, ask)


def test_nothing_was_touched(database_url: str, tmp_path: Path) -> None:
    """After all of that the owners find their things as they were."""

    async def everything(client: httpx2.AsyncClient, ids: Ids) -> list[Any]:
        paths = (
            f"/v1/scenarios/{ids.scenario}",
            f"/v1/scenarios/{ids.scenario}/revisions",
            f"/v1/plans/{ids.plan}",
            f"/v1/runs/{ids.run}",
            "/v1/events",
            "/v1/plans",
            "/v1/runs",
        )
        return [(await client.get(path, headers=MEMBER)).json() for path in paths]

    async def ask(client: httpx2.AsyncClient, ids: Ids) -> None:
        before = await everything(client, ids)
        await _answers(client, ids)
        assert await everything(client, ids) == before

    asked(database_url, tmp_path, ask)


def test_lists_are_of_ones_own(database_url: str, tmp_path: Path) -> None:
    """No filter brings anything of another project."""
    lists = {
        "/v1/scenarios": ("scenarios", "name=one", "tags=secret-tag", "condition=unknown"),
        "/v1/plans": ("plans", "scenario_id={scenario}", "state=pending"),
        "/v1/runs": ("runs", "scenario_id={scenario}", "state=queued"),
        "/v1/events": ("events", "after=0"),
    }

    async def ask(client: httpx2.AsyncClient, ids: Ids) -> None:
        for path, (name, *queries) in lists.items():
            for query in ("", *queries):
                where = f"{path}?{query.format(scenario=ids.scenario)}"
                answer = await client.get(where, headers=STRANGER)
                assert (answer.status_code, answer.json()[name]) == (200, []), where
            mine = await client.get(path, headers=MEMBER)
            assert mine.json()[name] != []

    asked(database_url, tmp_path, ask)


def test_markers_and_overlays_are_ones_own(database_url: str, tmp_path: Path) -> None:
    """Another project's id there is told what an id that nobody has is told."""

    async def told(client: httpx2.AsyncClient, own: str, ids: Ids) -> list[tuple[int, str]]:
        paths = (
            f"/v1/scenarios?marker={ids.scenario}",
            f"/v1/plans?marker={ids.plan}",
            f"/v1/runs?marker={ids.run}",
            f"/v1/scenarios/{own}/graph?overlay=plan:{ids.plan}",
            f"/v1/scenarios/{own}/graph?overlay=run:{ids.run}",
        )
        answers = [await client.get(path, headers=STRANGER) for path in paths]
        details = [each.json()["errors"][0]["detail"] for each in answers]
        for id in (ids.scenario, ids.plan, ids.run):
            details = [each.replace(id, "ID") for each in details]
        return [(each.status_code, detail) for each, detail in zip(answers, details, strict=True)]

    async def ask(client: httpx2.AsyncClient, ids: Ids) -> None:
        own = await client.post("/v1/scenarios", json={"source": _SOURCE}, headers=STRANGER)
        foreign = await told(client, own.json()["id"], ids)
        assert foreign == await told(client, own.json()["id"], NOWHERE)
        assert [status for status, _ in foreign] == [400, 400, 400, 404, 404]

    asked(database_url, tmp_path, ask)


def test_names_and_keys_are_ones_own(database_url: str, tmp_path: Path) -> None:
    """Two projects have a scenario of one name, and send the same Idempotency-Key."""

    async def ask(client: httpx2.AsyncClient, ids: Ids) -> None:
        body = {"source": _SOURCE}
        key = {"Idempotency-Key": "one-and-the-same"}
        mine = await client.post(
            "/v1/plans", json={"scenario_id": ids.scenario}, headers={**MEMBER, **key}
        )
        theirs = await client.post("/v1/scenarios", json=body, headers={**STRANGER, **key})
        assert (mine.status_code, theirs.status_code) == (202, 201)
        assert theirs.json()["name"] == "one"
        assert UUID(theirs.json()["id"]) != UUID(ids.scenario)

    asked(database_url, tmp_path, ask)
