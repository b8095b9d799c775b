# SPDX-License-Identifier: Apache-2.0
"""What ``stackloom local`` tells of a cloud that is up, and what it starts it with."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import COMMAND, done, stackloom, variables
from tests.cloud.connecting import AS_IT_COMES, connect

from stackloom.local import access, faults, lifecycle, ports
from stackloom.local.access import Access
from stackloom.local.faults import Fault

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@pytest.fixture
def name(local_cloud: Access) -> Iterator[str]:
    """Return the name of a second cloud, taken away afterwards."""
    own = f"{local_cloud.name}-other"
    yield own
    asyncio.run(lifecycle.purge(name=own))


def test_status_tells_programs_everything(local_cloud: Access) -> None:
    """Each service with all that is known of it, and what happened."""
    told = json.loads(
        done(local_cloud, "local", "status", "--name", local_cloud.name, "-f", "json")
    )
    assert (told["name"], told["state"], told["url"]) == (
        local_cloud.name,
        "up",
        local_cloud.auth_url,
    )
    assert {"keystone", "neutron", "nova"} <= {each["service"] for each in told["services"]}
    for each in told["services"]:
        assert set(each) == {
            "service", "service_type", "version", "state", "url", "port", "pid", "memory_mib",
            "uptime_seconds", "restarts", "last_error",
        }  # fmt: skip
        assert each["url"].startswith(f"http://127.0.0.1:{each['port']}")
        assert each["version"][0].isdigit()
    assert {"program": "supervisor", "what": "up"}.items() <= told["happenings"][0].items()


def test_the_cloud_is_in_the_list(local_cloud: Access) -> None:
    """With its state and where it is."""
    listed = json.loads(done(local_cloud, "local", "list", "-f", "json"))
    (row,) = [each for each in listed if each["Name"] == local_cloud.name]
    assert (row["State"], row["URL"]) == ("up", local_cloud.auth_url)
    assert row["Memory (MiB)"] > 100


@pytest.mark.parametrize("word", ["neutron", "network"])
def test_urls_are_printed(local_cloud: Access, demo: Connection, word: str) -> None:
    """Keystone's, or a service's by name or type, as the catalog has it."""
    named = ("--name", local_cloud.name)
    assert done(local_cloud, "local", "url", *named) == f"{local_cloud.auth_url}\n"
    assert done(local_cloud, "local", "url", word, *named).strip() == str(
        demo.endpoint_for("network")
    )


def test_without_horizon_there_is_no_page_to_open(local_cloud: Access) -> None:
    """And that is what it says."""
    result = stackloom(local_cloud, "local", "open", "--name", local_cloud.name)
    assert (result.returncode, result.stdout) == (2, "")
    assert "has no web page: Horizon is not in it" in result.stderr


def test_a_request_is_followed_through_all_services(local_cloud: Access, demo: Connection) -> None:
    """Nova's own lines, and those of the services that it asked, in order of time."""
    image = demo.image.find_image("cirros", ignore_missing=False)
    flavor = next(demo.compute.flavors())
    answer = demo.compute.post(
        "/servers",
        json={"server": {"name": "followed", "flavorRef": flavor.id, "imageRef": image.id}},
    )
    server = answer.json()["server"]["id"]
    demo.compute.wait_for_server(demo.compute.get_server(server), wait=60, interval=0.2)
    demo.compute.delete_server(server)
    id = answer.headers["X-Openstack-Request-Id"]
    words = ("local", "logs", "--name", local_cloud.name, "--request-id", id)
    lines = done(local_cloud, *words).splitlines()
    assert {"nova", "glance", "placement"} <= {line.split()[0] for line in lines}
    assert [line.split()[1:3] for line in lines] == sorted(line.split()[1:3] for line in lines)
    assert any('"POST /v2.1/servers" status: 202' in line for line in lines)
    only = done(local_cloud, *words, "glance").splitlines()
    assert only == [line for line in lines if line.startswith("glance")]
    unknown = stackloom(local_cloud, *words[:-1], "req-none")
    assert (unknown.returncode, unknown.stdout) == (1, "")


def test_logs_are_followed(local_cloud: Access, demo: Connection) -> None:
    """What a service writes comes as it is written."""
    words = ("local", "logs", "neutron", "-f", "--lines", "1", "--name", local_cloud.name)
    with subprocess.Popen(
        [COMMAND, *words], env=variables(local_cloud), stdout=subprocess.PIPE, text=True
    ) as following:
        assert following.stdout is not None
        following.stdout.readline()
        demo.network.get("/v2.0/networks?name=followed")
        assert any("name=followed" in line for line in following.stdout)
        following.kill()


def test_ports_quotas_and_a_second_up_at_once(name: str, local_cloud: Access) -> None:
    """One of the two waits and finds it up; ports are those asked for, quotas OpenStack's own."""
    free = ports.claim((0,), preferred=0, taken=())[0]
    first = free.getsockname()[1] + 10_000
    free.close()
    words = ("local", "up", "--name", name, "--port-base", str(first), "--latency", "1ms")
    commands = [
        subprocess.Popen(
            [COMMAND, *words, "--quotas", "openstack"],
            env=variables(local_cloud),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [command.communicate()[1] for command in commands]
    assert [command.returncode for command in commands] == [0, 0], told
    assert sum("is up already" in each for each in told) == 1
    assert all(f'eval "$(stackloom local env --name {name})"' in each for each in told)
    found = access.access(name)
    assert found is not None
    assert found.auth_url == f"http://127.0.0.1:{first}/v3"
    with connect(found) as connection:
        compute, volumes = (
            service.get("/limits").json()["limits"]["absolute"]
            for service in (connection.compute, connection.block_storage)
        )
        assert (compute["maxTotalInstances"], compute["maxTotalCores"]) == (10, 20)
        assert volumes["maxTotalVolumes"] == 10
        project = str(connection.current_project_id)
        assert connection.network.get_quota(project).networks == 100
    faults.add(name, Fault(status=503))
    asyncio.run(lifecycle.reset(name=name))
    assert [each.id for each in faults.list(name)] == ["latency"]
    taken = stackloom(local_cloud, "local", "up", "--name", f"{name}-2", "--port-base", str(first))
    assert taken.returncode == 6
    assert f"port {first}, which is keystone's" in taken.stderr
    asyncio.run(lifecycle.purge(name=f"{name}-2"))
    done(local_cloud, "local", "purge", "--yes", "--name", name)
    gone = stackloom(local_cloud, "local", "status", "--name", name)
    assert (gone.returncode, "is absent" in gone.stderr) == (1, True)
