# SPDX-License-Identifier: Apache-2.0
"""Trunk ports: what an agent would do with them is done at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openstack.connection import Connection
from openstack.network.v2.network import Network
from openstack.network.v2.trunk import Trunk
from tests.cloud.connecting import AS_IT_COMES

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@pytest.fixture
def network(demo: Connection) -> Iterator[Network]:
    """Return a network; its trunks and ports are taken away afterwards."""
    created = demo.network.create_network(name="trunked")
    demo.network.create_subnet(network_id=created.id, ip_version=4, cidr="10.78.0.0/24")
    yield created
    for trunk in demo.network.trunks():
        demo.network.delete_trunk(trunk)
    for port in demo.network.ports(network_id=created.id):
        demo.network.delete_port(port)
    demo.network.delete_network(created)


def _trunk(demo: Connection, network: Network) -> tuple[Trunk, str, str]:
    """Return a trunk, its parent port and the one port that is tagged with 100 on it."""
    parent, child = (demo.network.create_port(network_id=network.id).id for _ in range(2))
    tagged = {"port_id": child, "segmentation_type": "vlan", "segmentation_id": 100}
    return demo.network.create_trunk(port_id=parent, sub_ports=[tagged]), parent, child


def test_a_trunk_is_active_with_its_sub_ports(demo: Connection, network: Network) -> None:
    """The parent says what is in it; the sub-port is the trunk's until it is taken out."""
    trunk, parent, child = _trunk(demo, network)
    assert demo.network.get_trunk(trunk).status == "ACTIVE"
    details = demo.network.get_port(parent).trunk_details
    assert [each["segmentation_id"] for each in details["sub_ports"]] == [100]
    assert demo.network.get_port(child).device_owner == "trunk:subport"
    demo.network.delete_trunk_subports(trunk, [{"port_id": child}])
    assert demo.network.get_trunk(trunk).sub_ports == []
    assert demo.network.get_port(child).device_owner == ""


def test_sub_ports_go_where_the_server_is(demo: Connection, network: Network) -> None:
    """Also one that is added while the server runs."""
    trunk, parent, child = _trunk(demo, network)
    server = demo.compute.create_server(
        name="trunked",
        image_id=demo.image.find_image("cirros", ignore_missing=False).id,
        flavor_id=demo.compute.find_flavor("m1.nano", ignore_missing=False).id,
        networks=[{"port": parent}],
    )
    server = demo.compute.wait_for_server(server, wait=60, interval=0.2)
    later = demo.network.create_port(network_id=network.id).id
    tagged = {"port_id": later, "segmentation_type": "vlan", "segmentation_id": 101}
    demo.network.add_trunk_subports(trunk, [tagged])
    statuses = {id: demo.network.get_port(id).status for id in (parent, child, later)}
    assert statuses == dict.fromkeys((parent, child, later), "ACTIVE")
    assert demo.network.get_trunk(trunk).status == "ACTIVE"
    demo.compute.delete_server(server)
    demo.compute.wait_for_delete(server, wait=60, interval=0.2)
