# SPDX-License-Identifier: Apache-2.0
"""The rules of a QoS policy: what is asked for, what is there, and what lies between."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Difference, Fault, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.resources.network._qos_rules import (
    QosPolicyRulesSpec,
    QosRuleSpec,
    rules_faults,
)
from stackloom.resources.network.qos_policy import QosPolicyState, QosRuleState
from stackloom.resources.network.qos_policy_rules import KIND, QosPolicyRulesState

_ADDRESS = Address("qos_policy_rules", "slow")
_MARK = Mark("s", _ADDRESS)
_LIMIT = {
    "id": "r-1",
    "type": "bandwidth_limit",
    "max_kbps": 1000,
    "max_burst_kbps": 0,
    "direction": "egress",
}
_DSCP = {"id": "r-2", "type": "dscp_marking", "dscp_mark": 26}
_PROMISE = {"id": "r-3", "type": "minimum_bandwidth", "min_kbps": 500, "direction": "egress"}
_LIMIT_SPEC = {"type": "bandwidth_limit", "max_kbps": 1000}
_DSCP_SPEC = {"type": "dscp_marking", "dscp_mark": 26}
_PROMISE_SPEC = {"type": "minimum_bandwidth", "min_kbps": 500}
_PATH = "/v2.0/qos/policies/q-1"


def _spec(*rules: dict[str, Any]) -> QosPolicyRulesSpec:
    return msgspec.convert({"policy": "slow", "rules": rules}, QosPolicyRulesSpec)


def _state(*rules: dict[str, Any]) -> QosPolicyRulesState:
    states = msgspec.convert(rules, tuple[QosRuleState, ...])
    return QosPolicyRulesState(id="q-1/rules", policy_id="q-1", rules=states)


def _compare(
    spec: QosPolicyRulesSpec, state: QosPolicyRulesState, ids: FakeIds
) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_ADDRESS, spec, state, _MARK, ids))


def _sent(
    spec: QosPolicyRulesSpec, state: QosPolicyRulesState, ids: FakeIds
) -> list[tuple[str, str, object]]:
    calls = KIND.update_calls(state, _compare(spec, state, ids))
    return [(each.method, each.path.removeprefix(_PATH), each.body) for each in calls]


def test_what_the_file_does_not_say_is_not_compared(ids: FakeIds) -> None:
    """Neither bursts nor the order; the usual direction is meant where none is given."""
    state = _state(_PROMISE, _DSCP, _LIMIT)
    assert _compare(_spec(_LIMIT_SPEC, _DSCP_SPEC, _PROMISE_SPEC), state, ids) == []
    old = _state({**_LIMIT, "direction": None})
    assert _compare(_spec({**_LIMIT_SPEC, "direction": "egress"}), old, ids) == []


def test_rules_are_added_changed_and_taken_away(ids: FakeIds) -> None:
    """A rule is known again by its type and direction; each has a path of its own."""
    ingress = {**_LIMIT, "id": "r-4", "direction": "ingress"}
    spec = _spec(
        {**_LIMIT_SPEC, "max_kbps": 2000},
        {"type": "minimum_packet_rate", "min_kpps": 3, "direction": "any"},
    )
    state = _state(_LIMIT, _DSCP, ingress)
    rate = {"type": "minimum_packet_rate", "min_kpps": 3, "direction": "any"}
    assert _compare(spec, state, ids) == [
        Difference(field="rules", have=_LIMIT, want={"type": "bandwidth_limit", "max_kbps": 2000}),
        Difference(field="rules", have=_DSCP, want=None),
        Difference(field="rules", have=ingress, want=None),
        Difference(field="rules", have=None, want=rate),
    ]
    assert _sent(spec, state, ids) == [
        ("DELETE", "/dscp_marking_rules/r-2", None),
        ("DELETE", "/bandwidth_limit_rules/r-4", None),
        ("PUT", "/bandwidth_limit_rules/r-1", {"bandwidth_limit_rule": {"max_kbps": 2000}}),
        (
            "POST",
            "/minimum_packet_rate_rules",
            {"minimum_packet_rate_rule": {"min_kpps": 3, "direction": "any"}},
        ),
    ]


@pytest.mark.parametrize(
    ("limit", "promise", "first"),
    [
        (3000, 2000, "bandwidth_limit_rule"),
        (400, 300, "minimum_bandwidth_rule"),
    ],
)
def test_what_makes_room_comes_first(limit: int, promise: int, first: str, ids: FakeIds) -> None:
    """A promise may at no moment be above the limit: 409 ``QoSRuleParameterConflict``."""
    spec = _spec(
        {**_LIMIT_SPEC, "max_kbps": limit},
        {**_PROMISE_SPEC, "min_kbps": promise},
    )
    bodies = [body for _, _, body in _sent(spec, _state(_LIMIT, _PROMISE), ids)]
    keys = [key for body in bodies if isinstance(body, dict) for key in body]
    assert keys[0] == first
    assert sorted(keys) == ["bandwidth_limit_rule", "minimum_bandwidth_rule"]


def test_a_type_that_we_cannot_say_is_taken_away(ids: FakeIds) -> None:
    """It is not in the file either."""
    state = _state({"id": "r-5", "type": "packet_rate_limit", "direction": "egress"})
    assert _sent(_spec(), state, ids) == [("DELETE", "/packet_rate_limit_rules/r-5", None)]


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        (
            [{"type": "bandwidth_limit"}],
            Fault(place=("rules", 0), message='"max_kbps" is missing'),
        ),
        (
            [{**_DSCP_SPEC, "direction": "egress"}],
            Fault(
                place=("rules", 0, "direction"),
                message="a dscp_marking rule has no direction",
                hint="it has dscp_mark",
            ),
        ),
        (
            [{**_LIMIT_SPEC, "direction": "any"}],
            Fault(
                place=("rules", 0, "direction"),
                message="a bandwidth_limit rule is for one direction",
                hint="make two rules of it, egress and ingress",
            ),
        ),
        (
            [_LIMIT_SPEC, {**_PROMISE_SPEC, "min_kbps": 1001}],
            Fault(
                place=("rules", 1, "min_kbps"),
                message="more is promised than the limit of 1000 kbit/s lets through",
            ),
        ),
        (
            [
                {"type": "minimum_packet_rate", "min_kpps": 1},
                {"type": "minimum_packet_rate", "min_kpps": 1, "direction": "any"},
            ],
            Fault(
                place=("rules", 1, "direction"),
                message="any direction, and another rule for one of them: not both",
            ),
        ),
    ],
)
def test_nonsense_is_seen_without_a_cloud(rules: list[dict[str, Any]], fault: Fault) -> None:
    """With its place among the rules."""
    assert list(rules_faults(_spec(*rules).rules)) == [fault]


def test_marks_that_there_are_not_and_rules_given_twice_are_seen() -> None:
    """Each rule that is one too many is told."""
    (odd,) = rules_faults(_spec({"type": "dscp_marking", "dscp_mark": 7}).rules)
    assert (odd.place, odd.message) == (("rules", 0, "dscp_mark"), "7 is not a DSCP mark")
    assert odd.hint.startswith("they are 0, 8, 10, 12,")
    twice = "a policy has only one bandwidth_limit egress rule"
    rules = _spec(_LIMIT_SPEC, {**_LIMIT_SPEC, "direction": "egress"}).rules
    assert list(rules_faults(rules)) == [
        Fault(place=("rules", 0), message=twice),
        Fault(place=("rules", 1), message=twice),
    ]


def test_they_are_a_side_of_their_policy() -> None:
    """Derived from it, with its mark, and gone with it."""
    policy = msgspec.convert(
        {
            "id": "q-1",
            "name": "slow",
            "description": "words stackloom://s/qos_policy.slow",
            "rules": [_LIMIT],
        },
        QosPolicyState,
    )
    assert KIND.derive is not None
    (state,) = KIND.derive({"qos_policy": [policy]})
    assert state == msgspec.structs.replace(
        _state(_LIMIT), name="slow", description=policy.description
    )
    assert KIND.mark(state, {}) == _MARK
    assert KIND.mark(_state(), {}) is None
    assert KIND.declaration is not None
    assert KIND.declaration.leaves_with(state) == "q-1"
    assert list(KIND.declaration.references(_spec())) == [
        Reference(kind="qos_policy", name="slow", place=("policy",))
    ]


def test_a_rule_says_only_what_was_given() -> None:
    """And is known again by the direction that is meant."""
    (rule,) = msgspec.convert([_PROMISE_SPEC], list[QosRuleSpec])
    assert rule.key == ("minimum_bandwidth", "egress")
    assert rule.fields == {"min_kbps": 500}


def test_a_lost_rule_is_added_again(ids: FakeIds) -> None:
    """By one request below the policy."""
    assert list(KIND.update_calls(_state(), _compare(_spec(_DSCP_SPEC), _state(), ids))) == [
        Call(
            method="POST",
            path=f"{_PATH}/dscp_marking_rules",
            body={"dscp_marking_rule": {"dscp_mark": 26}},
        )
    ]
