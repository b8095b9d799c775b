# SPDX-License-Identifier: Apache-2.0
"""Scenarios with servers on real services: whatever a file may say of one, made and changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openstack.compute.v2.server import Server
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwyJ9dYVF1r9NpmlDyWafM0giAVuIowOaQJ7eL+5iP5"
_GROUND = f"""\
scenario: servers
networks:
  blue: {{cidr: 10.61.1.0/24}}
  green: {{cidr: 10.61.2.0/24}}
security_groups:
  web: {{rules: [tcp/80]}}
  db: {{rules: [tcp/5432]}}
keypairs:
  mine: {{public_key: {_KEY} me@home}}
server_groups:
  apart: {{policy: anti-affinity, rules: {{max_server_per_host: 9}}}}
  near: {{policy: soft-affinity}}
"""
_FULL = """\
servers:
  web:
    image: cirros
    flavor: m1.tiny
    networks: [blue, {network: green, address: 10.61.2.77}]
    security_groups: [web]
    key_name: mine
    user_data: "#cloud-config"
    config_drive: true
    server_group: apart
    metadata: {role: web, old: x}
    tags: [one, two]
    availability_zone: nova
    description: words
    hostname: web-1
"""
_CHANGED = """\
servers:
  web:
    image: cirros
    flavor: m1.small
    networks: [green, {network: green, address: 10.61.2.78}]
    security_groups: [web, db]
    key_name: mine
    user_data: "#cloud-config"
    config_drive: true
    server_group: apart
    metadata: {role: db}
    tags: [two, three]
    availability_zone: nova
    description: others
    hostname: web-2
"""

Weave = Callable[[str], list[str]]


@pytest.fixture
def weave(local_cloud: Access, tmp_path: Path) -> Iterator[Weave]:
    """Apply the ground with what a test adds, see that a second plan is empty; destroy in the end.

    Returns what the plan said beforehand, such as ``["update server.web"]``, in order of names.
    """
    file = tmp_path / "servers.yaml"

    def apply(servers: str) -> list[str]:
        file.write_text(_GROUND + servers)
        plan = json.loads(done(local_cloud, "plan", str(file), "-f", "json"))
        done(local_cloud, "apply", str(file), "--yes")
        again = stackloom(local_cloud, "plan", str(file), "--detailed-exitcode")
        assert again.returncode == 0, again.stdout + again.stderr
        steps = [each for each in plan["steps"] if each["action"] != "keep"]
        return sorted(f"{each['action']} {each['address']}" for each in steps)

    yield apply
    done(local_cloud, "destroy", "--scenario", "servers", "--yes")
    assert stackloom(local_cloud, "draw", "--scenario", "servers").returncode == 2


def _server(demo: Connection, name: str) -> Server:
    return demo.compute.get_server(demo.compute.find_server(name, ignore_missing=False))


def _groups(demo: Connection, port: Any) -> list[str]:
    names = {group.id: group.name for group in demo.network.security_groups()}
    return sorted(names[id] for id in port.security_group_ids)


def _places(demo: Connection, server: Server) -> list[tuple[str, str, list[str]]]:
    """Return network, name and groups of each of its ports; Nova gives its own no name."""
    networks = {network.id: network.name for network in demo.network.networks()}
    return sorted(
        (networks[port.network_id], port.name, _groups(demo, port))
        for port in demo.network.ports(device_id=server.id)
    )


def test_all_that_a_server_may_be_changes_in_place(weave: Weave, demo: Connection) -> None:
    """Flavor, places, groups, name, tags and metadata, with the server staying the same."""
    weave(_FULL)
    made = _server(demo, "web")
    assert (made.key_name, made.config_drive, made.hostname) == ("mine", "True", "web-1")
    assert made.metadata | {"stackloom_user_data": ""} == {
        "role": "web",
        "old": "x",
        "stackloom": "stackloom://servers/server.web",
        "stackloom_user_data": "",
    }
    assert _places(demo, made) == [("blue", "", ["web"]), ("green", "web.green", ["web"])]

    assert weave(_CHANGED) == ["update port.web.green", "update server.web"]
    changed = _server(demo, "web")
    assert (changed.id, changed.status, changed.flavor.original_name) == (
        made.id,
        "ACTIVE",
        "m1.small",
    )
    assert (changed.description, changed.hostname) == ("others", "web-2")
    assert sorted(changed.tags) == ["three", "two"]
    assert {key for key in changed.metadata if "stackloom" not in key} == {"role"}
    assert _places(demo, changed) == [
        ("green", "", ["db", "web"]),
        ("green", "web.green", ["db", "web"]),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [("#cloud-config", "#cloud-config\\nhostname: x"), ("group: apart", "group: near")],
)
def test_a_replaced_server_keeps_its_ports(
    weave: Weave, demo: Connection, before: str, after: str
) -> None:
    """Other user data or another group make another server, on the same port and address."""
    weave(_FULL)
    server, port = _server(demo, "web"), demo.network.find_port("web.green", ignore_missing=False)
    steps = weave(_FULL.replace(before, after))
    assert steps == ["create server.web", "delete server.web"]
    assert _server(demo, "web").id != server.id
    kept = demo.network.get_port(port.id)
    assert (kept.device_id, kept.fixed_ips) == (_server(demo, "web").id, port.fixed_ips)


def test_a_place_that_somebody_took_or_added_is_mended(
    weave: Weave, demo: Connection, local_cloud: Access
) -> None:
    """A server gets back what it lost and loses what it got, and stays the same."""
    servers = "servers: {web: {image: cirros, flavor: m1.tiny, networks: [blue, {subnet: green}]}}"
    weave(servers)
    server = _server(demo, "web")
    mine = demo.network.find_port("web.green", ignore_missing=False)
    done(local_cloud, "server", "remove", "port", server.id, mine.id)
    green = demo.network.find_network("green", ignore_missing=False)
    done(local_cloud, "server", "add", "network", server.id, green.id)
    assert weave(servers) == ["update server.web"]
    assert _places(demo, server) == [("blue", "", ["default"]), ("green", "web.green", ["default"])]


def test_places_are_swapped_while_the_server_stays(weave: Weave, demo: Connection) -> None:
    """One port for another; but a port that is replaced itself takes the server with it."""
    servers = "servers: {web: {image: cirros, flavor: m1.tiny, ports: [a]}}\n"
    weave(servers + "ports: {a: {network: blue}}")
    server = _server(demo, "web")
    steps = weave(servers.replace("[a]", "[b]") + "ports: {b: {network: green}}")
    assert steps == ["create port.b", "delete port.a", "update server.web"]
    assert _places(demo, server) == [("green", "b", ["default"])]
    assert weave(servers.replace("[a]", "[b]") + "ports: {b: {network: blue}}") == [
        "create port.b",
        "create server.web",
        "delete port.b",
        "delete server.web",
    ]


def test_a_server_in_error_is_made_anew(weave: Weave, demo: Connection, admin: Connection) -> None:
    """On the ports that it has."""
    servers = "servers: {web: {image: cirros, flavor: m1.tiny, networks: [{network: blue}]}}"
    weave(servers)
    server, port = _server(demo, "web"), demo.network.find_port("web.blue", ignore_missing=False)
    admin.compute.reset_server_state(server.id, "error")
    assert weave(servers) == ["create server.web", "delete server.web"]
    assert _server(demo, "web").id != server.id
    assert demo.network.get_port(port.id).device_id == _server(demo, "web").id


def test_a_server_waits_for_the_trunk_on_its_port(weave: Weave, demo: Connection) -> None:
    """Also on a port that it brings itself."""
    weave(
        """\
servers:
  web: {image: cirros, flavor: m1.tiny, networks: [{network: blue}]}
ports:
  sub: {network: green}
trunks:
  up: {port: web.blue, subports: [{port: sub, segmentation_id: 7}]}
"""
    )
    (trunk,) = demo.network.trunks()
    assert demo.network.get_port(trunk.port_id).device_id == _server(demo, "web").id


def test_what_was_woven_is_captured(weave: Weave, local_cloud: Access) -> None:
    """As a person would write it; user data and hostname are told to nobody."""
    weave(_FULL)
    captured = yaml.safe_load(done(local_cloud, "capture", "again"))
    assert captured["servers"] == {
        "web": {
            "flavor": "m1.tiny",
            "image": "cirros",
            "networks": ["blue"],
            "ports": ["web.green"],
            "security_groups": ["web"],
            "key_name": "mine",
            "config_drive": True,
            "server_group": "apart",
            "metadata": {"role": "web", "old": "x"},
            "tags": ["one", "two"],
            "description": "words",
        }
    }
    assert captured["keypairs"] == {"mine": {"public_key": f"{_KEY} me@home"}}
    assert captured["server_groups"] == {
        "apart": {"policy": "anti-affinity", "rules": {"max_server_per_host": 9}},
        "near": {"policy": "soft-affinity"},
    }


def test_what_a_server_cannot_be_is_told_with_its_place(
    local_cloud: Access, tmp_path: Path
) -> None:
    """All at once, before anything is made."""
    file = tmp_path / "wrong.yaml"
    file.write_text(
        """\
scenario: wrong
networks: {blue: {cidr: 10.61.1.0/24}}
servers:
  a: {flavor: m1.tiny}
  b: {image: cirros, flavor: m1.tiny, networks: [{network: blue, address: 10.0.0.1}]}
"""
    )
    result = stackloom(local_cloud, "plan", str(file))
    assert result.returncode == 2
    assert result.stderr.replace(str(file), "FILE").splitlines() == [
        "error: FILE:4:6: a server boots from something: image or boot_volume is missing"
    ]
    file.write_text(file.read_text().replace("a: {", "a: {image: cirros, "))
    result = stackloom(local_cloud, "plan", str(file))
    assert result.returncode == 2
    assert result.stderr.replace(str(file), "FILE") == (
        'error: FILE:5:75: no subnet of "blue" in this file holds 10.0.0.1 '
        "(name the subnet as well: {network: ..., subnet: ..., address: ...})\n"
    )
