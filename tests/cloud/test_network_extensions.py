# SPDX-License-Identifier: Apache-2.0
"""Neutron's extensions: those that scenarios need are there and do something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openstack.connection import Connection
from openstack.network.v2.network import Network
from tests.cloud.connecting import AS_IT_COMES

pytestmark = [pytest.mark.cloud, AS_IT_COMES]

_NEEDED = frozenset(
    {
        "address-group",
        "address-scope",
        "allowed-address-pairs",
        "auto-allocated-topology",
        "dns-domain-ports",
        "dns-integration",
        "ext-gw-mode",
        "external-gateway-multihoming",
        "external-net",
        "extraroute",
        "extraroute-atomic",
        "floating-ip-port-forwarding",
        "network-ip-availability",
        "port-security",
        "provider",
        "qos",
        "quota_details",
        "quotas",
        "rbac-policies",
        "revision-if-match",
        "router",
        "security-group",
        "segment",
        "standard-attr-revisions",
        "standard-attr-tag",
        "subnet_allocation",
        "tag-creation",
        "tag-ports-during-bulk-creation",
        "trunk",
        "trunk-details",
    }
)


@pytest.fixture
def network(demo: Connection) -> Iterator[Network]:
    """Return a network with a subnet; what is on it is taken away afterwards."""
    created = demo.network.create_network(name="extended")
    demo.network.create_subnet(network_id=created.id, ip_version=4, cidr="10.79.0.0/24")
    yield created
    for port in demo.network.ports(network_id=created.id):
        demo.network.delete_port(port)
    demo.network.delete_network(created)


def test_every_extension_that_scenarios_need_is_there(demo: Connection) -> None:
    """None of them wants an agent."""
    assert {each.alias for each in demo.network.extensions()} >= _NEEDED


def _call(demo: Connection, method: str, path: str, **options: Any) -> tuple[int, Any]:
    response = demo.network.request(path, method, raise_exc=False, **options)
    return response.status_code, response.json() if response.content else None


def test_ports_of_a_bulk_request_keep_their_tags(demo: Connection, network: Network) -> None:
    """In one request, each its own."""
    ports = [{"network_id": network.id, "name": name, "tags": [name]} for name in ("a", "b")]
    status, answer = _call(demo, "POST", "/ports", json={"ports": ports})
    assert status == 201
    shown = {port.name: port.tags for port in demo.network.ports(network_id=network.id)}
    assert shown == {"a": ["a"], "b": ["b"]}
    assert {port["name"] for port in answer["ports"]} == {"a", "b"}


def test_a_change_is_refused_when_somebody_was_faster(demo: Connection, network: Network) -> None:
    """If-Match with an old revision is answered with 412."""
    old = demo.network.get_network(network.id).revision_number
    demo.network.update_network(network.id, description="faster")
    body = {"network": {"description": "too late"}}
    headers = {"If-Match": f"revision_number={old}"}
    status, _ = _call(demo, "PUT", f"/networks/{network.id}", json=body, headers=headers)
    assert status == 412


def test_a_port_has_a_name_in_dns(demo: Connection, network: Network) -> None:
    """Made of the port's own name and the domain of this cloud."""
    body = {"port": {"network_id": network.id, "dns_name": "www"}}
    status, answer = _call(demo, "POST", "/ports", json=body)
    assert status == 201
    (assigned,) = answer["port"]["dns_assignment"]
    assert (assigned["hostname"], assigned["fqdn"]) == ("www", "www.stackloom.test.")


def test_a_router_has_two_gateways(demo: Connection) -> None:
    """On the same external network, each with an address of its own."""
    outside = demo.network.find_network("public", ignore_missing=False).id
    router = demo.network.create_router(
        name="two-ways", external_gateway_info={"network_id": outside}
    )
    body = {"router": {"external_gateways": [{"network_id": outside}]}}
    path = f"/routers/{router.id}"
    status, answer = _call(demo, "PUT", f"{path}/add_external_gateways", json=body)
    assert status == 200
    gateways = answer["router"]["external_gateways"]
    assert len({each["external_fixed_ips"][0]["ip_address"] for each in gateways}) == 2
    demo.network.delete_router(router)


def test_quotas_are_generous_and_say_what_is_used(demo: Connection, network: Network) -> None:
    """The details count what is there."""
    project = demo.current_project_id
    status, answer = _call(demo, "GET", f"/quotas/{project}/details.json")
    assert status == 200
    networks = answer["quota"]["network"]
    assert networks["limit"] == 10_000
    assert networks["used"] >= 1
    del network
