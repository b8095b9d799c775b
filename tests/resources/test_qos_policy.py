# SPDX-License-Identifier: Apache-2.0
"""A QoS policy and its rules: what is said of them, and what Neutron tells."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Body, Call, Difference, Fault, Kind, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.network import (
    qos_bandwidth_limit_rule,
    qos_dscp_marking_rule,
    qos_minimum_bandwidth_rule,
    qos_minimum_packet_rate_rule,
)
from stackloom.resources.network._qos_rules import QosPolicyRulesSpec, QosRuleSpec
from stackloom.resources.network.qos_policy import (
    KIND,
    NewQosPolicy,
    QosPolicySpec,
    QosPolicyState,
)

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


# --- in a scenario --------------------------------------------------------------------------------

_SLOW = Address("qos_policy", "slow")
_MARK = Mark("s", _SLOW)
_LIMIT = QosRuleSpec(type="bandwidth_limit", max_kbps=10, direction="ingress")
_SPEC = QosPolicySpec(description="words", rules=(_LIMIT,), shared=True)


def _state(**changes: Any) -> QosPolicyState:
    answer = {"id": "q-1", "name": "slow", "description": f"words {_MARK}", **changes}
    return msgspec.convert(answer, QosPolicyState)


def test_its_rules_are_a_resource_of_their_own() -> None:
    """Neutron takes them by requests of their own."""
    assert KIND.declaration is not None
    rules = QosPolicyRulesSpec(policy="slow", rules=(_LIMIT,))
    assert list(KIND.declaration.expand(_SLOW, _SPEC, {})) == [
        (Address("qos_policy_rules", "slow"), rules)
    ]
    assert list(KIND.declaration.faults(_SPEC)) == []
    wrong = QosPolicySpec(rules=(QosRuleSpec(type="dscp_marking"),))
    assert list(KIND.declaration.faults(wrong)) == [
        Fault(place=("rules", 0), message='"dscp_mark" is missing')
    ]


def test_it_is_made_and_changed_in_place(ids: FakeIds) -> None:
    """What the file does not say is neither sent nor compared."""
    wanted = {"name": "slow", "description": f"words {_MARK}", "shared": True}
    assert KIND.create_call(_SLOW, _SPEC, _MARK, ids) == Call(
        method="POST", path="/v2.0/qos/policies", body={"policy": wanted}
    )
    assert KIND.declaration is not None
    state = _state(is_default=True)
    assert list(KIND.declaration.compare(_SLOW, _SPEC, state, _MARK, ids)) == [
        Difference(field="shared", have=False, want=True)
    ]


def test_it_says_what_it_needs_of_the_cloud() -> None:
    """Mostly a right that members do not have."""
    assert KIND.declaration is not None
    rate = QosRuleSpec(type="minimum_packet_rate", min_kpps=1)
    spec = QosPolicySpec(rules=(_LIMIT, rate), is_default=True)
    assert list(KIND.declaration.requires(spec)) == [
        Requirement(place=(), extension="qos", admin=True),
        Requirement(place=("is_default",), extension="qos-default"),
        Requirement(place=("rules", 0, "direction"), extension="qos-bw-limit-direction"),
        Requirement(place=("rules", 1), extension="qos-pps-minimum"),
    ]


def test_it_is_adopted_and_captured(names: FakeNames) -> None:
    """Its description takes the mark; an entry says what is not usual."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    assert KIND.declaration.adopt(_state(description="words"), _MARK) == Call(
        method="PUT",
        path="/v2.0/qos/policies/q-1",
        body={"policy": {"description": f"words {_MARK}"}},
    )
    capture = KIND.declaration.capture
    rate = {"id": "r-2", "type": "minimum_packet_rate", "min_kpps": 3, "direction": "any"}
    entry = capture(_state(rules=[_RULE, rate], is_default=True), names)
    assert entry == {
        "description": "words",
        "rules": [
            {"type": "bandwidth_limit", "max_kbps": 10},
            {"type": "minimum_packet_rate", "min_kpps": 3, "direction": "any"},
        ],
        "is_default": True,
    }
    msgspec.convert(entry, QosPolicySpec)
    assert capture(_state(description=""), names) == {}


def test_a_picture_shows_its_rules() -> None:
    """Of the file and of the cloud; those who have it point to it."""
    assert KIND.declaration is not None
    badge = Badge(
        on="",
        key="qos_policy.slow",
        sort="qos_policy",
        label="slow",
        details=("bandwidth_limit max_kbps 10 ingress",),
    )
    assert list(KIND.declaration.sketch(_SLOW, _SPEC, {})) == [badge]
    mark = {"id": "r-2", "type": "dscp_marking", "dscp_mark": 26}
    assert list(KIND.sketch(_state(rules=[_RULE, mark]))) == [
        msgspec.structs.replace(
            badge, key="q-1", details=("bandwidth_limit max_kbps 10", "dscp_marking 26")
        )
    ]
