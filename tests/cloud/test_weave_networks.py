# SPDX-License-Identifier: Apache-2.0
"""Scenarios of networks on real services: whatever a file may say of them, made and changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from openstack.connection import Connection
from tests.cloud.command_line import done
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

# A project that is not there: Neutron asks nobody whether it is.
_PROJECT = "0123456789abcdef0123456789abcdef"
_ROUTED = """\
scenario: weave
networks:
  blue:
    mtu: 1400
    description: the first
    dns_domain: lab.example.
    subnets:
      blue-v4:
        cidr: 10.61.1.0/24
        dns_nameservers: [9.9.9.9, 1.1.1.1]
        host_routes: [{destination: 10.99.0.0/16, nexthop: 10.61.1.7}]
      blue-v6: {cidr: "FD61:1::/64", ipv6: slaac}
      blue-v6b: {cidr: "fd61:2::/64", ipv6: slaac}
      blue-v6c: {cidr: "fd61:3::/64", ipv6: slaac}
  green: {port_security_enabled: false}
  wan: {cidr: 10.61.3.0/24}
  loose: {subnets: {loose-v4: {cidr: 10.61.4.0/24, gateway_ip: 10.61.4.1}}}
subnets:
  green-a:
    network: green
    cidr: 10.61.2.0/24
    gateway_ip: null
    enable_dhcp: false
    allocation_pools:
    - {start: 10.61.2.100, end: 10.61.2.120}
    - {start: 10.61.2.10, end: 10.61.2.20}
  six: {network: green, cidr: "fd61:9::/64", ipv6: dhcpv6-stateful}
routers:
  hub:
    connects: [blue, {subnet: green-a, address: 10.61.2.2}, wan]
    external_network: public
    routes: [{destination: 10.200.0.0/16, nexthop: 10.61.3.2}]
  spoke:
    connects: [{subnet: wan, address: 10.61.3.2}, {port: leg}]
    routes:
    - {destination: 0.0.0.0/1, nexthop: 10.61.3.1}
    - {destination: 10.61.1.0/24, nexthop: 10.61.3.1}
    description: second
    admin_state_up: false
ports:
  leg:
    network: green
    fixed_ips: [{subnet: green-a, ip_address: 10.61.2.3}, {subnet: six, ip_address: "fd61:9::3"}]
    port_security_enabled: false
  web:
    network: blue
    fixed_ips: [{subnet: blue-v4, ip_address: 10.61.1.50}, {subnet: blue-v4}]
    mac_address: AA-BB-CC-00-00-01
    allowed_address_pairs:
    - 10.61.1.99
    - {ip_address: 10.61.1.128/25, mac_address: "aa:bb:cc:00:00:09"}
    extra_dhcp_opts: {mtu: 1380, domain-search: {value: lab.example, ip_version: 6}}
    dns_name: Web
    security_groups: [default]
  bare: {network: blue, security_groups: [], port_security_enabled: false}
"""
# Everything of it that can be changed in place, and nothing else.
_CHANGES = {
    "mtu: 1400": "mtu: 1380",
    "the first": "still the first",
    "lab.example.\n": "other.example.\n",
    "[9.9.9.9, 1.1.1.1]": "[1.1.1.1]",
    "10.99.0.0/16": "10.98.0.0/16",
    "port_security_enabled: false}\n  wan": "port_security_enabled: true}\n  wan",
    "enable_dhcp: false": "enable_dhcp: true",
    "end: 10.61.2.120": "end: 10.61.2.130",
    "  loose: {": "  loose: {admin_state_up: false, ",
    "gateway_ip: 10.61.4.1}": "gateway_ip: 10.61.4.254, description: words}",
    "    external_network: public\n": "",
    "10.200.0.0/16": "10.201.0.0/16",
    "    - {destination: 0.0.0.0/1, nexthop: 10.61.3.1}\n": "",
    "description: second\n    admin_state_up: false": "description: third",
    "10.61.1.50}": "10.61.1.51}",
    "10.61.1.99": "10.61.1.98",
    "{mtu: 1380, domain-search: {value: lab.example, ip_version: 6}}": "{mtu: 1360}",
    "dns_name: Web": "dns_name: www",
    "[default]": "[]",
    "[], port_security_enabled: false": (
        "[default], port_security_enabled: true, admin_state_up: false, description: words"
    ),
}
_POOLS = f"""\
scenario: weave
networks:
  green:
    subnets:
      open: {{subnet_pool: main, prefixlen: 27}}
      named: {{subnet_pool: main, cidr: 10.62.0.0/26, gateway_ip: 10.62.0.9}}
      usual: {{subnet_pool: main}}
      six: {{subnet_pool: six, ip_version: 6, ipv6: slaac}}
  blue: {{subnets: {{default: {{use_default_subnetpool: true}}}}}}
subnet_pools:
  main: {{prefixes: [10.62.1.0/24, 10.62.0.0/24], default_prefixlen: 26, address_scope: scope}}
  six: {{prefixes: ["fd62::/48"]}}
address_scopes:
  scope: {{ip_version: 4}}
security_groups:
  web: {{rules: [tcp/80]}}
rbac_policies:
  one: {{network: green, target_project: {_PROJECT}}}
  two: {{network: green, target_project: {_PROJECT[::-1]}}}
  three: {{subnet_pool: main, target_project: {_PROJECT}}}
  four: {{address_scope: scope, target_project: {_PROJECT}}}
  five: {{security_group: web, target_project: {_PROJECT}}}
"""
_OUTSIDE = """\
scenario: weave
networks:
  outer:
    external: true
    provider: {network_type: flat, physical_network: wire}
    subnets:
      outer-v4:
        cidr: 198.51.100.0/24
        enable_dhcp: false
        allocation_pools: [{start: 198.51.100.10, end: 198.51.100.99}]
        service_types: ["network:router_gateway", "network:floatingip"]
  inner: {cidr: 10.63.1.0/24, shared: true, qos_policy: slow}
  tunnel: {provider: {network_type: vxlan, segmentation_id: 4711}}
qos_policies:
  slow: {}
routers:
  gate:
    connects: [inner]
    external_gateway:
      network: outer
      enable_snat: false
      external_fixed_ips: [{subnet: outer-v4, ip_address: 198.51.100.50}]
    routes: [{destination: 10.99.0.0/16, nexthop: 198.51.100.7}]
ports:
  web: {network: inner, qos_policy: slow, vnic_type: direct}
address_scopes: {scope: {ip_version: 6, shared: true}}
subnet_pools: {six: {prefixes: ["fd63::/48"], shared: true, address_scope: scope}}
"""

Weave = Callable[..., list[str]]


@pytest.fixture
def weave(local_cloud: Access, tmp_path: Path) -> Iterator[Weave]:
    """Apply a file and see that a second plan is empty; destroy it in the end, with nothing left.

    Returns what the plan said beforehand, such as ``["update router.hub"]``, in order of names.
    """
    file = tmp_path / "weave.yaml"
    users = {"demo"}

    def plan(user: str) -> list[str]:
        told = json.loads(done(local_cloud, "plan", str(file), "-f", "json", user=user))
        actions = [
            ("replace" if step["replaces"] else step["action"], step["address"])
            for step in told["steps"]
            if step["action"] not in {"keep", "delete"} or not step["replaces"]
        ]
        return sorted({f"{action} {address}" for action, address in actions if action != "keep"})

    def apply(text: str, user: str = "demo") -> list[str]:
        users.add(user)
        file.write_text(text)
        planned = plan(user)
        done(local_cloud, "apply", str(file), "--yes", user=user)
        assert plan(user) == []
        return planned

    yield apply
    for user in sorted(users):
        done(local_cloud, "destroy", "--scenario", "weave", "--yes", user=user)


def _changed(text: str) -> str:
    for old, new in _CHANGES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def _nothing_of_it(connection: Connection) -> None:
    """See that no network, router, port or pool of a test is left."""
    network = connection.network
    left = [n.name for n in network.networks() if n.name != "public"]
    left += [each.name for each in network.routers()]
    left += [each.name for each in network.ports() if each.device_owner != "network:dhcp"]
    left += [each.name for each in network.address_scopes()]
    left += [p.name for p in network.subnet_pools() if not p.name.startswith("shared-default")]
    assert left == []


def test_routed_networks_are_woven_changed_in_place_and_taken_away(
    weave: Weave, local_cloud: Access, demo: Connection
) -> None:
    """Two routers on one subnet, prefixes of one port, static routes: all without a replacement."""
    weave(_ROUTED)
    network = demo.network
    hub = network.find_router("hub", ignore_missing=False)
    legs = [
        sorted(each["ip_address"] for each in port.fixed_ips)
        for port in network.ports(device_id=hub.id, device_owner="network:router_interface")
    ]
    assert sorted(legs) == [
        ["10.61.1.1"],
        ["10.61.2.2"],
        ["10.61.3.1"],
        ["fd61:1::", "fd61:2::", "fd61:3::"],
    ]
    changes = weave(_changed(_ROUTED))
    assert changes == [
        "update network.blue",
        "update network.green",
        "update network.loose",
        "update port.bare",
        "update port.web",
        "update router.hub",
        "update router.spoke",
        "update router_routes.hub",
        "update router_routes.spoke",
        "update subnet.blue-v4",
        "update subnet.green-a",
        "update subnet.loose-v4",
    ]
    web = network.find_port("web", ignore_missing=False)
    assert web.extra_dhcp_opts == [{"opt_name": "mtu", "opt_value": "1360", "ip_version": 4}]
    assert [each["ip_address"] for each in web.allowed_address_pairs] == [
        "10.61.1.98",
        "10.61.1.128/25",
    ]
    assert "10.61.1.51" in [each["ip_address"] for each in web.fixed_ips]
    assert network.get_router(hub.id).external_gateway_info is None
    done(local_cloud, "destroy", "--scenario", "weave", "--yes")
    _nothing_of_it(demo)


def test_what_is_no_longer_asked_for_goes(
    weave: Weave, local_cloud: Access, demo: Connection
) -> None:
    """Routes without their line, a leg without its connection, whose port is made again."""
    weave(_ROUTED)
    shorter = _ROUTED.replace(", {port: leg}", "").replace(
        "    routes: [{destination: 10.200.0.0/16, nexthop: 10.61.3.2}]\n", ""
    )
    assert weave(shorter) == [
        "delete router_interface.spoke.leg",
        "delete router_routes.hub",
        "replace port.leg",
    ]
    done(local_cloud, "destroy", "--scenario", "weave", "--yes")
    _nothing_of_it(demo)


def test_what_cannot_be_changed_is_replaced_with_what_hangs_on_it(
    weave: Weave, demo: Connection
) -> None:
    """A leg by subnet becomes one by port, a range another; routes go and come with their legs."""
    weave(_ROUTED)
    hub = demo.network.find_router("hub", ignore_missing=False)
    own = _ROUTED.replace("blue, {subnet: green-a, address: 10.61.2.2}, wan", "blue, wan").replace(
        "connects: [{subnet: wan, address: 10.61.3.2}",
        "connects: [{subnet: wan, address: 10.61.3.3}",
    )
    own = own.replace("nexthop: 10.61.3.2", "nexthop: 10.61.3.3").replace("10.61.1.", "10.61.9.")
    changes = weave(own)
    assert [each for each in changes if each.startswith("replace")] == [
        "replace port.bare",
        "replace port.spoke.wan",
        "replace port.web",
        "replace router_interface.hub.blue-v4",
        "replace router_interface.spoke.wan",
        "replace router_routes.spoke",
        "replace subnet.blue-v4",
    ]
    assert "delete router_interface.hub.green-a" in changes
    assert "delete port.hub.green-a" in changes
    assert demo.network.find_router("hub", ignore_missing=False).id == hub.id


def test_ranges_are_cut_from_pools_and_shared_by_policies(
    weave: Weave, local_cloud: Access, demo: Connection
) -> None:
    """Who names a range comes first; a pool grows, a policy goes, in place."""
    weave(_POOLS)
    ranges = {subnet.name: subnet.cidr for subnet in demo.network.subnets()}
    assert ranges["named"] == "10.62.0.0/26"
    assert (ranges["open"].split("/")[1], ranges["usual"].split("/")[1]) == ("27", "26")
    shared = [
        (policy.object_type, policy.target_project_id) for policy in demo.network.rbac_policies()
    ]
    others = ("address_scope", "security_group", "subnetpool")
    assert sorted(shared) == sorted(
        [("network", _PROJECT), ("network", _PROJECT[::-1])] + [(each, _PROJECT) for each in others]
    )
    changed = _POOLS.replace("[10.62.1.0/24,", "[10.64.0.0/24, 10.62.1.0/24,")
    changed = changed.replace(f"  two: {{network: green, target_project: {_PROJECT[::-1]}}}\n", "")
    changed = changed.replace(
        "default_prefixlen: 26, address_scope: scope", "default_prefixlen: 25"
    )
    changed = changed.replace("  three: {subnet_pool", "  renamed: {subnet_pool")
    without_scope = changed.replace(
        "default_prefixlen: 25}", "default_prefixlen: 25, address_scope: scope}"
    )
    assert weave(without_scope) == [
        f"delete rbac_policy.network.green.access_as_shared.{_PROJECT[::-1]}",
        "update subnet_pool.main",
    ]
    done(local_cloud, "destroy", "--scenario", "weave", "--yes")
    _nothing_of_it(demo)


def test_an_administrator_weaves_the_outside_as_well(
    weave: Weave, local_cloud: Access, admin: Connection
) -> None:
    """An external network, its router without source NAT, sharing, segments and QoS."""
    weave(_OUTSIDE, user="admin")
    gate = admin.network.find_router("gate", ignore_missing=False)
    gateway = gate.external_gateway_info
    assert gateway["enable_snat"] is False
    assert [each["ip_address"] for each in gateway["external_fixed_ips"]] == ["198.51.100.50"]
    changed = _OUTSIDE.replace("198.51.100.50", "198.51.100.51").replace(
        "enable_snat: false", "enable_snat: true"
    )
    changed = changed.replace('["network:router_gateway", "network:floatingip"]', "[]")
    changed = changed.replace("shared: true, qos_policy: slow", "shared: false, qos_policy: null")
    changed = changed.replace("segmentation_id: 4711", "segmentation_id: 4712")
    changed = changed.replace("qos_policy: slow, vnic_type: direct", "qos_policy: null")
    assert weave(changed, user="admin") == [
        "replace network.tunnel",
        "update network.inner",
        "update port.web",
        "update router.gate",
        "update subnet.outer-v4",
    ]
    done(local_cloud, "destroy", "--scenario", "weave", "--yes", user="admin")
    left = [n.name for n in admin.network.networks(project_id=admin.current_project_id)]
    assert [name for name in left if name != "public"] == []
    assert list(admin.network.address_scopes()) == []


def test_a_captured_project_is_woven_anew(
    weave: Weave, local_cloud: Access, demo: Connection
) -> None:
    """What is written off a project brings about the same again, and is written off it again."""
    weave(_ROUTED)
    written = done(local_cloud, "capture", "weave")
    entries = yaml.safe_load(written)
    assert entries["routers"]["spoke"] == {
        "connects": [{"port": "leg"}, {"subnet": "wan", "address": "10.61.3.2"}],
        "routes": [
            {"destination": "0.0.0.0/1", "nexthop": "10.61.3.1"},
            {"destination": "10.61.1.0/24", "nexthop": "10.61.3.1"},
        ],
        "description": "second",
        "admin_state_up": False,
    }
    assert entries["routers"]["hub"]["connects"] == [
        "blue",
        "wan",
        {"subnet": "green-a", "address": "10.61.2.2"},
    ]
    assert entries["networks"] == {
        "blue": {"description": "the first", "mtu": 1400, "dns_domain": "lab.example."},
        "green": {"port_security_enabled": False},
        "loose": {},
        "wan": {},
    }
    assert entries["subnets"]["blue-v6"] == {
        "network": "blue",
        "cidr": "fd61:1::/64",
        "ipv6": "slaac",
    }
    done(local_cloud, "destroy", "--scenario", "weave", "--yes")
    _nothing_of_it(demo)
    weave(written)
    assert yaml.safe_load(done(local_cloud, "capture", "weave")) == entries


def test_a_router_stands_on_a_subnet_of_others(
    weave: Weave, local_cloud: Access, demo: Connection
) -> None:
    """By a port of ours, which carries the mark; what others made stays."""
    theirs = demo.network.create_network(name="theirs")
    try:
        demo.network.create_subnet(
            network_id=theirs.id, name="theirs", cidr="10.65.0.0/24", ip_version=4
        )
        text = """\
scenario: weave
existing:
  subnets: {theirs: {name: theirs}}
networks: {blue: {cidr: 10.66.0.0/24}}
routers:
  hub: {connects: [blue, {subnet: theirs, address: 10.65.0.9}]}
"""
        weave(text)
        found = demo.network.ports(network_id=theirs.id, device_owner="network:router_interface")
        [leg] = [port.fixed_ips[0]["ip_address"] for port in found]
        assert leg == "10.65.0.9"
        done(local_cloud, "destroy", "--scenario", "weave", "--yes")
        assert [port.name for port in demo.network.ports(network_id=theirs.id)] == []
    finally:
        demo.network.delete_network(theirs)
