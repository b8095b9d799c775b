# SPDX-License-Identifier: Apache-2.0
"""Every route is asked with another project's ids, and with too small a role."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
from tests.service.routes.test_scenarios import TEXT, asked, codes, created
from tests.service.serving import MEMBER, READER, STRANGER

from stackloom.service.rest.route import Route, Who
from stackloom.service.rest.routes import all_routes

ROUTES = {each.operation_id: each for each in all_routes()}
NAMING = {name: each for name, each in ROUTES.items() if each.names and each.who is not Who.ALL}
SOURCE = {"source": {"text": TEXT}}
# What each body of a route that takes one has to say beside the path.
BODIES: dict[str, object] = {
    "replaceScenario": SOURCE,
    "actOnRun": {"cancel": {}},
    "createScenario": SOURCE,
    "validateScenario": {"text": TEXT},
    "createPlan": SOURCE,
    "createRun": {"scenario_id": "11111111-1111-4111-8111-111111111111"},
}


async def _theirs(client: httpx2.AsyncClient) -> dict[str, str]:
    """Return what stands in the place of each word of a path: ids of another project."""
    scenario = (await created(client)).json()["id"]
    body = {"scenario_id": scenario}
    plan = await client.post("/v1/plans", json=body, headers=MEMBER)
    run = await client.post("/v1/runs", json=body, headers=MEMBER)
    return {
        "scenario_id": scenario,
        "plan_id": plan.json()["id"],
        "run_id": run.json()["id"],
        "number": "1",
    }


async def _ask(
    client: httpx2.AsyncClient, route: Route, named: dict[str, str], who: dict[str, str]
) -> httpx2.Response:
    path = re.sub(r"\{(\w+)\}", lambda found: named[found[1]], route.path)
    headers = {**who, "If-Match": '"1"'}
    if route.body is None:
        return await client.request(route.method, path, headers=headers)
    body = BODIES.get(route.operation_id, {"text": TEXT})
    return await client.request(route.method, path, json=body, headers=headers)


def test_what_another_project_has_is_not_there(database_url: str, tmp_path: Path) -> None:
    """404 at every route that names something, and nothing of it has changed."""

    async def ask(client: httpx2.AsyncClient) -> dict[str, tuple[int, list[str]]]:
        theirs = await _theirs(client)
        before = await _ask(client, ROUTES["showRun"], theirs, READER)
        told = {
            name: codes(await _ask(client, each, theirs, STRANGER)) for name, each in NAMING.items()
        }
        assert (await _ask(client, ROUTES["showRun"], theirs, READER)).json() == before.json()
        assert (await _ask(client, ROUTES["showScenario"], theirs, READER)).status_code == 200
        return told

    told = asked(database_url, tmp_path, ask)
    assert len(told) > 12
    assert told == dict.fromkeys(NAMING, (404, ["stackloom.not-found"]))


@pytest.mark.parametrize("what", ["plan_id", "scenario_id"])
def test_what_another_project_has_is_not_run(what: str, database_url: str, tmp_path: Path) -> None:
    """Nor planned, by its id in a body."""

    async def ask(client: httpx2.AsyncClient) -> list[tuple[int, list[str]]]:
        theirs = await _theirs(client)
        paths = ["/v1/runs"] if what == "plan_id" else ["/v1/runs", "/v1/plans"]
        body = {what: theirs[what]}
        return [codes(await client.post(path, json=body, headers=STRANGER)) for path in paths]

    told = asked(database_url, tmp_path, ask)
    assert set(map(str, told)) == {str((404, ["stackloom.not-found"]))}


def test_a_reader_changes_nothing(database_url: str, tmp_path: Path) -> None:
    """403 at every route for members, for whoever may only read."""

    async def ask(client: httpx2.AsyncClient) -> dict[str, tuple[int, list[str]]]:
        theirs = await _theirs(client)
        return {
            name: codes(await _ask(client, each, theirs, READER))
            for name, each in ROUTES.items()
            if each.who is Who.MEMBER
        }

    told = asked(database_url, tmp_path, ask)
    assert len(told) > 6
    assert told == dict.fromkeys(told, (403, ["stackloom.role.missing"]))


def test_what_changes_something_is_for_members() -> None:
    """Every route but a GET, and but reading a text that is sent along."""
    changing = {name for name, each in ROUTES.items() if each.method != "GET"}
    for_others = {name for name in changing if ROUTES[name].who is not Who.MEMBER}
    readers = {name for name in for_others if ROUTES[name].who is Who.READER}
    assert readers == {"drawText", "validateScenario"}
