# SPDX-License-Identifier: Apache-2.0
"""A cloud of the older release, with a service that is not in every cloud: Heat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import openstack
import pytest
from openstack.connection import Connection
from tests.cloud.connecting import AS_IT_COMES, connect

from stackloom.errors import UsageError
from stackloom.local import lifecycle, release
from stackloom.local.access import Access
from stackloom.testing.cloud import login_of
from stackloom.testing.project import project_of_a_test

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_OLDER = release.names()[-1]
_TEMPLATE: dict[str, Any] = {
    "heat_template_version": "2021-04-16",
    "resources": {
        "network": {"type": "OS::Neutron::Net"},
        "subnet": {
            "type": "OS::Neutron::Subnet",
            "properties": {"network": {"get_resource": "network"}, "cidr": "10.80.0.0/24"},
        },
        "volume": {"type": "OS::Cinder::Volume", "properties": {"size": 1}},
        "server": {
            "type": "OS::Nova::Server",
            "depends_on": ["subnet"],
            "properties": {
                "image": "cirros",
                "flavor": "m1.nano",
                "networks": [{"network": {"get_resource": "network"}}],
            },
        },
        # Its user lives in the domain that Heat has for that.
        "handle": {"type": "OS::Heat::WaitConditionHandle"},
    },
    "outputs": {"address": {"value": {"get_attr": ["server", "first_address"]}}},
}


@pytest.fixture(scope="module")
def older(local_cloud: Access) -> Iterator[Access]:
    """Return the cloud; it is beside the run's own."""
    name = f"{local_cloud.name}-older"
    yield asyncio.run(lifecycle.up(name=name, release=_OLDER, with_services=["heat"]))
    asyncio.run(lifecycle.purge(name=name))


@pytest.fixture
def member(older: Access) -> Iterator[Connection]:
    """Return a connection as the plain member ``demo``."""
    with connect(older, "demo") as connection:
        yield connection


def test_a_stack_is_created_and_deleted(member: Connection) -> None:
    """A network, a volume and a server, with what Heat keeps in Keystone for itself."""
    stack = member.orchestration.create_stack(name="all", template=_TEMPLATE)
    stack = member.orchestration.wait_for_status(
        stack, "CREATE_COMPLETE", failures=["CREATE_FAILED"], interval=0.5, wait=120
    )
    (output,) = member.orchestration.get_stack(stack.id).outputs
    assert output["output_value"].startswith("10.80.0.")
    member.orchestration.delete_stack(stack)
    deadline = time.monotonic() + 120
    while list(member.orchestration.stacks()):
        assert time.monotonic() < deadline, "the stack is still there"
        time.sleep(0.5)
    assert list(member.block_storage.volumes()) == []


def test_a_stack_that_a_test_left_is_named_and_removed(
    older: Access, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With what it has made: that is the stack's, and goes with it."""
    directory = tmp_path_factory.mktemp("theirs")
    project = project_of_a_test(login_of(older, "admin"), directory)
    with openstack.connect(**project.openstacksdk()) as connection:
        network = {"type": "OS::Neutron::Net", "properties": {"name": "of the stack"}}
        template = {**_TEMPLATE, "resources": {"network": network}, "outputs": {}}
        stack = connection.orchestration.create_stack(name="forgotten", template=template)
        connection.orchestration.wait_for_status(stack, "CREATE_COMPLETE", interval=0.2, wait=60)
    expected = f'stack "forgotten" ({stack.id})'
    assert project.leftovers()[0] == expected
    assert project.take_away() == [expected]


def test_its_services_are_of_that_release(older: Access) -> None:
    """Keystone 29 belongs to 2026.1."""
    versions = {row.service: row.version for row in lifecycle.status(older.name).services}
    assert versions["keystone"].startswith("29.")
    assert "heat" in versions


def test_the_choice_is_kept(older: Access) -> None:
    """The next ``up`` asks for nothing and gets the same cloud."""
    again = asyncio.run(lifecycle.up(name=older.name))
    assert again.auth_url == older.auth_url
    assert "heat" in {row.service for row in lifecycle.status(older.name).services}


def test_its_data_is_not_given_to_another_release(older: Access) -> None:
    """The databases could not be read."""
    with pytest.raises(UsageError, match=f"holds data of OpenStack {_OLDER}"):
        asyncio.run(lifecycle.up(name=older.name, release=release.DEFAULT))
