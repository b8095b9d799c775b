# SPDX-License-Identifier: Apache-2.0
"""Runs of the service on a real cloud, when something happens in the middle of them.

What is in the middle is held there: the cloud takes its time with the subnets of each run.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from tests.cloud.serving import token_of
from tests.service.machine.served import Served, started

from stackloom.local import faults
from stackloom.local.access import Access
from stackloom.local.faults import Fault
from stackloom.testing.project import OpenStackProject

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

TWO_NETWORKS = """\
scenario: middle
networks: {blue: {cidr: 10.10.1.0/24}, green: {cidr: 10.10.2.0/24}}
routers: {hub: {connects: [blue, green]}}
servers:
  alice: {image: cirros, flavor: m1.tiny, networks: [blue]}
  bob: {image: cirros, flavor: m1.tiny, networks: [green]}
"""
_SECONDS = 180
_HELD_SECONDS = 2.0


@pytest.fixture(scope="module")
def service(local_cloud: Access, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all tests of this file."""
    folder = tmp_path_factory.mktemp("service")
    variables = {"STACKLOOM_IDENTITY_AUTH_URL": local_cloud.auth_url}
    with started(folder, "serve", "--listen", "127.0.0.1:0", **variables) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http"), (folder / "log").read_text()
        yield Served(process=process, log_file=folder / "log", lines=[url])
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@pytest.fixture
def slow_cloud(local_cloud: Access) -> Iterator[Access]:
    """A cloud that takes its time with subnets."""
    slow = Fault(method="POST", path="/v2.0/subnets*", delay_seconds=_HELD_SECONDS)
    faults.add(local_cloud.name, slow)
    yield local_cloud
    faults.clear(local_cloud.name)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A member of a project, who asks the service."""

    client: httpx2.Client

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask, and return the document of an answer that says yes."""
        answer = self.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def scenario(self, text: str = TWO_NETWORKS) -> str:
        """Keep a scenario; return its id."""
        made = self.ask("POST", "/v1/scenarios", {"source": {"text": text}})
        return str(made["id"])

    def run(self, scenario: str, operation: str = "apply") -> str:
        """Ask for a run that nobody has to approve; return its id."""
        wanted = {"scenario_id": scenario, "operation": operation, "auto_approve": True}
        return str(self.ask("POST", "/v1/runs", wanted)["id"])

    def events(self, run: str) -> list[Any]:
        """Return everything that was told of a run so far."""
        told: list[Any] = self.ask("GET", f"/v1/runs/{run}/events?limit=1000")["events"]
        assert [each["seq"] for each in told] == list(range(1, len(told) + 1))
        return told

    def wait_for(self, run: str, question: Callable[[Any], bool]) -> None:
        """Wait until some event of a run is as asked."""
        until = time.monotonic() + _SECONDS
        while not any(map(question, self.events(run))):
            assert time.monotonic() < until, self.events(run)
            select.select([], [], [], 0.05)

    def ended(self, run: str) -> Any:
        """Wait until a run is over, and return it."""
        until = time.monotonic() + _SECONDS
        while True:
            shown = self.ask("GET", f"/v1/runs/{run}")
            if shown["state"] in {"succeeded", "failed", "cancelled"}:
                return shown
            assert time.monotonic() < until, shown
            select.select([], [], [], 0.1)

    def conditions(self, scenario: str) -> dict[str, str]:
        """Return how each resource of a scenario is, by address."""
        page = self.ask("GET", f"/v1/scenarios/{scenario}/resources?limit=1000")
        return {each["address"]: each["condition"] for each in page["resources"]}


@pytest.fixture
def caller(service: Served, openstack_project: OpenStackProject) -> Iterator[Caller]:
    """Return a member of a project of this test."""
    headers = {"X-Auth-Token": token_of(openstack_project.environment)}
    with httpx2.Client(base_url=service.url, headers=headers, timeout=60) as client:
        yield Caller(client=client)


def _is_in_the_middle(event: Any) -> bool:
    return bool(event["type"] == "step_started" and event["address"].startswith("subnet."))


def _check_woven_once_and_destroy(caller: Caller, scenario: str, project: OpenStackProject) -> None:
    """See that everything is there, nothing twice, and that a destroy takes all of it away."""
    assert set(caller.conditions(scenario).values()) == {"in_sync"}
    assert len(caller.conditions(scenario)) == 9
    there = [each.split(" (")[0] for each in project.leftovers()]
    named = [each for each in there if '"' in each and "port" not in each]
    assert len(named) == len(set(named)), there
    assert caller.ended(caller.run(scenario, "destroy"))["state"] == "succeeded"
    assert project.leftovers() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_survives_its_worker(
    number: signal.Signals,
    service: Served,
    caller: Caller,
    slow_cloud: Access,
    openstack_project: OpenStackProject,
) -> None:
    """Killed or ended in the middle: another worker goes on, and nothing is made twice."""
    scenario = caller.scenario()
    run = caller.run(scenario)
    caller.wait_for(run, _is_in_the_middle)
    os.kill(service.parts()["worker"], number)
    shown = caller.ended(run)
    assert (shown["state"], shown["attempt"], shown["is_partial"]) == ("succeeded", 2, False)
    assert shown["progress"] == {"done": 9, "failed": 0, "skipped": 0, "total": 9}
    told = caller.events(run)
    assert [each["attempt"] for each in told if each["type"] == "taken_over"] == [2]
    reasons = [each["reason"] for each in told if each["type"] == "job_state"]
    assert ("its worker is going down" in reasons) is (number is signal.SIGTERM)
    _check_woven_once_and_destroy(caller, scenario, openstack_project)


def test_a_run_is_cancelled_and_retried(
    caller: Caller, slow_cloud: Access, openstack_project: OpenStackProject
) -> None:
    """What is under way ends, the rest does not begin; the next run makes what is missing."""
    scenario = caller.scenario()
    run = caller.run(scenario)
    caller.wait_for(run, _is_in_the_middle)
    caller.ask("POST", f"/v1/runs/{run}/actions", {"cancel": {}})
    shown = caller.ended(run)
    assert (shown["state"], shown["is_partial"]) == ("cancelled", True)
    assert shown["progress"]["done"] >= 4
    assert shown["progress"]["skipped"] >= 2
    conditions = caller.conditions(scenario)
    assert (conditions["network.blue"], conditions["server.bob"]) == ("in_sync", "missing")
    again = caller.ask("POST", f"/v1/runs/{run}/actions", {"retry": {}})
    assert again["retry_of"] == run
    assert caller.ended(again["id"])["state"] == "succeeded"
    _check_woven_once_and_destroy(caller, scenario, openstack_project)


def test_a_failure_is_told_with_the_id_under_which_the_cloud_has_logged_it(
    caller: Caller, local_cloud: Access, openstack_project: OpenStackProject
) -> None:
    """A quota, which no second try would help; once there is room, a retry makes the rest."""
    refused = Fault(method="POST", path="/v2.1/servers", status=403)
    faults.add(local_cloud.name, refused)
    try:
        scenario = caller.scenario()
        run = caller.run(scenario)
        shown = caller.ended(run)
    finally:
        faults.clear(local_cloud.name)
    assert (shown["state"], shown["is_partial"]) == ("failed", True)
    assert shown["error"]["code"] == "stackloom.engine.forbidden"
    failed = [each["error"] for each in caller.events(run) if each.get("error")]
    assert len(failed) == 2
    for error in failed:
        assert (error["code"], error["status"]) == ("engine.forbidden", 403)
        assert (error["service"], error["method"]) == ("compute", "POST")
        assert error["request_id"].startswith("req-")
    again = caller.ask("POST", f"/v1/runs/{run}/actions", {"retry": {}})
    assert caller.ended(again["id"])["state"] == "succeeded"
    _check_woven_once_and_destroy(caller, scenario, openstack_project)


def test_a_cloud_that_is_away_for_a_while_is_waited_for(
    caller: Caller, local_cloud: Access, openstack_project: OpenStackProject
) -> None:
    """The run says when it tries again, does so by itself, and ends well."""
    away = Fault(method="POST", path="/v2.1/servers", status=500, times=4)
    faults.add(local_cloud.name, away)
    try:
        scenario = caller.scenario()
        run = caller.run(scenario)
        shown = caller.ended(run)
    finally:
        faults.clear(local_cloud.name)
    assert (shown["state"], shown["attempt"]) == ("succeeded", 2)
    reasons = [each["reason"] for each in caller.events(run) if each["type"] == "job_state"]
    assert [each for each in reasons if each.startswith("try 1 of 5 failed, the next in ")]
    _check_woven_once_and_destroy(caller, scenario, openstack_project)


def test_a_run_outlives_the_token_that_it_was_asked_for_with(
    service: Served, caller: Caller, slow_cloud: Access, openstack_project: OpenStackProject
) -> None:
    """It acts with rights of its own, which are gone a while after its end."""
    scenario = caller.scenario()
    run = caller.run(scenario)
    caller.wait_for(run, _is_in_the_middle)
    token = caller.client.headers["X-Auth-Token"]
    own = {"X-Auth-Token": token, "X-Subject-Token": token}
    url = f"{slow_cloud.auth_url}/auth/tokens"
    assert httpx2.delete(url, headers=own, timeout=60).status_code == 204
    caller.client.headers["X-Auth-Token"] = token_of(openstack_project.environment)
    assert caller.ended(run)["state"] == "succeeded"
    _check_woven_once_and_destroy(caller, scenario, openstack_project)
    credentials = f"{slow_cloud.auth_url}/users/{openstack_project.user_id}/application_credentials"
    until = time.monotonic() + _SECONDS
    while _listed(credentials, caller):
        assert time.monotonic() < until, "rights were not taken back"
        select.select([], [], [], 0.5)


def _listed(url: str, caller: Caller) -> list[Any]:
    token = caller.client.headers["X-Auth-Token"]
    answer = httpx2.get(url, headers={"X-Auth-Token": token}, timeout=60)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["application_credentials"]
    return found
