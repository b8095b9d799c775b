# SPDX-License-Identifier: Apache-2.0
"""Plans and runs over HTTP, as far as they are asked for and called off; nobody works on them."""

from __future__ import annotations

from pathlib import Path

import httpx2
from tests.service.routes.test_scenarios import asked, codes, created
from tests.service.serving import MEMBER, READER, URL


def test_a_plan_is_accepted(database_url: str, tmp_path: Path) -> None:
    """202 leads to where it will be; with the same key it is the same one."""

    async def ask(client: httpx2.AsyncClient) -> None:
        id = (await created(client)).json()["id"]
        body, headers = {"scenario_id": id}, {**MEMBER, "Idempotency-Key": "k-1"}
        plan = await client.post("/v1/plans", json=body, headers=headers)
        again = await client.post("/v1/plans", json=body, headers=headers)
        assert (plan.status_code, again.status_code) == (202, 202)
        assert again.json() == plan.json()
        own = f"{URL}/v1/plans/{plan.json()['id']}"
        assert plan.headers["location"] == again.headers["location"] == own
        shown = await client.get(own, headers=READER)
        assert (shown.status_code, shown.json()) == (200, plan.json())
        same = {**READER, "If-None-Match": shown.headers["etag"]}
        assert (await client.get(own, headers=same)).status_code == 304
        page = await client.get(f"/v1/plans?scenario_id={id}&state=pending", headers=READER)
        assert page.json() == {
            "plans": [plan.json()],
            "links": [{"rel": "self", "href": f"{URL}/v1/plans?scenario_id={id}&state=pending"}],
        }

    asked(database_url, tmp_path, ask)


def test_a_plan_is_called_off(database_url: str, tmp_path: Path) -> None:
    """204, and it says so."""

    async def ask(client: httpx2.AsyncClient) -> None:
        body = {"source": {"text": "scenario: one\nnetworks: {blue: {}}\n"}}
        plan = await client.post("/v1/plans", json=body, headers=MEMBER)
        own = plan.headers["location"]
        etag = (await client.get(own, headers=READER)).headers["etag"]
        gone = await client.delete(own, headers=MEMBER)
        assert (gone.status_code, gone.content) == (204, b"")
        shown = await client.get(own, headers={**READER, "If-None-Match": etag})
        assert (shown.status_code, shown.json()["state"]) == (200, "cancelled")

    asked(database_url, tmp_path, ask)


def test_a_run_is_accepted_and_cancelled(database_url: str, tmp_path: Path) -> None:
    """The ETag changes with its state, and with who asks: what may be done differs."""

    async def ask(client: httpx2.AsyncClient) -> None:
        id = (await created(client)).json()["id"]
        headers = {**MEMBER, "Idempotency-Key": "k-1"}
        run = await client.post("/v1/runs", json={"scenario_id": id}, headers=headers)
        again = await client.post("/v1/runs", json={"scenario_id": id}, headers=headers)
        assert (run.status_code, again.json()) == (202, run.json())
        own = f"{URL}/v1/runs/{run.json()['id']}"
        assert run.headers["location"] == own
        etags = []
        for who in (MEMBER, READER):
            shown = await client.get(own, headers=who)
            assert shown.json()["actions"]["cancel"] is (who is MEMBER)
            etags.append(shown.headers["etag"])
        cancelled = await client.post(f"{own}/actions", json={"cancel": {}}, headers=MEMBER)
        assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled")
        assert cancelled.headers["location"] == own
        etags.append((await client.get(own, headers=MEMBER)).headers["etag"])
        assert len(set(etags)) == 3
        retried = await client.post(f"{own}/actions", json={"retry": {}}, headers=MEMBER)
        assert retried.json()["retry_of"] == run.json()["id"]
        assert retried.headers["location"] == f"{URL}/v1/runs/{retried.json()['id']}"
        page = await client.get(f"/v1/runs?scenario_id={id}&state=queued", headers=READER)
        assert [each["id"] for each in page.json()["runs"]] == [retried.json()["id"]]

    asked(database_url, tmp_path, ask)


def test_what_cannot_be_asked_for(database_url: str, tmp_path: Path) -> None:
    """Each with its status and code."""

    async def ask(client: httpx2.AsyncClient) -> list[tuple[int, list[str]]]:
        id = (await created(client)).json()["id"]
        run = await client.post("/v1/runs", json={"scenario_id": id}, headers=MEMBER)
        actions = f"{run.headers['location']}/actions"
        plan = await client.post("/v1/plans", json={"scenario_id": id}, headers=MEMBER)
        plan_id = plan.json()["id"]
        nowhere = "11111111-1111-4111-8111-111111111111"
        posts: list[tuple[str, object]] = [
            ("/v1/plans", {}),
            ("/v1/plans", {"scenario_id": id, "operation": "check"}),
            ("/v1/plans", {"scenario_id": id, "speed": 3}),
            ("/v1/plans", {"scenario_id": nowhere}),
            ("/v1/runs", {"plan_id": plan_id}),
            ("/v1/runs", {"plan_id": plan_id, "scenario_id": id}),
            ("/v1/runs", {"scenario_id": id, "secrets": {"word": "x"}}),
            (actions, {"approve": {}}),
            (actions, {"retry": {}}),
            (actions, {}),
            (actions, {"approve": {"by": "me"}}),
        ]
        return [codes(await client.post(path, json=body, headers=MEMBER)) for path, body in posts]

    body_invalid = (400, ["stackloom.body.invalid"])
    assert asked(database_url, tmp_path, ask) == [
        body_invalid,
        body_invalid,
        body_invalid,
        (404, ["stackloom.not-found"]),
        (409, ["stackloom.plan.not-ready"]),
        body_invalid,
        body_invalid,
        (409, ["stackloom.run.not-possible"]),
        (409, ["stackloom.run.not-possible"]),
        body_invalid,
        body_invalid,
    ]
