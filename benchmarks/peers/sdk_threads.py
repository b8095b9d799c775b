# SPDX-License-Identifier: Apache-2.0
"""openstacksdk with threads: each of them weaves one network with its server, and waits for it.

``sdk_threads.py create|destroy N``: N networks with a server each, on one router; 25 threads.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import openstack

THREADS = 25


def create_one(cloud, router, image, flavor, number: int) -> None:
    network = cloud.network.create_network(name=f"bench-{number}")
    subnet = cloud.network.create_subnet(
        name=f"bench-{number}", network_id=network.id, ip_version=4, cidr=f"10.77.{number}.0/24"
    )
    server = cloud.compute.create_server(
        name=f"bench-{number}",
        image_id=image.id,
        flavor_id=flavor.id,
        networks=[{"uuid": network.id}],
    )
    cloud.network.add_interface_to_router(router, subnet_id=subnet.id)
    cloud.compute.wait_for_server(server, interval=1)


def destroy_one(cloud, router, server, subnet, network) -> None:
    cloud.compute.delete_server(server)
    cloud.network.remove_interface_from_router(router, subnet_id=subnet.id)
    cloud.compute.wait_for_delete(server, interval=1)
    cloud.network.delete_network(network)  # takes its subnet with it


def create(cloud, pool: ThreadPoolExecutor, count: int) -> None:
    image = cloud.image.find_image("cirros", ignore_missing=False)
    flavor = cloud.compute.find_flavor("m1.tiny", ignore_missing=False)
    router = cloud.network.create_router(name="bench-router")
    list(pool.map(partial(create_one, cloud, router, image, flavor), range(count)))


def destroy(cloud, pool: ThreadPoolExecutor) -> None:
    def ours(listed):
        return {each.name: each for each in listed if each.name.startswith("bench-")}

    servers = ours(cloud.compute.servers())
    subnets = ours(cloud.network.subnets())
    networks = ours(cloud.network.networks())
    router = cloud.network.find_router("bench-router", ignore_missing=False)
    names = list(servers)
    list(
        pool.map(
            partial(destroy_one, cloud, router),
            [servers[name] for name in names],
            [subnets[name] for name in names],
            [networks[name] for name in names],
        )
    )
    cloud.network.delete_router(router)


if __name__ == "__main__":
    with ThreadPoolExecutor(THREADS) as pool:
        if sys.argv[1] == "create":
            create(openstack.connect(), pool, int(sys.argv[2]))
        else:
            destroy(openstack.connect(), pool)
