# SPDX-License-Identifier: Apache-2.0
"""Scenarios with floating IPs, port forwardings and trunks on real services."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_GROUND = """\
scenario: outside
networks:
  blue: {cidr: 10.67.1.0/24}
  inner: {cidr: 10.67.2.0/24}
routers:
  hub: {connects: [blue], external_network: public}
ports:
  a: {network: blue, fixed_ips: [{subnet: blue, ip_address: 10.67.1.10}]}
  b:
    network: blue
    fixed_ips:
      - {subnet: blue, ip_address: 10.67.1.20}
      - {subnet: blue, ip_address: 10.67.1.21}
  c: {network: inner}
  d: {network: inner}
"""
_WEB = "servers: {web: {image: cirros, flavor: m1.tiny, networks: [inner, blue]}}\n"
_FLOATING = (
    _WEB
    + """\
floating_ips:
  free: {network: public}
  on-port: {network: public, port: a, description: words}
  on-server: {network: public, server: web}
"""
)
_MOVED = (
    _WEB
    + """\
floating_ips:
  free: {network: public, server: web, on: blue}
  on-port: {network: public, port: b, fixed_ip_address: 10.67.1.21, description: others}
  on-server: {network: public}
"""
)
_FORWARDED = (
    _WEB
    + """\
floating_ips:
  shared: {network: public}
port_forwardings:
  ssh: {floating_ip: shared, external_port: 2222, port: a, internal_port: 22}
  dns:
    floating_ip: shared
    protocol: udp
    external_port: 5300-5310
    server: web
    on: blue
    internal_port: 53-63
    description: words
"""
)
_OTHERWISE_FORWARDED = (
    _WEB
    + """\
floating_ips:
  shared: {network: public, description: others}
port_forwardings:
  ssh:
    floating_ip: shared
    protocol: sctp
    external_port: 2200-2201
    port: b
    internal_ip_address: 10.67.1.21
    internal_port: 22-23
    description: words
  dns:
    {floating_ip: shared, protocol: udp, external_port: 5300, server: web, internal_port: 53}
"""
)
_TRUNK = """\
trunks:
  up:
    port: a
    subports: [{port: c, segmentation_id: 101}]
servers: {vm: {image: cirros, flavor: m1.tiny, networks: [{port: a}]}}
"""
_OTHER_TRUNK = """\
trunks:
  up:
    port: a
    description: words
    admin_state_up: false
    subports: [{port: d, segmentation_id: 101}, {port: c, segmentation_id: 102}]
servers: {vm: {image: cirros, flavor: m1.tiny, networks: [{port: a}]}}
"""

_LIMITED = """\
qos_policies:
  slow: {{rules: [{{type: bandwidth_limit, max_kbps: 1000}}]}}
floating_ips:
  chosen:
    network: public
    floating_ip_address: 203.0.113.177
    dns_name: www
    dns_domain: example.org.
    qos_policy: {policy}
"""

Weave = Callable[[str], list[str]]


@pytest.fixture
def weave(local_cloud: Access, tmp_path: Path) -> Iterator[Weave]:
    """Apply the ground with what a test adds, see that a second plan is empty; destroy in the end.

    Returns what the plan said beforehand, such as ``["update floating_ip.free"]``, in order.
    """
    file = tmp_path / "outside.yaml"

    def apply(text: str) -> list[str]:
        file.write_text(_GROUND + text)
        plan = json.loads(done(local_cloud, "plan", str(file), "-f", "json"))
        done(local_cloud, "apply", str(file), "--yes")
        again = stackloom(local_cloud, "plan", str(file), "--detailed-exitcode")
        assert again.returncode == 0, again.stdout + again.stderr
        steps = [each for each in plan["steps"] if each["action"] != "keep"]
        return sorted(f"{each['action']} {each['address']}" for each in steps)

    yield apply
    done(local_cloud, "destroy", "--scenario", "outside", "--yes")
    assert stackloom(local_cloud, "show", "outside").returncode == 2


def _floating_ips(demo: Connection) -> dict[str, Any]:
    """Return the floating IPs of the scenario by their names in it."""
    prefix = "stackloom://outside/floating_ip."
    return {
        each.description.rpartition(prefix)[2]: each
        for each in demo.network.ips()
        if prefix in (each.description or "")
    }


def _ends(demo: Connection) -> dict[str, str | None]:
    return {name: each.fixed_ip_address for name, each in _floating_ips(demo).items()}


def _address_of(demo: Connection, server: str, network: str) -> str:
    found = demo.compute.find_server(server, ignore_missing=False)
    return str(demo.compute.get_server(found).addresses[network][0]["addr"])


def test_they_move_without_changing_their_address(weave: Weave, demo: Connection) -> None:
    """From a port to another, off, on, and from one to the other of the scenario's own."""
    weave(_FLOATING)
    before = _floating_ips(demo)
    web = _address_of(demo, "web", "blue")
    assert _ends(demo) == {"free": None, "on-port": "10.67.1.10", "on-server": web}
    assert weave(_MOVED) == [
        "update floating_ip.free",
        "update floating_ip.on-port",
        "update floating_ip.on-server",
    ]
    after = _floating_ips(demo)
    assert _ends(demo) == {"free": web, "on-port": "10.67.1.21", "on-server": None}
    assert {name: each.id for name, each in after.items()} == {
        name: each.id for name, each in before.items()
    }
    assert after["on-port"].description == "others stackloom://outside/floating_ip.on-port"


def test_a_replaced_server_keeps_its_floating_ip(weave: Weave, demo: Connection) -> None:
    """It is pointed at the place of the new one."""
    text = _WEB + "floating_ips: {fip: {network: public, server: web}}\n"
    weave(text)
    before = _floating_ips(demo)["fip"]
    plan = weave(text.replace("image: cirros", "image: cirros, config_drive: true"))
    assert plan == ["create server.web", "delete server.web", "update floating_ip.fip"]
    after = _floating_ips(demo)["fip"]
    assert (after.id, after.floating_ip_address) == (before.id, before.floating_ip_address)
    assert after.port_id != before.port_id
    assert after.fixed_ip_address == _address_of(demo, "web", "blue")


def test_what_somebody_moved_is_put_back(weave: Weave, demo: Connection) -> None:
    """Where a floating IP leads is compared like everything else."""
    text = "floating_ips: {fip: {network: public, port: a}}\n"
    weave(text)
    demo.network.update_ip(_floating_ips(demo)["fip"], port_id=None)
    assert weave(text) == ["update floating_ip.fip"]
    assert _ends(demo) == {"fip": "10.67.1.10"}


def test_floating_ips_are_captured(weave: Weave, local_cloud: Access) -> None:
    """On ports and on the servers that have them from Nova, with all that is not usual."""
    weave(_MOVED)
    captured = yaml.safe_load(done(local_cloud, "capture", "copy"))
    entries = sorted(captured["floating_ips"].values(), key=str)
    (network,) = {entry.pop("network") for entry in entries}
    assert network in captured["existing"]["networks"]
    assert entries == [
        {"port": "b", "description": "others", "fixed_ip_address": "10.67.1.21"},
        {"server": "web", "on": "blue"},
        {},
    ]


def test_one_can_be_chosen_named_and_limited(local_cloud: Access, tmp_path: Path) -> None:
    """By an administrator; this cloud publishes no names, and so does not ask for them again."""
    file = tmp_path / "limited.yaml"
    told = []
    try:
        for policy in ("slow", "null", "slow"):
            file.write_text("scenario: limited\n" + _LIMITED.format(policy=policy))
            done(local_cloud, "apply", str(file), "--yes", user="admin")
            told.append(done(local_cloud, "plan", str(file), user="admin"))
    finally:
        done(local_cloud, "destroy", "--scenario", "limited", "--yes", user="admin")
    assert told == ['scenario "limited": nothing to do: all 3 as they should be\n'] * 3


def _forwardings(demo: Connection) -> dict[str, tuple[Any, ...]]:
    """Return protocol, ports and inner address by the names in the scenario."""
    shared = _floating_ips(demo)["shared"]
    path = f"/floatingips/{shared.id}/port_forwardings"
    listed = demo.network.get(path).json()["port_forwardings"]
    fields = ("protocol", "external_port_range", "internal_port_range", "internal_ip_address")
    return {
        each["description"].rpartition(".")[2]: tuple(each[field] for field in fields)
        for each in listed
    }


def test_port_forwardings_change_in_place(weave: Weave, demo: Connection) -> None:
    """Protocol, ports, ranges and where they lead; the floating IP stays."""
    weave(_FORWARDED)
    web = _address_of(demo, "web", "blue")
    assert _forwardings(demo) == {
        "ssh": ("tcp", "2222:2222", "22:22", "10.67.1.10"),
        "dns": ("udp", "5300:5310", "53:63", web),
    }
    assert weave(_OTHERWISE_FORWARDED) == [
        "update floating_ip.shared",
        "update port_forwarding.dns",
        "update port_forwarding.ssh",
    ]
    assert _forwardings(demo) == {
        "ssh": ("sctp", "2200:2201", "22:23", "10.67.1.21"),
        "dns": ("udp", "5300:5300", "53:53", web),
    }


def test_a_floating_ip_becomes_shared_and_back(weave: Weave, demo: Connection) -> None:
    """Neutron takes either a port of its own or port forwardings."""
    forwarded = (
        "floating_ips: {shared: {network: public}}\nport_forwardings: {ssh: {floating_ip: shared,"
        " external_port: 22, port: a, internal_port: 22}}\n"
    )
    whole = "floating_ips: {shared: {network: public, port: a}}\n"
    weave(whole)
    before = _floating_ips(demo)["shared"].id
    assert weave(forwarded) == ["create port_forwarding.ssh", "update floating_ip.shared"]
    assert _floating_ips(demo)["shared"].id == before
    assert weave(whole) == ["delete port_forwarding.ssh", "update floating_ip.shared"]
    assert _floating_ips(demo)["shared"].id == before


def test_a_port_is_handed_over_to_a_port_forwarding_and_back(
    weave: Weave, demo: Connection
) -> None:
    """Neutron takes only one of the two at a time, and both change in one apply."""
    own = "floating_ips: {own: {network: public, port: a}, shared: {network: public}}\n"
    forwarded = (
        "floating_ips: {own: {network: public}, shared: {network: public}}\nport_forwardings: "
        "{ssh: {floating_ip: shared, external_port: 22, port: a, internal_port: 22}}\n"
    )
    weave(own)
    assert weave(forwarded) == ["create port_forwarding.ssh", "update floating_ip.own"]
    assert (_ends(demo)["own"], len(_forwardings(demo))) == (None, 1)
    assert weave(own) == ["delete port_forwarding.ssh", "update floating_ip.own"]
    assert (_ends(demo)["own"], len(_forwardings(demo))) == ("10.67.1.10", 0)


def _subports(demo: Connection) -> dict[str, int]:
    """Return the numbers of the trunk's subports by the names of their ports."""
    trunk = demo.network.find_trunk("up", ignore_missing=False)
    names = {port.id: port.name for port in demo.network.ports()}
    subports = demo.network.get_trunk(trunk).sub_ports
    return {names[each["port_id"]]: each["segmentation_id"] for each in subports}


def test_subports_of_a_running_server_come_and_go(weave: Weave, demo: Connection) -> None:
    """The trunk is there before the server, stays the same, and leaves after it."""
    weave(_TRUNK)
    before = demo.network.find_trunk("up", ignore_missing=False)
    assert _subports(demo) == {"c": 101}
    assert weave(_OTHER_TRUNK) == ["update trunk.up"]
    after = demo.network.get_trunk(demo.network.find_trunk("up", ignore_missing=False))
    assert (after.id, after.is_admin_state_up) == (before.id, False)
    assert after.description == "words stackloom://outside/trunk.up"
    assert _subports(demo) == {"c": 102, "d": 101}
    assert weave(_TRUNK) == ["update trunk.up"]
    assert _subports(demo) == {"c": 101}
    weave(_OTHER_TRUNK)  # one that is down has to be taken away, too


def test_problems_are_told_without_a_cloud(local_cloud: Access, tmp_path: Path) -> None:
    """Two for one place, an open choice, a server that is elsewhere."""
    file = tmp_path / "wrong.yaml"
    file.write_text(
        _GROUND
        + "servers: {web: {image: cirros, flavor: m1.tiny, networks: [blue]}}\n"
        + "floating_ips:\n"
        + "  one: {network: public, port: a}\n"
        + "  two: {network: public, port: a}\n"
        + "  open: {network: public, port: b}\n"
        + "  away: {network: public, server: web, on: inner}\n"
    )
    result = stackloom(local_cloud, "validate", str(file))
    assert result.returncode == 2
    told = [line.partition("yaml:")[2].partition(" ")[2] for line in result.stderr.splitlines()]
    several = "port b has several IPv4 addresses, and this leads to one of them"
    assert sorted(told) == [
        "floating_ip.one leads to the same address",
        f"{several} (say which with fixed_ip_address)",
        "server web is not on network inner (it is on blue)",
    ]


def test_what_others_made_is_led_to_and_left_alone(
    weave: Weave, demo: Connection, local_cloud: Access, tmp_path: Path
) -> None:
    """A server, a group and a floating IP under ``existing`` are used, never changed."""
    weave(_WEB)
    group = demo.network.create_security_group(name="theirs")
    outside = demo.network.find_network("public", ignore_missing=False)
    address = demo.network.create_ip(floating_network_id=outside.id)
    file = tmp_path / "guests.yaml"
    file.write_text(
        "scenario: guests\n"
        "existing:\n"
        "  servers: {web: {name: web}}\n"
        "  networks: {blue: {name: blue}}\n"
        f"  security_groups: {{theirs: {{id: {group.id}}}}}\n"
        f"  floating_ips: {{address: {{id: {address.id}}}}}\n"
        "floating_ips: {own: {network: public, server: web, on: blue}}\n"
        "port_forwardings:\n"
        "  ssh: {floating_ip: address, external_port: 22, port: inner, internal_port: 22}\n"
        "ports: {inner: {network: blue}}\n"
        "security_groups: {ours: {rules: [{allow: tcp/22, from: theirs}]}}\n"
    )
    try:
        done(local_cloud, "apply", str(file), "--yes")
        again = stackloom(local_cloud, "plan", str(file), "--detailed-exitcode")
        assert again.returncode == 0, again.stdout + again.stderr
        mark = "stackloom://guests/floating_ip.own"
        (own,) = (each for each in demo.network.ips() if each.description == mark)
        assert own.fixed_ip_address == _address_of(demo, "web", "blue")
        ours = demo.network.find_security_group("ours", ignore_missing=False)
        sides = {rule["remote_group_id"] for rule in ours.security_group_rules}
        assert sides == {None, group.id}
        done(local_cloud, "destroy", "--scenario", "guests", "--yes")
        assert demo.network.get_ip(address.id).port_details is None
        assert demo.network.get_security_group(group.id).name == "theirs"
    finally:
        done(local_cloud, "destroy", "--scenario", "guests", "--yes")
        demo.network.delete_ip(address)
        demo.network.delete_security_group(group)
