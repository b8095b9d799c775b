# SPDX-License-Identifier: Apache-2.0
"""Networks of a file that cannot be: all of it told at once, each with its place."""

from __future__ import annotations

import pytest

from stackloom.errors import BadScenario
from stackloom.operations import KINDS
from stackloom.scenario.loader import load_text


def _told(text: str) -> list[str]:
    with pytest.raises(BadScenario) as caught:
        load_text(text, "F", KINDS)
    return str(caught.value).splitlines()


def test_how_networks_stand_to_each_other_is_told_at_once() -> None:
    """Segments, overlaps, gateways, next hops, addresses, and names that are not there."""
    assert _told(
        """\
scenario: wrong
networks:
  blue: {cidr: 10.61.1.0/24}
  green: {cidr: 10.61.0.0/16}
  vlan-a: {provider: {network_type: vlan, physical_network: wire, segmentation_id: 7}}
  vlan-b: {provider: {network_type: vlan, physical_network: wire, segmentation_id: 7}}
routers:
  hub: {connects: [blue, green], routes: [{destination: 10.9.0.0/16, nexthop: 10.77.0.1}]}
  spoke:
    connects: [blue, reed]
ports:
  a: {network: blue, fixed_ips: [{subnet: blue, ip_address: 10.61.2.9}]}
  b: {network: blue, fixed_ips: [{subnet: blue, ip_address: 10.61.1.9}]}
  c: {network: blue, fixed_ips: [{subnet: blue, ip_address: 10.61.1.9}]}
"""
    ) == [
        'F:6:84: segment 7 of physical network "wire" is that of network "vlan-a" already',
        (
            'F:8:20: 10.61.1.0/24 of subnet "blue" overlaps 10.61.0.0/16 of subnet "green",'
            " and one router cannot tell them apart"
        ),
        "F:8:79: 10.77.0.1 is on no subnet that the router connects",
        (
            'F:10:16: router "hub" has the gateway address of subnet "blue"'
            " (give this one its own: {subnet: blue, address: …})"
        ),
        'F:10:22: there is no network "reed" in this scenario ("green" is meant?)',
        "F:12:61: 10.61.2.9 is outside of 10.61.1.0/24",
        'F:14:61: 10.61.1.9 is the address of port "b" already',
    ]


def test_what_stands_inside_a_network_is_told_there() -> None:
    """A subnet's fields, unknown names in it, and one name for two subnets."""
    assert _told(
        """\
scenario: wrong
networks:
  blue:
    subnets:
      a: {cidr: 10.61.1.7/24}
      b: {cidr: 10.61.2.0/24, gateway_ip: 10.61.3.1}
  green:
    subnets:
      a: {cidr: 10.62.1.0/24}
"""
    ) == [
        (
            "F:4:5: this implies subnet.a, which stands for something else already"
            " (leave one of the two out, or rename)"
        ),
        'F:5:17: "10.61.1.7/24" has host bits set (10.61.1.0/24 is meant?)',
        "F:6:43: 10.61.3.1 is outside of 10.61.2.0/24",
    ]


def test_a_network_that_exists_is_connected_by_its_subnet() -> None:
    """Its subnets are not known from the file."""
    assert _told(
        """\
scenario: wrong
existing:
  networks: {theirs: {name: theirs}}
  ports: {theirs: {name: theirs}}
routers:
  hub: {connects: [theirs, {port: theirs}, {subnet: nowhere}]}
"""
    ) == [
        (
            'F:6:20: what subnets network "theirs" has is not known here'
            " (name the subnet: {subnet: …}, with an entry of its own under existing)"
        ),
        (
            'F:6:35: port "theirs" would be deleted with the router'
            " (give an address on its subnet instead: {subnet: …, address: …})"
        ),
        'F:6:53: there is no subnet "nowhere" in this scenario',
    ]


def test_a_policy_is_about_what_is_made_here() -> None:
    """And two entries for one thing are one too many."""
    project = "0123456789abcdef0123456789abcdef"
    address = f"rbac_policy.network.blue.access_as_shared.{project}"
    assert _told(
        f"""\
scenario: wrong
existing:
  networks: {{theirs: {{name: theirs}}}}
rbac_policies:
  one: {{network: theirs, target_project: {project}}}
"""
    ) == ["F:5:18: network theirs is not made here, so nobody could tell whose policy this is"]
    assert _told(
        f"""\
scenario: wrong
networks: {{blue: }}
rbac_policies:
  one: {{network: blue, target_project: {project}}}
  two: {{network: blue, target_project: {project}}}
"""
    ) == [f'F:5:3: this asks for the same as "one" does: {address}']
