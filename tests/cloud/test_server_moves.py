# SPDX-License-Identifier: Apache-2.0
"""What moves a server, or an address to it, on the one host of the local cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@pytest.fixture
def server(local_cloud: Access) -> Iterator[str]:
    """A server of the administrator's, by name."""
    words = "--image cirros --flavor m1.nano --no-network --wait"
    done(local_cloud, "server", "create", "mv-one", *words.split(), user="admin")
    yield "mv-one"
    done(local_cloud, "server", "delete", "mv-one", "--wait", user="admin")


def test_a_server_is_migrated_and_the_move_kept_or_not(
    local_cloud: Access, admin: Connection, server: str
) -> None:
    """A cold migration ends on a host that takes it, here the same; then a person decides."""
    theirs = admin.compute.find_server(server, ignore_missing=False)
    for words, status in (
        ("migrate", "VERIFY_RESIZE"),
        ("migrate revert", "ACTIVE"),
        ("migrate", "VERIFY_RESIZE"),
        ("migrate confirm", "ACTIVE"),
    ):
        done(local_cloud, "server", *words.split(), server, "--wait", user="admin")
        assert admin.compute.get_server(theirs.id).status == status, words


def test_a_live_migration_without_another_host_is_told(local_cloud: Access, server: str) -> None:
    """Nova accepts it and gives up; the server is ACTIVE all the while."""
    words = ("migrate", server, "--live-migration", "--wait")
    result = stackloom(local_cloud, "server", *words, user="admin")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(
        f"waiting for server {server}\n"
        f'error: server {server}: live-migration of server "{server}" failed: '
        "No valid host was found. There are not enough hosts available.\n"
        "hint: stackloom server event show "
    )


def test_a_server_on_a_host_that_is_up_is_not_evacuated(local_cloud: Access, server: str) -> None:
    """Nova says so before anything is done."""
    result = stackloom(local_cloud, "server", "evacuate", server, "--wait", user="admin")
    assert (result.returncode, result.stdout) == (1, "")
    assert "with: Compute service of local is still in use. (HTTP 400, req-" in result.stderr


@pytest.fixture
def reachable(local_cloud: Access) -> Iterator[str]:
    """A server on a network with a router to the outside; yields its fixed address."""

    def run(line: str) -> str:
        return done(local_cloud, *line.split())

    run("network create mv-net")
    run("subnet create mv-subnet --network mv-net --subnet-range 10.87.0.0/24")
    run("router create mv-router --external-gateway public")
    run("router add subnet mv-router mv-subnet")
    address = "10.87.0.40"
    nic = f"net-id=mv-net,v4-fixed-ip={address}"
    run(f"server create mv-two --image cirros --flavor m1.nano --nic {nic} --wait")
    yield address
    run("server delete mv-two --wait")
    run("router remove subnet mv-router mv-subnet")
    run("router delete mv-router")
    run("network delete mv-net")


def test_a_floating_ip_is_led_to_a_server_and_away(
    local_cloud: Access, demo: Connection, reachable: str
) -> None:
    """By its address; to the only fixed address, or to the one that is named."""
    made: Any = json.loads(done(local_cloud, "floating", "ip", "create", "public", "-f", "json"))
    address = made["floating_ip_address"]
    try:
        for more in ((), ("--fixed-ip-address", reachable)):
            done(local_cloud, "server", "add", "floating", "ip", "mv-two", address, *more)
            assert demo.network.get_ip(made["id"]).fixed_ip_address == reachable
            done(local_cloud, "server", "remove", "floating", "ip", "mv-two", address)
            assert demo.network.get_ip(made["id"]).fixed_ip_address is None
        refused = stackloom(local_cloud, "server", "add", "floating", "ip", "mv-two", "1.2.3.4")
        assert (refused.returncode, refused.stderr) == (
            2,
            (
                "error: there is no floating IP 1.2.3.4 in this project\n"
                "hint: stackloom floating ip list shows what is\n"
            ),
        )
    finally:
        done(local_cloud, "floating", "ip", "delete", made["id"])
