# SPDX-License-Identifier: Apache-2.0
"""A project of a test's own, as its user sees it in every form it is handed out in."""

from __future__ import annotations

import asyncio
import json
import os
import re
import stat
import subprocess

import openstack
import pytest
from openstack.connection import Connection
from tests.cloud.command_line import COMMAND
from tests.cloud.connecting import AS_IT_COMES, connect, identity

from stackloom.cloud.cloud import Cloud
from stackloom.local.access import Access
from stackloom.testing.cloud import OpenStackCloud
from stackloom.testing.project import OpenStackProject, project_of_a_test

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_IDS = re.compile(r" \([^)]+\)")


def _sdk(project: OpenStackProject) -> Connection:
    """Connect openstacksdk as its documentation says, by the entry of a ``clouds.yaml``."""
    config = openstack.config.OpenStackConfig(config_files=[str(project.clouds_yaml)])
    return Connection(config=config.get_one(project.cloud_name))


async def _who(cloud: Cloud) -> tuple[str, list[str]]:
    token = await cloud.token()
    return token.project_id, [role for role in token.roles if role != "reader"]


def test_every_form_is_the_same_login(openstack_project: OpenStackProject) -> None:
    """``clouds.yaml``, variables, and stackloom's client with and without an event loop."""
    expected = (openstack_project.id, ["member"])

    async def connected() -> tuple[str, list[str]]:
        async with openstack_project.connect() as cloud:
            return await _who(cloud)

    assert openstack_project.run(_who) == expected
    assert asyncio.run(connected()) == expected
    with _sdk(openstack_project) as connection:
        assert connection.current_project_id == openstack_project.id
        assert connection.current_user_id == openstack_project.user_id
    with openstack.connect(**openstack_project.openstacksdk()) as connection:
        assert connection.current_project_id == openstack_project.id
    for options in ([], ["--os-cloud", openstack_project.cloud_name]):
        told = subprocess.run(
            [COMMAND, "token", "issue", "-f", "json", *options],
            env=openstack_project.variables(),
            capture_output=True,
            check=True,
        )
        assert json.loads(told.stdout)["project_id"] == openstack_project.id


def test_its_file_is_closed_to_others(openstack_project: OpenStackProject) -> None:
    """It holds a password."""
    assert stat.S_IMODE(openstack_project.clouds_yaml.stat().st_mode) == 0o600


def test_variables_of_another_cloud_are_left_out(
    openstack_cloud: OpenStackCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person's own ``OS_CLOUD`` must not lead a test elsewhere."""
    monkeypatch.setenv("OS_CLOUD", "production")
    variables = openstack_cloud.variables()
    assert "OS_CLOUD" not in variables
    assert variables["OS_AUTH_URL"] == openstack_cloud.auth_url
    assert variables["PATH"] == os.environ["PATH"]


def test_what_is_left_is_named_and_removed_with_the_project(
    openstack_cloud: OpenStackCloud, local_cloud: Access, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A router that holds a network, a server, and what belongs to no network."""
    project = project_of_a_test(openstack_cloud.admin, tmp_path_factory.mktemp("theirs"))
    with _sdk(project) as connection:
        network = connection.network.create_network(name="net")
        subnet = connection.network.create_subnet(
            network_id=network.id, ip_version=4, cidr="10.5.0.0/24", name="sub"
        )
        router = connection.network.create_router(name="hub")
        connection.network.add_interface_to_router(router, subnet=subnet.id)
        connection.network.create_security_group(name="web")
        connection.compute.create_keypair(name="mine")
        connection.compute.create_server(
            name="alice",
            image_id=connection.image.find_image("cirros", ignore_missing=False).id,
            flavor_id=connection.compute.find_flavor("m1.nano", ignore_missing=False).id,
            networks="none",
        )
        connection.image.create_image(name="blank", disk_format="raw", container_format="bare")
    expected = [
        'server "alice"',
        'key pair "mine"',
        'router "hub"',
        'network "net"',
        'subnet "sub"',
        'security group "web"',
        'image "blank"',
    ]
    assert [_IDS.sub("", each) for each in project.leftovers()] == expected
    assert [_IDS.sub("", each) for each in project.take_away()] == expected
    assert project.leftovers() == []
    with connect(local_cloud, "admin") as connection:
        assert identity(connection).find_project(project.name) is None
        assert identity(connection).find_user(project.name) is None
        groups = connection.network.security_groups()
        assert project.id not in {group.project_id for group in groups}


def test_what_goes_already_is_no_leftover(openstack_project: OpenStackProject) -> None:
    """A test need not wait until a server that it deleted is gone."""
    with _sdk(openstack_project) as connection:
        server = connection.compute.create_server(
            name="brief",
            image_id=connection.image.find_image("cirros", ignore_missing=False).id,
            flavor_id=connection.compute.find_flavor("m1.nano", ignore_missing=False).id,
            networks="none",
        )
        connection.compute.wait_for_server(server, wait=60, interval=0.2)
        connection.compute.delete_server(server)
    assert openstack_project.leftovers() == []


def test_two_projects_do_not_see_each_other(
    openstack_project: OpenStackProject,
    openstack_cloud: OpenStackCloud,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each test has a cloud as if it were alone on it."""
    other = project_of_a_test(openstack_cloud.admin, tmp_path_factory.mktemp("other"))
    with _sdk(other) as connection:
        connection.network.create_network(name="theirs")
    with _sdk(openstack_project) as connection:
        assert [each.name for each in connection.network.networks()] == ["public"]
    assert openstack_project.leftovers() == []
    assert [_IDS.sub("", each) for each in other.take_away()] == ['network "theirs"']
