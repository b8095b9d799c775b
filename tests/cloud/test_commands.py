# SPDX-License-Identifier: Apache-2.0
"""Single commands and the demo, on real services."""

from __future__ import annotations

import json

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


def test_a_token_tells_its_scope_and_roles(local_cloud: Access) -> None:
    """The system-scoped token of the documented request is the admin's, for the whole system."""
    told = json.loads(done(local_cloud, "token", "issue", "-f", "json", user="admin-system"))
    assert (told["scope"], told["project_id"]) == ("system", "")
    assert "admin" in told["roles"]
    assert "id" not in json.loads(done(local_cloud, "token", "issue", "--hide", "-f", "json"))


def test_networks_are_listed_as_openstacksdk_sees_them(
    local_cloud: Access, demo: Connection
) -> None:
    """Ids and names agree."""
    listed = json.loads(done(local_cloud, "network", "list", "-f", "json"))
    assert {(each["ID"], each["Name"]) for each in listed} == {
        (network.id, network.name) for network in demo.network.networks()
    }


def test_an_empty_list_under_a_system_token_is_explained(local_cloud: Access) -> None:
    """Neutron answers an empty list; a person must not take it for the truth."""
    result = stackloom(local_cloud, "network", "list", "-f", "value", user="admin-system")
    assert result.stdout == ""
    assert result.stderr == (
        "note: this token is for system and owns no project, so the empty list says nothing; "
        "name a project: --os-project-name\n"
    )


def test_a_server_is_created_shown_and_deleted(local_cloud: Access, demo: Connection) -> None:
    """``--wait`` returns when it is ACTIVE; a wrong name does not keep the others from going."""
    network = demo.network.create_network(name="home")
    demo.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.9.0.0/24")
    try:
        words = ("--image", "cirros", "--flavor", "m1.nano", "--network", "home", "--wait")
        made = json.loads(done(local_cloud, "server", "create", "one", *words, "-f", "json"))
        assert (made["name"], made["status"]) == ("one", "ACTIVE")
        assert (
            done(local_cloud, "server", "show", "one", "-f", "value", "-c", "id").strip()
            == (made["id"])
        )
        result = stackloom(local_cloud, "server", "delete", "nosuch", "one", "--wait")
        assert result.returncode == 1
        assert result.stderr.startswith('error: server nosuch: server "nosuch" is not there')
        assert list(demo.compute.servers()) == []
    finally:
        demo.network.delete_network(network)


def test_a_wrong_password_is_told_without_showing_it(local_cloud: Access) -> None:
    """Exit code 3, the user, the request id; never the password."""
    result = stackloom(local_cloud, "network", "list", "--os-password", "not-the-one")
    assert result.returncode == 3
    assert result.stderr.startswith(
        'error: Keystone did not accept user "demo" for project demo (OS_* variables) (HTTP 401, '
    )
    assert "not-the-one" not in result.stdout + result.stderr


def test_the_demo_does_the_main_job_and_takes_it_away(
    local_cloud: Access, demo: Connection
) -> None:
    """Afterwards blue and green are there; after ``--destroy`` the lists are what they were."""
    before = {network.id for network in demo.network.networks()}
    shown = done(local_cloud, "demo", "--name", local_cloud.name)
    assert '"system": {\n        "all": true' in shown
    for secret in local_cloud.passwords.values():
        assert secret.reveal() not in shown
    assert {"blue", "green", "home"} <= {network.name for network in demo.network.networks()}
    assert {s.name: s.status for s in demo.compute.servers()} == {
        "alice": "ACTIVE",
        "bob": "ACTIVE",
        "first": "ACTIVE",
    }
    again = stackloom(local_cloud, "demo", "--name", local_cloud.name)
    assert again.returncode == 0
    assert again.stderr.count("nothing to do") == 3
    done(local_cloud, "demo", "--name", local_cloud.name, "--destroy")
    assert {network.id for network in demo.network.networks()} == before
    assert list(demo.compute.servers()) == []
