# SPDX-License-Identifier: Apache-2.0
"""What kinds of Neutron do beside their lives, which are in ``test_every_kind.py``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES
from tests.cloud.life import Ground
from tests.cloud.lives import network

from stackloom.local.access import Access
from stackloom.testing.cloud import OpenStackCloud

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@pytest.fixture(scope="module")
def ground(openstack_cloud: OpenStackCloud) -> Iterator[Ground]:
    """Return a network with ports and a router."""
    with network.ground(openstack_cloud) as laid:
        yield laid


def test_ports_come_and_go_on_a_trunk(local_cloud: Access, ground: Ground) -> None:
    """By three commands that say the same, each in its words."""

    def run(line: str) -> str:
        return done(local_cloud, *line.split())

    run("network trunk create nk-trunk --parent-port nk-two")
    tagged = {"Port": ground.ids["three"], "Segmentation Type": "vlan", "Segmentation ID": 9}
    listed = "network trunk subport list nk-trunk -f json"
    try:
        number = "--segmentation-type vlan --segmentation-id 9"
        run(f"network trunk subport add nk-trunk nk-three {number}")
        assert json.loads(run(listed)) == [tagged]
        assert json.loads(run("network subport list --trunk nk-trunk -f json")) == [tagged]
        run("network trunk subport remove nk-trunk nk-three")
        assert json.loads(run(listed)) == []
        subport = "port=nk-three,segmentation-type=vlan,segmentation-id=9"
        run(f"network trunk set nk-trunk --subport {subport}")
        assert json.loads(run(listed)) == [tagged]
        run("network trunk unset nk-trunk --subport nk-three")
        assert json.loads(run(listed)) == []
    finally:
        run("network trunk delete nk-trunk")


def test_a_router_has_legs_routes_and_gateways(
    local_cloud: Access, demo: Connection, ground: Ground
) -> None:
    """Each comes and goes by its own command."""

    def router(*words: str, user: str = "demo") -> str:
        return done(local_cloud, "router", *words, user=user)

    def routes(*words: str) -> Any:
        return json.loads(router(*words, "-f", "json"))["routes"]

    router("create", "nk-r")
    try:
        router("add", "port", "nk-r", "nk-three")
        assert demo.network.get_port(ground.ids["three"]).device_owner.startswith("network:router")
        route = "destination=10.95.0.0/16,gateway=10.81.0.200"
        other = "destination=10.96.0.0/16,gateway=10.81.0.200"
        both = [
            {"destination": "10.95.0.0/16", "nexthop": "10.81.0.200"},
            {"destination": "10.96.0.0/16", "nexthop": "10.81.0.200"},
        ]
        assert routes("add", "route", "nk-r", "--route", route) == both[:1]
        router("set", "nk-r", "--route", other)
        assert sorted(routes("show", "nk-r"), key=str) == both
        assert routes("remove", "route", "nk-r", "--route", route) == both[1:]
        router("unset", "nk-r", "--route", other)
        assert routes("show", "nk-r") == []
        router("add", "gateway", "nk-r", "public")
        gateway = json.loads(router("show", "nk-r", "-f", "json"))["external_gateway_info"]
        assert gateway["network_id"] == ground.ids["public"]
        router("remove", "gateway", "nk-r", "public")
        assert json.loads(router("show", "nk-r", "-f", "json"))["external_gateway_info"] is None
        result = stackloom(local_cloud, "router", "set", "nk-r", "--enable-snat")
        assert result.returncode == 2
        assert "the router has no gateway" in result.stderr
    finally:
        stackloom(local_cloud, "router", "remove", "port", "nk-r", "nk-three")
        router("delete", "nk-r")
        done(local_cloud, "port", "create", "nk-three", "--network", "nk-net")


def test_extensions_quotas_and_agents_are_read(
    local_cloud: Access, demo: Connection, admin: Connection
) -> None:
    """As openstacksdk has them."""
    extensions = json.loads(done(local_cloud, "extension", "list", "--network", "-f", "json"))
    assert {(each["Alias"], each["Name"]) for each in extensions} == {
        (each.alias, each.name) for each in demo.network.extensions()
    }
    shown = json.loads(done(local_cloud, "extension", "show", "router", "-f", "json"))
    assert shown["alias"] == "router"
    limits = {
        each["Resource"]: each["Limit"]
        for each in json.loads(done(local_cloud, "quota", "show", "--network", "-f", "json"))
    }
    theirs = demo.network.get_quota(str(demo.current_project_id))
    assert limits["networks"] == theirs.networks
    assert limits["secgroup-rules"] == theirs.security_group_rules
    usage = json.loads(done(local_cloud, "quota", "show", "--usage", "-f", "json"))
    (networks,) = [each for each in usage if each["Resource"] == "networks"]
    owned = [*demo.network.networks(project_id=demo.current_project_id)]
    assert networks["In Use"] == len(owned)
    agents = json.loads(done(local_cloud, "network", "agent", "list", "-f", "json", user="admin"))
    assert {each["ID"] for each in agents} == {each.id for each in admin.network.agents()}


def test_ports_are_listed_by_subnet_and_address(local_cloud: Access, ground: Ground) -> None:
    """Neutron takes both at once, each in a parameter of the same name."""

    def listed(wanted: str) -> list[str]:
        words = ("port", "list", "--fixed-ip", wanted, "-f", "json")
        return [each["ID"] for each in json.loads(done(local_cloud, *words))]

    assert listed(f"subnet=nk-subnet,ip-address={ground.ids['ip']}") == [ground.ids["one"]]
    assert listed("subnet=nk-subnet,ip-address=10.81.0.253") == []
    assert ground.ids["two"] in listed("subnet=nk-subnet")
