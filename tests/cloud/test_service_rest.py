# SPDX-License-Identifier: Apache-2.0
"""Scenarios are created, planned, applied, watched and destroyed over REST, on a real cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from tests.cloud.command_line import EXAMPLES
from tests.cloud.serving import service_at, token_of

from stackloom.cloud.cloud import Cloud
from stackloom.local.access import Access
from stackloom.testing.project import OpenStackProject

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
# A run of a scenario ends within that, on a machine that has much else to do.
_SECONDS = 300


@pytest.fixture(scope="module")
def service_url(local_cloud: Access, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one service for all tests of this file."""
    with service_at(local_cloud.auth_url, tmp_path_factory.mktemp("service")) as url:
        yield url


@dataclass(kw_only=True)
class Caller:
    """Somebody with a token, who asks over HTTP.

    Attributes:
        seen: the numbers of the events that were told of the job that is watched.
    """

    client: httpx2.Client
    seen: list[int] = field(default_factory=list)

    def get(self, path: str, status: int = 200) -> Any:
        """Return a document."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: object, status: int, **headers: str) -> Any:
        """Send a document, and return the answer's."""
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def watched(self, path: str, *, pause_after: int = 3) -> list[Any]:
        """Return all events of a run or plan, told as they happen.

        The connection is given up once in between, and the rest asked for as browsers do.
        """
        first = self._told(f"{path}/events", {}, most=pause_after)
        last = {"Last-Event-ID": str(first[-1]["seq"])}
        events = first + self._told(f"{path}/events", last)
        assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
        return events

    def _told(self, path: str, more: Mapping[str, str], most: int = 10**6) -> list[Any]:
        events: list[Any] = []
        headers = {"Accept": "text/event-stream", **more}
        with self.client.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200, answer.read()
            for line in answer.iter_lines():
                if line == "event: end":
                    break
                if line.startswith("data: "):
                    events.append(json.loads(line.removeprefix("data: ")))
                if len(events) == most:
                    break
        return events

    def ended(self, run: Mapping[str, Any]) -> Any:
        """Watch a run to its end, and return it."""
        events = self.watched(f"/v1/runs/{run['id']}")
        shown = self.get(f"/v1/runs/{run['id']}")
        assert (events[-1]["state"], shown["last_seq"]) == (shown["state"], len(events))
        return shown


@pytest.fixture
def asking(service_url: str, openstack_project: OpenStackProject) -> Iterator[Caller]:
    """A member of a project of this test."""
    headers = {"X-Auth-Token": token_of(openstack_project.environment)}
    with httpx2.Client(base_url=service_url, headers=headers, timeout=_SECONDS) as client:
        yield Caller(client=client)


def _applied(asking: Caller, source: Mapping[str, object]) -> tuple[Any, Any]:
    """Keep a scenario, plan it, carry the plan out; return the scenario and the run."""
    scenario = asking.post("/v1/scenarios", {"source": source}, 201)
    plan = asking.post("/v1/plans", {"scenario_id": scenario["id"]}, 202)
    asking.watched(f"/v1/plans/{plan['id']}", pause_after=1)
    plan = asking.get(f"/v1/plans/{plan['id']}")
    steps = len(plan["steps"])
    assert (plan["state"], plan["counts"]["create"]) == ("ready", steps), plan
    key = {"Idempotency-Key": f"run-{plan['id']}"}
    run = asking.post("/v1/runs", {"plan_id": plan["id"]}, 202, **key)
    assert asking.post("/v1/runs", {"plan_id": plan["id"]}, 202, **key) == run
    run = asking.ended(run)
    assert run["state"] == "succeeded", run
    assert run["progress"] == {"done": steps, "failed": 0, "skipped": 0, "total": steps}
    return scenario, run


def _destroyed(asking: Caller, scenario: Mapping[str, Any]) -> None:
    """Destroy what a scenario has, and forget it."""
    own = f"/v1/scenarios/{scenario['id']}"
    etag = asking.client.get(own).headers["etag"]
    answer = asking.client.delete(f"{own}?destroy=true", headers={"If-Match": etag})
    assert answer.status_code == 202, answer.text
    run = asking.ended(answer.json())
    assert (run["state"], run["operation"]) == ("succeeded", "destroy"), run
    asking.get(own, 404)


@pytest.mark.parametrize(
    ("example", "variables", "servers"),
    [("two-networks", {}, 2), ("three-tiers", {"web_servers": 3}, 5), ("trunk", {}, 2)],
)
def test_a_scenario_lives_over_rest(
    example: str,
    variables: Mapping[str, object],
    servers: int,
    asking: Caller,
    openstack_project: OpenStackProject,
) -> None:
    """From its text to the last resource; nothing stays, neither resources nor rights."""
    text = (EXAMPLES / f"{example}.yaml").read_text(encoding="utf-8")
    scenario, run = _applied(asking, {"text": text, "variables": variables})
    own = f"/v1/scenarios/{scenario['id']}"

    assert asking.get(own)["condition"] == "in_sync"
    resources = asking.get(f"{own}/resources")["resources"]
    assert {each["condition"] for each in resources} == {"in_sync"}
    assert all(each["cloud_id"] for each in resources)
    assert len([each for each in resources if each["kind"] == "server"]) == servers
    graph = asking.get(f"{own}/graph?overlay=run:{run['id']}")
    told = {each["stage"] for each in graph["remarks"].values() if each["change"] != "keep"}
    assert told <= {"done", None}
    drawn = asking.client.get(f"{own}/graph?format=svg&overlay=plan:{run['plan_id']}")
    assert drawn.text.startswith("<svg")
    listed = asking.get("/v1/servers")["servers"]
    assert {each["id"] for each in listed} == {
        each["cloud_id"] for each in resources if each["kind"] == "server"
    }

    again = asking.post("/v1/plans", {"scenario_id": scenario["id"]}, 202)
    asking.watched(f"/v1/plans/{again['id']}", pause_after=1)
    counts = asking.get(f"/v1/plans/{again['id']}")["counts"]
    assert counts == {"create": 0, "update": 0, "replace": 0, "delete": 0, "keep": len(resources)}

    _destroyed(asking, scenario)
    assert openstack_project.leftovers() == []


def test_outputs_are_told(asking: Caller, openstack_project: OpenStackProject) -> None:
    """Those of the scenario, as the cloud gave them."""
    text = (EXAMPLES / "three-tiers.yaml").read_text(encoding="utf-8")
    scenario, _run = _applied(asking, {"text": text, "variables": {"web_servers": 1}})

    async def look(cloud: Cloud) -> str:
        listed = await cloud.request("network", "GET", "/v2.0/floatingips")
        [address] = json.loads(listed.body)["floatingips"]
        return str(address["floating_ip_address"])

    url = f"https://{openstack_project.run(look)}/"
    outputs = asking.get(f"/v1/scenarios/{scenario['id']}/outputs")["outputs"]
    assert outputs == [{"name": "url", "value": url, "is_known": True}]
    _destroyed(asking, scenario)


def test_drift_is_found_shown_and_mended(
    asking: Caller, openstack_project: OpenStackProject
) -> None:
    """What somebody else has changed is changed back by the next run."""
    text = "scenario: drifting\nnetworks: {blue: {mtu: 1400}, green: {}}\n"
    scenario, _run = _applied(asking, {"text": text})
    own = f"/v1/scenarios/{scenario['id']}"
    ids = {
        each["address"]: each["cloud_id"] for each in asking.get(f"{own}/resources")["resources"]
    }

    async def meddle(cloud: Cloud) -> None:
        path = "/v2.0/networks/" + ids["network.blue"]
        body = {"network": {"mtu": 1300}}
        await cloud.request("network", "PUT", path, body=body)
        await cloud.request("network", "DELETE", "/v2.0/networks/" + ids["network.green"])

    openstack_project.run(meddle)
    check = {"scenario_id": scenario["id"], "operation": "check"}
    assert asking.ended(asking.post("/v1/runs", check, 202))["state"] == "succeeded"
    assert asking.get(own)["condition"] == "drifted"
    found = asking.get(f"{own}/resources")["resources"]
    assert {each["address"]: each["condition"] for each in found} == {
        "network.blue": "changed",
        "network.green": "missing",
    }
    assert asking.get(f"{own}/graph?overlay=drift")["remarks"] == {
        "network.blue": {
            "change": "update",
            "lines": ["mtu: 1300 → 1400"],
            "stage": None,
            "reason": "",
        },
        "network.green": {"change": "create", "lines": [], "stage": None, "reason": ""},
    }
    apply = {"scenario_id": scenario["id"], "auto_approve": True}
    run = asking.ended(asking.post("/v1/runs", apply, 202))
    assert (run["state"], run["counts"]["update"], run["counts"]["create"]) == ("succeeded", 1, 1)
    assert asking.get(own)["condition"] == "in_sync"
    _destroyed(asking, scenario)


def test_a_run_waits_for_approval(asking: Caller) -> None:
    """It says what it would do, and does it when somebody says yes, or nothing when not."""
    text = "scenario: careful\nnetworks: {blue: {}}\n"
    scenario = asking.post("/v1/scenarios", {"source": {"text": text}}, 201)
    states = []
    for action in ("cancel", "approve"):
        run = asking.post("/v1/runs", {"scenario_id": scenario["id"]}, 202)
        path = f"/v1/runs/{run['id']}"
        _until_it_asks(asking, path)
        assert asking.get(path)["actions"] == {"approve": True, "cancel": True, "retry": False}
        asking.post(f"{path}/actions", {action: {}}, 202)
        run = asking.ended(run)
        states.append((run["state"], run["is_partial"]))
    assert states == [("cancelled", False), ("succeeded", False)]
    _destroyed(asking, scenario)


def _until_it_asks(asking: Caller, path: str) -> None:
    """Watch a run until it waits for approval."""
    headers = {"Accept": "application/jsonl"}
    with asking.client.stream("GET", f"{path}/events", headers=headers) as answer:
        for line in answer.iter_lines():
            if line and json.loads(line).get("state") == "awaiting_approval":
                return
    raise AssertionError("it has ended without asking")


def test_secrets_reach_the_cloud_and_nothing_else(asking: Caller) -> None:
    """They are needed with each plan and run, and are shown nowhere."""
    text = (
        "scenario: secretive\n"
        "variables: {word: {type: string, secret: true}}\n"
        'networks: {blue: {description: "the word is ${var.word}"}}\n'
    )
    scenario = asking.post("/v1/scenarios", {"source": {"text": text}}, 201)
    body = {"scenario_id": scenario["id"], "auto_approve": True}
    refused = asking.post("/v1/runs", body, 400)
    assert [each["code"] for each in refused["errors"]] == ["stackloom.secret.missing"]
    run = asking.post("/v1/runs", {**body, "secrets": {"word": "sesame-4711"}}, 202)
    assert asking.ended(run)["state"] == "succeeded"
    [network] = asking.get("/v1/networks?name=blue")["networks"]
    assert network["description"].startswith("the word is sesame-4711")
    shown = [
        asking.client.get(path).text
        for path in (
            f"/v1/scenarios/{scenario['id']}",
            f"/v1/scenarios/{scenario['id']}/resources",
            f"/v1/scenarios/{scenario['id']}/graph?overlay=run:{run['id']}",
            f"/v1/runs/{run['id']}",
            f"/v1/runs/{run['id']}/events",
        )
    ]
    assert not [each for each in shown if "sesame" in each]
    _destroyed(asking, scenario)


def test_the_cloud_s_refusal_is_told_with_its_request_id(asking: Caller) -> None:
    """What waited for the failed step is skipped, and it can be done again once it is mended."""
    first = "scenario: holder\nnetworks: {a: {cidr: 10.44.0.0/24}}\n"
    held, _run = _applied(asking, {"text": first})
    text = (
        "scenario: hopeful\nnetworks: {b: {}}\nexisting: {networks: {a: {name: a}}}\n"
        "subnets:\n  x: {network: a, cidr: 10.44.0.0/24}\n"
        "ports: {p: {network: a, fixed_ips: [{subnet: x}]}}\n"
    )
    scenario = asking.post("/v1/scenarios", {"source": {"text": text}}, 201)
    body = {"scenario_id": scenario["id"], "auto_approve": True}
    run = asking.ended(asking.post("/v1/runs", body, 202))
    assert (run["state"], run["is_partial"], run["actions"]["retry"]) == ("failed", True, True)
    events = asking.get(f"/v1/runs/{run['id']}/events")["events"]
    ended = {each["address"]: each for each in events if each["type"] == "step_ended"}
    assert {address: each["result"] for address, each in ended.items()} == {
        "network.b": "done",
        "subnet.x": "failed",
        "port.p": "skipped",
    }
    error = ended["subnet.x"]["error"]
    assert (error["status"], error["service"]) == (400, "network")
    assert error["request_id"].startswith("req-")
    graph = asking.get(f"/v1/scenarios/{scenario['id']}/graph?overlay=run:{run['id']}")
    assert graph["remarks"]["subnet.x"]["stage"] == "failed"
    assert error["request_id"] in graph["remarks"]["subnet.x"]["reason"]
    again = asking.post(f"/v1/runs/{run['id']}/actions", {"retry": {}}, 202)
    assert again["retry_of"] == run["id"]
    assert asking.ended(again)["state"] == "failed"
    _destroyed(asking, scenario)
    _destroyed(asking, held)
