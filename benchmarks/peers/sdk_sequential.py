# SPDX-License-Identifier: Apache-2.0
"""How one writes it with openstacksdk: one thing after the other, then wait for the servers.

``sdk_sequential.py create|destroy N``: N networks with a server each, on one router.
"""

from __future__ import annotations

import sys

import openstack


def create(cloud: openstack.connection.Connection, count: int) -> None:
    image = cloud.image.find_image("cirros", ignore_missing=False)
    flavor = cloud.compute.find_flavor("m1.tiny", ignore_missing=False)
    router = cloud.network.create_router(name="bench-router")
    servers = []
    for number in range(count):
        network = cloud.network.create_network(name=f"bench-{number}")
        subnet = cloud.network.create_subnet(
            name=f"bench-{number}",
            network_id=network.id,
            ip_version=4,
            cidr=f"10.77.{number}.0/24",
        )
        cloud.network.add_interface_to_router(router, subnet_id=subnet.id)
        server = cloud.compute.create_server(
            name=f"bench-{number}",
            image_id=image.id,
            flavor_id=flavor.id,
            networks=[{"uuid": network.id}],
        )
        servers.append(server)
    for server in servers:
        cloud.compute.wait_for_server(server, interval=1)


def destroy(cloud: openstack.connection.Connection) -> None:
    servers = [s for s in cloud.compute.servers() if s.name.startswith("bench-")]
    for server in servers:
        cloud.compute.delete_server(server)
    for server in servers:
        cloud.compute.wait_for_delete(server, interval=1)
    router = cloud.network.find_router("bench-router", ignore_missing=False)
    for subnet in cloud.network.subnets():
        if subnet.name.startswith("bench-"):
            cloud.network.remove_interface_from_router(router, subnet_id=subnet.id)
    cloud.network.delete_router(router)
    for network in cloud.network.networks():
        if network.name.startswith("bench-"):
            cloud.network.delete_network(network)  # takes its subnet with it


if __name__ == "__main__":
    if sys.argv[1] == "create":
        create(openstack.connect(), int(sys.argv[2]))
    else:
        destroy(openstack.connect())
