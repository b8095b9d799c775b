# SPDX-License-Identifier: Apache-2.0
"""The everyday work of a project's member, done with openstacksdk as it comes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from openstack.connection import Connection
from openstack.network.v2.network import Network
from tests.cloud.connecting import AS_IT_COMES

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@pytest.fixture
def network(demo: Connection) -> Iterator[Network]:
    """Return a network with one subnet; taken away afterwards."""
    created = demo.network.create_network(name=f"net-{uuid.uuid4().hex[:8]}")
    demo.network.create_subnet(network_id=created.id, ip_version=4, cidr="10.77.0.0/24")
    yield created
    demo.network.delete_network(created, ignore_missing=False)


def test_a_server_becomes_active_with_an_address(demo: Connection, network: Network) -> None:
    """Its port is bound without an agent, and Nova tells its address."""
    server = demo.compute.create_server(
        name="alice",
        image_id=demo.image.find_image("cirros", ignore_missing=False).id,
        flavor_id=demo.compute.find_flavor("m1.nano", ignore_missing=False).id,
        networks=[{"uuid": network.id}],
    )
    try:
        server = demo.compute.wait_for_server(server, wait=60, interval=0.2)
        ports = list(demo.network.ports(device_id=server.id))
        assert [port.status for port in ports] == ["ACTIVE"]
        fixed = ports[0].fixed_ips[0]["ip_address"]
        assert [each["addr"] for each in server.addresses[network.name]] == [fixed]
    finally:
        demo.compute.delete_server(server)
        demo.compute.wait_for_delete(server, wait=60, interval=0.2)


def test_a_router_joins_a_network_to_the_outside(demo: Connection, network: Network) -> None:
    """It takes an interface and a gateway, and lets both go again."""
    subnet_id = demo.network.get_network(network).subnet_ids[0]
    outside = demo.network.find_network("public", ignore_missing=False)
    router = demo.network.create_router(
        name="hub", external_gateway_info={"network_id": outside.id}
    )
    demo.network.add_interface_to_router(router, subnet=subnet_id)
    interfaces = list(demo.network.ports(device_owner="network:router_interface"))
    assert [port.device_id for port in interfaces] == [router.id]
    assert router.external_gateway_info["external_fixed_ips"]
    demo.network.remove_interface_from_router(router, subnet=subnet_id)
    demo.network.delete_router(router, ignore_missing=False)
    assert demo.network.find_router("hub") is None


def test_a_floating_ip_is_active_while_it_is_used(demo: Connection, network: Network) -> None:
    """As if the agent of a router had set it up; the router's ports are active as well."""
    outside = demo.network.find_network("public", ignore_missing=False)
    router = demo.network.create_router(external_gateway_info={"network_id": outside.id})
    subnet_id = demo.network.get_network(network).subnet_ids[0]
    demo.network.add_interface_to_router(router, subnet=subnet_id)
    port = demo.network.create_port(network_id=network.id)
    floating = demo.network.create_ip(floating_network_id=outside.id, port_id=port.id)
    assert demo.network.get_ip(floating).status == "ACTIVE"
    (interface,) = demo.network.ports(device_owner="network:router_interface")
    assert interface.status == "ACTIVE"
    demo.network.update_ip(floating, port_id=None)
    assert demo.network.get_ip(floating).status == "DOWN"
    demo.network.delete_ip(floating)
    demo.network.delete_port(port)
    demo.network.remove_interface_from_router(router, subnet=subnet_id)
    demo.network.delete_router(router)


def test_a_server_is_resized_on_the_only_host(demo: Connection) -> None:
    """There is no second one to go to."""
    server = demo.compute.create_server(
        name="grows",
        image_id=demo.image.find_image("cirros", ignore_missing=False).id,
        flavor_id=demo.compute.find_flavor("m1.nano", ignore_missing=False).id,
        networks="none",
    )
    server = demo.compute.wait_for_server(server, wait=60, interval=0.2)
    larger = demo.compute.find_flavor("m1.small", ignore_missing=False)
    demo.compute.resize_server(server, larger.id)
    server = demo.compute.wait_for_server(server, status="VERIFY_RESIZE", wait=60, interval=0.2)
    demo.compute.confirm_server_resize(server)
    server = demo.compute.wait_for_server(server, wait=60, interval=0.2)
    assert server.flavor.name == "m1.small"
    demo.compute.delete_server(server)
    demo.compute.wait_for_delete(server, wait=60, interval=0.2)


def test_an_image_is_uploaded_and_deleted(demo: Connection) -> None:
    """Glance keeps files of the project."""
    id = demo.image.create_image(
        name="mine", data=b"x" * 1000, disk_format="raw", container_format="bare", wait=True
    ).id
    # What create_image() returns was read before the upload.
    image = demo.image.get_image(id)
    assert (image.status, image.size) == ("active", 1000)
    demo.image.delete_image(id)
    assert demo.image.find_image("mine") is None


def test_sixteen_networks_at_once(demo: Connection) -> None:
    """Writers wait for each other: none is told that the database is locked."""
    names = [f"at-once-{number}" for number in range(16)]
    demo.authorize()

    def create(name: str) -> tuple[int, str]:
        response = demo.network.post("/networks", json={"network": {"name": name}})
        return response.status_code, response.json().get("network", {}).get("id", response.text)

    with ThreadPoolExecutor(len(names)) as pool:
        answers = list(pool.map(create, names))
    created = [id for status, id in answers if status == 201]
    assert {status for status, _ in answers} == {201}

    def delete(id: str) -> int:
        return int(demo.network.delete(f"/networks/{id}").status_code)

    with ThreadPoolExecutor(len(names)) as pool:
        assert set(pool.map(delete, created)) == {204}


def test_a_security_group_is_deleted_at_once(demo: Connection) -> None:
    """Neutron reads through a second context while it writes, and must not wait for itself."""
    group = demo.network.create_security_group(name="web")
    demo.network.create_security_group_rule(
        security_group_id=group.id, direction="ingress", protocol="tcp", port_range_min=80,
        port_range_max=80,
    )  # fmt: skip
    response = demo.network.delete(f"/security-groups/{group.id}", timeout=20)
    assert response.status_code == 204
