# SPDX-License-Identifier: Apache-2.0
"""A security group: what is said of it, and what Neutron tells."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.security_group import (
    KIND,
    NewSecurityGroup,
    SecurityGroupChange,
    SecurityGroupState,
)


def test_a_request_says_only_what_was_given() -> None:
    """Whether it is stateful is left to Neutron if not said."""
    assert msgspec.to_builtins(KIND.wrap(NewSecurityGroup(name="g"))) == {
        "security_group": {"name": "g"}
    }
    change = SecurityGroupChange(stateful=False)
    assert msgspec.to_builtins(KIND.patch(change)) == {"security_group": {"stateful": False}}


def test_its_rules_come_with_it() -> None:
    """As states of rules, whose fields may be null."""
    rule = {
        "id": "r-1",
        "security_group_id": "g-1",
        "ethertype": "IPv4",
        "direction": "egress",
        "protocol": None,
        "port_range_min": None,
        "port_range_max": None,
        "remote_ip_prefix": None,
        "description": None,
        "standard_attr_id": 14,
    }
    answer = {
        "id": "g-1",
        "name": "default",
        "description": "Default security group",
        "stateful": True,
        "shared": False,
        "project_id": "p-1",
        "security_group_rules": [rule],
        "tags": [],
    }
    state = msgspec.convert(answer, SecurityGroupState)
    assert [(each.id, each.direction) for each in state.security_group_rules] == [("r-1", "egress")]
    assert [column.value(state) for column in KIND.columns] == [
        *("g-1", "default", "Default security group", "p-1", [], False)
    ]
