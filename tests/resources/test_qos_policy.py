# SPDX-License-Identifier: Apache-2.0
"""A QoS policy and its rules: what is said of them, and what Neutron tells."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from stackloom.cloud.kind import Body, Kind
from stackloom.resources.network import (
    qos_bandwidth_limit_rule,
    qos_dscp_marking_rule,
    qos_minimum_bandwidth_rule,
    qos_minimum_packet_rate_rule,
)
from stackloom.resources.network.qos_policy import KIND, NewQosPolicy, QosPolicyState

_RULE = {
    "id": "r-1",
    "qos_policy_id": "q-1",
    "type": "bandwidth_limit",
    "max_kbps": 10,
    "max_burst_kbps": 0,
    "direction": "egress",
}


def test_a_request_says_only_what_was_given() -> None:
    """Rules are no part of it."""
    assert msgspec.to_builtins(KIND.wrap(NewQosPolicy(name="q", shared=True))) == {
        "policy": {"name": "q", "shared": True}
    }


def test_its_rules_come_with_it() -> None:
    """Of all types, with the fields of each."""
    answer = {
        "id": "q-1",
        "name": "q",
        "description": "",
        "shared": True,
        "is_default": False,
        "rules": [_RULE, {"id": "r-2", "type": "dscp_marking", "dscp_mark": 26}],
        "project_id": "p-1",
        "tags": [],
    }
    state = msgspec.convert(answer, QosPolicyState)
    assert [(each.type, each.max_kbps, each.dscp_mark) for each in state.rules] == [
        ("bandwidth_limit", 10, None),
        ("dscp_marking", None, 26),
    ]
    assert [column.value(state) for column in KIND.columns] == ["q-1", "q", True, False, "p-1"]


@pytest.mark.parametrize(
    ("kind", "new", "body"),
    [
        (
            qos_bandwidth_limit_rule.KIND,
            qos_bandwidth_limit_rule.NewBandwidthLimitRule(max_kbps=10),
            {"bandwidth_limit_rule": {"max_kbps": 10}},
        ),
        (
            qos_dscp_marking_rule.KIND,
            qos_dscp_marking_rule.NewDscpMarkingRule(dscp_mark=26),
            {"dscp_marking_rule": {"dscp_mark": 26}},
        ),
        (
            qos_minimum_bandwidth_rule.KIND,
            qos_minimum_bandwidth_rule.NewMinimumBandwidthRule(min_kbps=1, direction="ingress"),
            {"minimum_bandwidth_rule": {"min_kbps": 1, "direction": "ingress"}},
        ),
        (
            qos_minimum_packet_rate_rule.KIND,
            qos_minimum_packet_rate_rule.NewMinimumPacketRateRule(min_kpps=1, direction="any"),
            {"minimum_packet_rate_rule": {"min_kpps": 1, "direction": "any"}},
        ),
    ],
)
def test_a_rule_is_below_its_policy(kind: Kind[Any], new: Body, body: object) -> None:
    """Each type under its own path, and shown with the columns of all."""
    assert kind.under("q-1").listed_at == f"/v2.0/qos/policies/q-1/{kind.plural}"
    assert msgspec.to_builtins(kind.wrap(new)) == body
    state = msgspec.convert(_RULE, kind.state)
    assert [column.value(state) for column in kind.columns] == [
        *("r-1", "bandwidth_limit", 10, 0, None, None, None, "egress")
    ]
