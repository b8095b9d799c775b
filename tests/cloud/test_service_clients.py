# SPDX-License-Identifier: Apache-2.0
"""The same scenario by gRPC, by the Python client and by ``--server``, on a real cloud."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from tests.cloud.command_line import COMMAND, EXAMPLES
from tests.cloud.serving import service_at, token_of

from stackloom.client import BlockingClient, Client
from stackloom.client.watching import OtherEvent
from stackloom.errors import NotFound
from stackloom.local.access import Access
from stackloom.service.rpc.v1 import stackloom_pb2 as pb
from stackloom.service.rpc.v1 import stackloom_pb2_grpc as stubs
from stackloom.testing.project import OpenStackProject
from stackloom.wire.event import Event

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
TWO_NETWORKS = EXAMPLES / "two-networks.yaml"
# A simple one and two demanding ones: groups that name each other, a trunk with VLANs.
LIVES = pytest.mark.parametrize("example", ["two-networks", "three-tiers", "trunk"])
_STUBS: Any = stubs  # what is generated has no types


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where a service answers."""

    url: str
    rpc_address: str


@pytest.fixture(scope="module")
def served(local_cloud: Access, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all tests of this file."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    folder = tmp_path_factory.mktemp("service")
    with service_at(local_cloud.auth_url, folder, "--grpc-listen", address) as url:
        yield Served(url=url, rpc_address=address)


@LIVES
def test_a_scenario_lives_by_grpc(
    example: str, served: Served, openstack_project: OpenStackProject
) -> None:
    """Kept, planned, carried out, watched, destroyed and forgotten, with generated stubs."""
    metadata = (("x-auth-token", token_of(openstack_project.environment)),)
    with grpc.insecure_channel(served.rpc_address) as channel:
        scenarios = _STUBS.ScenarioServiceStub(channel)
        plans = _STUBS.PlanServiceStub(channel)
        runs = _STUBS.RunServiceStub(channel)
        lists = _STUBS.ListServiceStub(channel)

        source = pb.ScenarioSource(text=(EXAMPLES / f"{example}.yaml").read_text())
        scenario = scenarios.CreateScenario(
            pb.CreateScenarioRequest(source=source), metadata=metadata
        )
        plan = plans.CreatePlan(pb.CreatePlanRequest(scenario_id=scenario.id), metadata=metadata)
        told = list(plans.WatchPlan(pb.WatchRequest(id=plan.id), metadata=metadata))
        assert told[-1].job_state.state == "ready"
        plan = plans.GetPlan(pb.PlanRef(id=plan.id), metadata=metadata)
        steps = len(plan.steps)
        assert steps >= 9
        assert plan.counts == pb.Counts(create=steps)

        run = runs.CreateRun(pb.CreateRunRequest(plan_id=plan.id), metadata=metadata)
        told = list(runs.WatchRun(pb.WatchRequest(id=run.id), metadata=metadata))
        run = runs.GetRun(pb.RunRef(id=run.id), metadata=metadata)
        assert (run.state, run.progress) == ("succeeded", pb.Progress(done=steps, total=steps))
        assert [each.seq for each in told] == list(range(1, run.last_seq + 1))
        ended = [each.step_ended for each in told if each.type == "step_ended"]
        assert {each.result for each in ended} == {"done"}
        assert len({each.address for each in ended}) == steps

        listed = lists.ListNetworks(pb.ListCloudRequest(anew=True), metadata=metadata)
        resources = scenarios.ListResources(
            pb.ListResourcesRequest(scenario_id=scenario.id), metadata=metadata
        ).resources
        assert {each.condition for each in resources} == {"in_sync"}
        networks = {each.cloud_id for each in resources if each.kind == "network"}
        assert networks <= {each["id"] for each in listed.items}

        last = pb.DeleteScenarioRequest(id=scenario.id, revision=1)
        run = scenarios.DestroyAndDeleteScenario(last, metadata=metadata)
        list(runs.WatchRun(pb.WatchRequest(id=run.id), metadata=metadata))
        with pytest.raises(grpc.RpcError) as caught:
            scenarios.GetScenario(pb.ScenarioRef(id=scenario.id), metadata=metadata)
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert openstack_project.leftovers() == []


@LIVES
def test_a_scenario_lives_by_the_python_client(
    example: str, served: Served, openstack_project: OpenStackProject
) -> None:
    """Watching is given up in the middle, and goes on where it was."""
    token = token_of(openstack_project.environment)

    async def work() -> None:
        async with Client(served.url, token=token) as client:
            text = (EXAMPLES / f"{example}.yaml").read_text()
            scenario = await client.keep_scenario(text)
            plan = await client.until_planned(await client.plan(scenario.id))
            assert plan.counts is not None
            assert plan.counts.create == len(plan.steps) >= 9
            run = await client.apply(plan)
            seen: list[Event | OtherEvent] = []
            async with aclosing(client.events(run.id)) as events:
                async for event in events:
                    seen.append(event)
                    if len(seen) == 5:
                        break
            async with aclosing(client.events(run.id, after=seen[-1].seq)) as events:
                seen += [event async for event in events]
            run = await client.run(run.id)
            assert (run.state, run.progress.done) == ("succeeded", len(plan.steps))
            assert [each.seq for each in seen] == list(range(1, run.last_seq + 1))
            picture = await client.graph(scenario.id, "svg", overlay=f"run:{run.id}")
            assert picture.count(b'data-stage="done"') >= 5
            resources = await client.resources(scenario.id)
            assert {each.condition for each in resources} == {"in_sync"}
            networks = {each.cloud_id for each in resources if each.kind == "network"}
            assert networks <= {each["id"] for each in await client.networks()}

            checked = await client.until_ended((await client.check(example)).id)
            assert checked.state == "succeeded"
            gone = await client.delete_scenario(await client.scenario(scenario.id), destroy=True)
            assert gone is not None
            assert (await client.until_ended(gone.id)).state == "succeeded"
            with pytest.raises(NotFound):
                await client.scenario(scenario.id)

    asyncio.run(work())
    assert openstack_project.leftovers() == []


def test_a_network_by_the_blocking_client(
    served: Served, openstack_project: OpenStackProject
) -> None:
    """The same without an event loop."""
    with BlockingClient(served.url, token=token_of(openstack_project.environment)) as client:
        scenario = client.create_scenario("scenario: plain\nnetworks: {grey: {}}\n", tags=["t"])
        run = client.until_ended(client.apply(scenario.id).id)
        assert (run.state, run.progress.done) == ("succeeded", 1)
        assert [each.name for each in client.scenarios(tags=["t"])] == ["plain"]
        assert [each.address for each in client.resources(scenario.id)] == ["network.grey"]
        assert client.until_ended(client.destroy("plain").id).state == "succeeded"
        assert client.resources(scenario.id) == []
        client.delete_scenario(client.scenario("plain"))


# --- the command line -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at a terminal, with the variables of a project."""

    environment: Mapping[str, str]
    folder: Path

    def runs(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [COMMAND, *words],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )

    def same(self, url: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command here and by the service; it says the same and ends the same."""
        here, there = self.runs(*words), self.runs(*words, "--server", url)
        assert _told(there) == _told(here)
        return there

    def begins(self, *words: str) -> subprocess.Popen[str]:
        """Start one command."""
        return subprocess.Popen(
            [COMMAND, *words],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def _told(result: subprocess.CompletedProcess[str]) -> tuple[int, str, list[str]]:
    """Return what is the same each time: no seconds, no requests, no order of what goes at once."""
    words = re.sub(r"\d+\.\d s", "N s", result.stderr)
    words = re.sub(r" with \d+ requests", "", words)
    words = re.sub(r"req-[0-9a-f-]+", "req-ID", words)
    return result.returncode, result.stdout, sorted(words.splitlines())


@pytest.fixture
def person(openstack_project: OpenStackProject, tmp_path: Path) -> Person:
    """A member of a project of this test, in a folder of their own."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("OS_")}
    return Person(environment={**own, **openstack_project.environment}, folder=tmp_path)


def test_two_networks_by_the_command_line(served: Served, person: Person) -> None:
    """Plan, apply, apply again, destroy, destroy again: the same lines and codes as without."""
    file = str(TWO_NETWORKS)
    assert person.same(served.url, "plan", file, "--detailed-exitcode").returncode == 2
    person.same(served.url, "plan", file, "-f", "json")
    by_service = person.runs("apply", file, "--yes", "--server", served.url)
    assert by_service.returncode == 0, by_service.stderr
    assert person.runs("plan", file, "--detailed-exitcode").returncode == 0
    person.same(served.url, "apply", file, "--yes")  # nothing to do
    here = person.runs("destroy", file, "--yes")
    assert here.returncode == 0, here.stderr
    again = person.runs("apply", file, "--yes")
    assert _told(again) == _told(by_service)
    there = person.runs("destroy", "--scenario", "two-networks", "--yes", "--server", served.url)
    assert _told(there) == _told(here)
    person.same(served.url, "destroy", file, "--yes")  # nothing left


SEVERAL = """
scenario: several
include: [more.yaml]
variables:
  size: {type: integer}
  password: {type: string, secret: true}
networks: {blue: {mtu: "${var.size}", description: "${file('words.txt')}"}}
outputs:
  blue: ${network.blue.name}
  secret: {value: "${var.password}", secret: true}
  made: {value: "${network.blue.id}", secret: true}
"""


def test_everything_that_a_file_names_goes_along(served: Served, person: Person) -> None:
    """Included files, texts of files, values of variables; secrets apart from them, never shown."""
    (person.folder / "several.yaml").write_text(SEVERAL)
    (person.folder / "more.yaml").write_text(
        "subnets: {blue: {network: blue, cidr: 10.9.0.0/24}}\n"
    )
    (person.folder / "words.txt").write_text("its own words")
    given = ("several.yaml", "--var", "size=1400", "--var", "password=hunter2")
    there = person.runs("apply", *given, "--yes", "--server", served.url)
    assert (there.returncode, there.stdout) == (
        0,
        "blue = blue\nsecret = ***\nmade = ***\n",
    ), there.stderr
    assert "hunter2" not in there.stdout + there.stderr
    with BlockingClient(served.url, token=token_of(person.environment)) as client:
        outputs = client.outputs(client.scenario("several").id)
        assert {each.name: each.value for each in outputs} == {
            "blue": "blue",
            "made": "***",
            "secret": "***",
        }
    here = person.runs("plan", *given, "--detailed-exitcode")
    assert here.returncode == 0, here.stdout
    person.same(served.url, "plan", *given[:-1], "password=x", "--detailed-exitcode")
    assert person.runs("destroy", *given, "--yes", "--server", served.url).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "scenario: bad\nnetworks: {a: {mtuu: 1}}\n",
        "scenario: bad\nservers: {a: {image: no-such, flavor: m1.tiny, networks: []}}\n",
        "scenario: bad\ninclude: [no-such.yaml]\n",
    ],
)
def test_what_is_wrong_is_told_the_same(served: Served, person: Person, text: str) -> None:
    """With file, line and column, be it found here, in the service, or in the cloud."""
    (person.folder / "bad.yaml").write_text(text)
    assert person.same(served.url, "plan", "bad.yaml").returncode == 2


def test_a_step_that_fails_is_told_the_same(served: Served, person: Person) -> None:
    """The cloud's words, what waits for it, and the code 5."""
    (person.folder / "failing.yaml").write_text(
        "scenario: failing\nnetworks: {a: {}}\n"
        "subnets: {a: {network: a, cidr: 10.8.0.0/24, allocation_pools:\n"
        "  [{start: 10.8.0.10, end: 10.8.0.20}]}}\n"
        "ports: {p: {network: a, mac_address: 'ff:ff:ff:ff:ff:ff'}}\n"
    )
    there = person.runs("apply", "failing.yaml", "--yes", "--server", served.url)
    person.runs("destroy", "failing.yaml", "--yes")
    here = person.runs("apply", "failing.yaml", "--yes")
    person.runs("destroy", "failing.yaml", "--yes")
    assert here.returncode == 5, here.stderr
    assert _told(there) == _told(here)


def test_ctrl_c_cancels_and_waits(served: Served, person: Person) -> None:
    """What is under way ends, nothing more is begun, and the service knows it as cancelled."""
    process = person.begins("apply", str(TWO_NETWORKS), "--yes", "--json", "--server", served.url)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "step_started":
            break
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=300)
    assert process.returncode == 130, words
    assert "stopping: waiting for what is under way" in words
    with BlockingClient(served.url, token=token_of(person.environment)) as client:
        (run,) = client.runs(scenario=client.scenario("two-networks").id)
        assert run.state == "cancelled"
        # What is told of a run that has ended is told again to whoever watches it later.
        watched = person.runs("watch", str(run.id), "--server", served.url)
        assert (watched.returncode, watched.stdout) == (130, "")
    assert person.runs("destroy", str(TWO_NETWORKS), "--yes").returncode == 0


# --- the guide ------------------------------------------------------------------------------------

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "service-clients.md"


def test_the_guide_does_what_it_says(served: Served, person: Person) -> None:
    """Its programs and commands, in their order; what is indented is not for this machine."""
    blocks = re.findall(r"^```(python|sh)\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    assert [language for language, _ in blocks] == ["sh", "python", "python", "sh", "python"]
    (person.folder / "lab.yaml").write_text("scenario: lab\nnetworks: {blue: {}}\n")
    variables = {
        **person.environment,
        "PATH": f"{Path(COMMAND).parent}:{person.environment['PATH']}",
        "TOKEN": token_of(person.environment),
        "SERVICE": served.url,
        "SERVICE_RPC": served.rpc_address,
    }
    for language, text in blocks[1:]:
        words = ("python", "-c", text) if language == "python" else ("bash", "-euc", text)
        result = subprocess.run(
            words,
            env=variables,
            cwd=person.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert result.returncode == 0, text + result.stdout + result.stderr
