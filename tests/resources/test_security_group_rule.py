# SPDX-License-Identifier: Apache-2.0
"""A rule of a security group: what is said of it, and how ports and ranges are shown."""

from __future__ import annotations

import msgspec
import pytest

from stackloom.resources.network.security_group_rule import (
    KIND,
    NewSecurityGroupRule,
    SecurityGroupRuleState,
)


def test_a_request_says_only_what_was_given() -> None:
    """Any protocol is null; a rule cannot be changed."""
    new = NewSecurityGroupRule(security_group_id="g-1", direction="ingress", protocol=None)
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "security_group_rule": {
            "security_group_id": "g-1",
            "direction": "ingress",
            "protocol": None,
        }
    }
    assert KIND.change is None


@pytest.mark.parametrize(
    ("protocol", "first", "last", "shown"),
    [
        (None, None, None, ""),
        ("tcp", 80, 80, "80:80"),
        ("tcp", 137, 139, "137:139"),
        ("udp", None, 53, "53:53"),
        ("udp", 53, None, "53:53"),
        ("icmp", None, None, ""),
        ("icmp", 8, None, "type=8"),
        ("icmp", 0, 0, "type=0:code=0"),
        ("58", 3, 1, "type=3:code=1"),
    ],
)
def test_ports_are_shown_and_of_icmp_type_and_code(
    protocol: str | None, first: int | None, last: int | None, shown: str
) -> None:
    """As in the openstack client; ICMP's zero is a type like any other."""
    state = SecurityGroupRuleState(
        id="r-1", protocol=protocol, port_range_min=first, port_range_max=last
    )
    assert state.port_range == shown


@pytest.mark.parametrize(
    ("ethertype", "prefix", "shown"),
    [
        ("IPv4", None, "0.0.0.0/0"),
        ("IPv6", None, "::/0"),
        ("IPv4", "10.0.0.0/8", "10.0.0.0/8"),
    ],
)
def test_no_range_is_any_range(ethertype: str, prefix: str | None, shown: str) -> None:
    """Of the rule's version."""
    state = SecurityGroupRuleState(id="r-1", ethertype=ethertype, remote_ip_prefix=prefix)
    assert state.remote_range == shown


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {
        "id": "r-1",
        "project_id": "p-1",
        "security_group_id": "g-1",
        "ethertype": "IPv4",
        "direction": "ingress",
        "protocol": "tcp",
        "port_range_min": 80,
        "port_range_max": 443,
        "remote_ip_prefix": "10.0.0.0/8",
        "remote_address_group_id": None,
        "normalized_cidr": "10.0.0.0/8",
        "remote_group_id": None,
        "standard_attr_id": 14,
        "belongs_to_default_sg": False,
        "description": "",
    }
    state = msgspec.convert(answer, SecurityGroupRuleState)
    assert [column.value(state) for column in KIND.columns] == [
        *("r-1", "tcp", "IPv4", "10.0.0.0/8", "80:443", "ingress", None, None, "g-1")
    ]
