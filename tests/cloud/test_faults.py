# SPDX-License-Identifier: Apache-2.0
"""A local cloud that misbehaves on demand: seen by a bare HTTP client, and by whole ones."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from openstack import exceptions
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local import faults, lifecycle, status
from stackloom.local.access import Access
from stackloom.local.faults import Fault
from stackloom.local.latency import Latency

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_NETWORKS = "/v2.0/networks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a bare client got."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Bare:
    """A client that does nothing by itself: a connection to Neutron, and a token."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._headers = {"X-Auth-Token": token, "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """Send one request, on a new connection where the last was closed."""
        content = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, content, self._headers)
            response = self._connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(status=response.status, headers=headers, body=response.read())
        except (http.client.HTTPException, OSError):
            self.close()
            raise

    def statuses(self, count: int, path: str = _NETWORKS) -> list[int]:
        """Send so many and return their statuses."""
        return [self.ask("GET", path).status for _ in range(count)]

    def create(self, name: str) -> Answer:
        """Create a network."""
        return self.ask("POST", _NETWORKS, {"network": {"name": name}})

    def names(self) -> list[str]:
        """List the networks that are not external."""
        listed = json.loads(self.ask("GET", f"{_NETWORKS}?router:external=False").body)
        return sorted(each["name"] for each in listed["networks"])

    def remove(self, name: str) -> None:
        """Delete the networks of that name."""
        listed = json.loads(self.ask("GET", f"{_NETWORKS}?name={name}&fields=id").body)
        for each in listed["networks"]:
            assert self.ask("DELETE", f"{_NETWORKS}/{each['id']}").status == 204

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def _url(access: Access, service: str) -> str:
    rows = status.status(access.name).services
    return next(row.url for row in rows if row.service == service)


@pytest.fixture
def faulty(local_cloud: Access) -> Iterator[str]:
    """Return the name of a cloud whose faults are cleared afterwards."""
    yield local_cloud.name
    faults.clear(local_cloud.name)
    asyncio.run(lifecycle.up(name=local_cloud.name, latency=Latency(seconds=0.0)))


@pytest.fixture
def bare(faulty: str, local_cloud: Access, demo: Connection) -> Iterator[Bare]:
    """Return a bare client, logged in before anything is wrong."""
    client = Bare(_url(local_cloud, "neutron"), str(demo.auth_token))
    yield client
    faults.clear(faulty)
    client.remove("duplicate")
    client.close()


def test_an_error_so_many_times_and_then_no_more(faulty: str, bare: Bare) -> None:
    """In Neutron's words, with ``Retry-After``, on a connection that stays open."""
    faults.add(faulty, Fault(service="network", status=503, times=2, retry_after_seconds=1))
    first = bare.ask("GET", _NETWORKS)
    assert (first.status, first.headers["retry-after"]) == (503, "1")
    assert (first.headers["x-stackloom-fault"], "connection" in first.headers) == ("f1", False)
    assert "NeutronError" in json.loads(first.body)
    assert bare.statuses(2) == [503, 200]
    (counted,) = faults.list(faulty)
    assert (counted.matched, counted.hits, counted.fault.service) == (3, 2, "neutron")


def test_a_request_with_a_body_is_refused_and_the_connection_goes_on(
    faulty: str, bare: Bare
) -> None:
    """Method and path choose; nothing is created."""
    faults.add(faulty, Fault(method="post", path=f"{_NETWORKS}*", status=500))
    assert bare.create("duplicate").status == 500
    assert bare.names() == []


def test_the_page_of_a_proxy(faulty: str, bare: Bare) -> None:
    """HTML where JSON was expected."""
    faults.add(faulty, Fault(service="neutron", status=502, is_html=True))
    answer = bare.ask("GET", _NETWORKS)
    assert (answer.status, answer.headers["content-type"]) == (502, "text/html")
    assert answer.body.startswith(b"<html><body><h1>502 Bad Gateway</h1>")


def test_a_request_that_is_dropped_does_nothing(faulty: str, bare: Bare) -> None:
    """The connection is closed, and there is no answer."""
    faults.add(faulty, Fault(method="POST", drop="request", times=1))
    with pytest.raises(http.client.RemoteDisconnected):
        bare.create("duplicate")
    assert bare.names() == []


def test_an_answer_that_is_dropped_leaves_what_was_done(faulty: str, bare: Bare) -> None:
    """A client that simply tries again makes it twice."""
    faults.add(faulty, Fault(method="POST", drop="answer", times=1))
    with pytest.raises(http.client.RemoteDisconnected):
        bare.create("duplicate")
    assert bare.names() == ["duplicate"]
    assert bare.create("duplicate").status == 201
    assert bare.names() == ["duplicate", "duplicate"]


def test_a_body_is_cut_in_half(faulty: str, bare: Bare) -> None:
    """Its length is told as if it were whole."""
    whole = bare.ask("GET", _NETWORKS).body
    faults.add(faulty, Fault(truncates=True, times=1))
    with pytest.raises(http.client.IncompleteRead) as caught:
        bare.ask("GET", _NETWORKS)
    assert caught.value.partial == whole[: len(whole) // 2]
    assert bare.ask("GET", _NETWORKS).body == whole


def test_what_was_created_is_not_found_until_its_time_has_come(faulty: str, bare: Bare) -> None:
    """Neither by its id nor in a list; as behind a database that lags."""
    faults.add(faulty, Fault(path=f"{_NETWORKS}*", unseen_seconds=600.0))
    created = json.loads(bare.create("duplicate").body)["network"]
    answer = bare.ask("GET", f"{_NETWORKS}/{created['id']}")
    assert (answer.status, answer.headers["x-stackloom-fault"]) == (404, "f1")
    assert bare.names() == []
    assert faults.list(faulty)[0].hits == 2
    faults.clear(faulty)
    assert bare.ask("GET", f"{_NETWORKS}/{created['id']}").status == 200
    assert bare.names() == ["duplicate"]


def test_a_rate_is_kept(faulty: str, bare: Bare) -> None:
    """Three are free, then one in a hundred seconds."""
    faults.add(faulty, Fault(rate_per_second=0.01, rate_burst=3))
    assert bare.statuses(5) == [200, 200, 200, 429, 429]
    assert 0 < int(bare.ask("GET", _NETWORKS).headers["retry-after"]) <= 100


def test_the_same_seed_fails_the_same_requests(faulty: str, bare: Bare) -> None:
    """So that a run can be repeated."""
    rounds = []
    for _ in range(2):
        faults.add(faulty, Fault(status=503, chance=0.5, seed=11))
        rounds.append(bare.statuses(12))
        faults.clear(faulty)
    assert rounds[0] == rounds[1]
    assert set(rounds[0]) == {200, 503}


def test_waiting_takes_no_worker(faulty: str, local_cloud: Access, bare: Bare) -> None:
    """While forty requests wait, more than there are workers, others pass them."""
    address = urlsplit(_url(local_cloud, "neutron"))
    faults.add(faulty, Fault(path="/v2.0/routers", delay_seconds=600.0))
    with ExitStack() as stack:
        for _ in range(40):
            waiting = socket.create_connection((str(address.hostname), int(address.port or 0)))
            stack.enter_context(waiting)
            waiting.sendall(b"GET /v2.0/routers HTTP/1.1\r\nHost: x\r\n\r\n")
        deadline = time.monotonic() + 60
        while faults.list(faulty)[0].hits < 40:
            assert time.monotonic() < deadline, "they were not all taken up"
        assert bare.statuses(2) == [200, 200]


def test_clearing_lets_go_of_what_waits(faulty: str, local_cloud: Access, bare: Bare) -> None:
    """At once, and the request is handled as if nothing had been."""
    address = urlsplit(_url(local_cloud, "neutron"))
    faults.add(faulty, Fault(path="/", delay_seconds=600.0, status=503))
    with socket.create_connection((str(address.hostname), int(address.port or 0)), 30) as waiting:
        waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        deadline = time.monotonic() + 60
        while faults.list(faulty)[0].hits < 1:
            assert time.monotonic() < deadline, "it was not taken up"
        faults.clear(faulty)
        with waiting.makefile("rb") as answer:
            assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
    del bare


def test_the_services_own_requests_are_spared(faulty: str, demo: Connection) -> None:
    """A server boots though Neutron, Placement and Glance refuse everybody else."""
    for service in ("network", "placement", "image"):
        faults.add(faulty, Fault(service=service, status=503))
    with pytest.raises(exceptions.HttpException, match="503"):
        list(demo.network.networks())
    flavor = next(demo.compute.flavors())
    faults.clear(faulty, "f3")
    image = demo.image.find_image("cirros", ignore_missing=False)
    server = demo.compute.create_server(
        name="inside", image_id=image.id, flavor_id=flavor.id, networks="none"
    )
    assert demo.compute.wait_for_server(server, wait=60, interval=0.2).status == "ACTIVE"
    demo.compute.delete_server(server)
    demo.compute.wait_for_delete(server, wait=60, interval=0.2)


def test_they_can_be_included(faulty: str, demo: Connection) -> None:
    """Then Nova cannot look at the network that a server is to be in."""
    image = demo.image.find_image("cirros", ignore_missing=False)
    network = demo.network.find_network("public", ignore_missing=False)
    flavor = next(demo.compute.flavors())
    faults.add(faulty, Fault(service="network", status=503, includes_internal=True))
    with pytest.raises(exceptions.HttpException):
        demo.compute.create_server(
            name="x", image_id=image.id, flavor_id=flavor.id, networks=[{"uuid": network.id}]
        )
    assert faults.list(faulty)[0].hits > 0


def test_a_token_that_is_refused_once_is_renewed(faulty: str, demo: Connection) -> None:
    """openstacksdk logs in anew and asks again; the person notices nothing."""
    faults.add(faulty, Fault(service="network", status=401, times=1))
    assert "public" in {each.name for each in demo.network.networks()}
    assert faults.list(faulty)[0].hits == 1


def test_stackloom_survives_what_a_cloud_does(faulty: str, local_cloud: Access) -> None:
    """A token refused, a 503 that says when to come back, a GET without an answer or with half."""
    faults.add(faulty, Fault(service="network", status=401, times=1))
    faults.add(faulty, Fault(service="network", status=503, times=1, retry_after_seconds=0))
    faults.add(faulty, Fault(service="network", method="GET", drop="answer", times=1))
    faults.add(faulty, Fault(service="network", method="GET", truncates=True, times=1))
    listed = json.loads(done(local_cloud, "network", "list", "-f", "json"))
    assert "public" in {each["Name"] for each in listed}
    assert [each.hits for each in faults.list(faulty)] == [1, 1, 1, 1]


def test_stackloom_makes_nothing_twice(faulty: str, local_cloud: Access, bare: Bare) -> None:
    """Where the answer to a create is lost, it looks for what it has made."""
    scenario = "examples/two-networks.yaml"
    fault = Fault(service="network", method="POST", path=f"{_NETWORKS}*", drop="answer", times=1)
    faults.add(faulty, fault)
    done(local_cloud, "apply", scenario, "--yes")
    assert faults.list(faulty)[0].hits == 1
    assert bare.names() == ["blue", "green"]
    done(local_cloud, "destroy", scenario, "--yes")
    assert bare.names() == []


def test_faults_outlive_a_restart_of_the_service(faulty: str, bare: Bare) -> None:
    """And so does how often they have hit."""
    faults.add(faulty, Fault(service="network", status=503, times=3))
    assert bare.statuses(1) == [503]
    bare.close()
    row = next(row for row in status.status(faulty).services if row.service == "neutron")
    os.kill(row.pid, signal.SIGKILL)
    assert bare.statuses(3) == [503, 503, 200]


def test_a_far_away_cloud(faulty: str, bare: Bare, local_cloud: Access) -> None:
    """``up --latency`` lets a cloud that is up wait; it is listed, and stays when faults go."""
    done(local_cloud, "local", "up", "--name", faulty, "--latency", "50ms", "--jitter", "5ms")
    assert bare.statuses(2) == [200, 200]
    faults.clear(faulty)
    (latency,) = faults.list(faulty)
    assert (latency.id, latency.hits, latency.fault.delay_seconds) == ("latency", 2, 0.05)
    done(local_cloud, "local", "up", "--name", faulty, "--latency", "0")
    assert faults.list(faulty) == ()


def test_the_command_line_does_the_same(faulty: str, bare: Bare, local_cloud: Access) -> None:
    """It prints the id, lists what is set, and takes it away."""
    words = (
        "local fault add --service network --method POST --path /v2.0/ports* --times 3"
        " --status 503 --retry-after 1 --name"
    )
    assert done(local_cloud, *words.split(), faulty) == "f1\n"
    assert bare.ask("POST", "/v2.0/ports", {"port": {}}).status == 503
    listed = json.loads(done(local_cloud, "local", "fault", "list", "--name", faulty, "-f", "json"))
    assert listed == [
        {
            "ID": "f1", "Service": "neutron", "Method": "POST", "Path": "/v2.0/ports*",
            "What": "503, Retry-After 1", "When": "3 times", "Matched": 1, "Hits": 1,
        }
    ]  # fmt: skip
    wrong = stackloom(local_cloud, "local", "fault", "add", "--service", "x", "--name", faulty)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    done(local_cloud, "local", "fault", "clear", "f1", "--name", faulty)
    assert faults.list(faulty) == ()
