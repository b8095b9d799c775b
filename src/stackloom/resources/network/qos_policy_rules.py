# SPDX-License-Identifier: Apache-2.0
"""The rules of a QoS policy: the side of it that requests of their own change.

What a policy can have once is changed in place: of each type one rule for each direction, and one
mark. So a rule is known again by type and direction, and carries no mark of ours.

Source: neutron/objects/qos/rule.py, ``duplicates_compare_fields``, 29.0.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stackloom.cloud.kind import (
    Call,
    Declaration,
    Difference,
    Ids,
    Kind,
    Listed,
    Reference,
    State,
)
from stackloom.cloud.mark import Address, Mark, facet_mark
from stackloom.resources.network._qos_rules import (
    FURTHER,
    NEEDED,
    USUAL_DIRECTION,
    QosPolicyRulesSpec,
)
from stackloom.resources.network.qos_policy import QosRuleState


class QosPolicyRulesState(State, frozen=True, kw_only=True):
    """The rules of a policy; ``id`` is ``policy id/rules``, the description is the policy's."""

    policy_id: str = ""
    rules: tuple[QosRuleState, ...] = ()


def _key(rule: QosRuleState) -> tuple[str, str]:
    return rule.type, "" if rule.type == "dscp_marking" else rule.direction or USUAL_DIRECTION


def _told(rule: QosRuleState) -> dict[str, Any]:
    """Return the fields of a rule of the cloud that say something, its type first."""
    names = (*NEEDED.get(rule.type, ()), *FURTHER.get(rule.type, ()))
    return {"type": rule.type, **{name: getattr(rule, name) for name in names}}


def _compare(
    _address: Address,
    spec: QosPolicyRulesSpec,
    state: QosPolicyRulesState,
    _mark: Mark,
    _ids: Ids,
) -> Iterator[Difference]:
    wanted = {rule.key: rule for rule in spec.rules}
    there = {_key(rule): rule for rule in state.rules}
    for key, rule in there.items():
        have = {"id": rule.id, **_told(rule)}
        asked = wanted.get(key)
        if asked is None:
            yield Difference(field="rules", have=have, want=None)
            continue
        said = {name: value for name, value in asked.fields.items() if name != "direction"}
        if changed := {name: said[name] for name in said if getattr(rule, name) != said[name]}:
            yield Difference(field="rules", have=have, want={"type": rule.type, **changed})
    for key, asked in wanted.items():
        if key not in there:
            want = {"type": asked.type, **asked.fields}
            yield Difference(field="rules", have=None, want=want)


def _update(state: QosPolicyRulesState, changes: Sequence[Difference]) -> list[Call]:
    """Take away, then change and add; what makes room for the others comes first."""
    return [_call(state, change) for change in sorted(changes, key=_order)]


def _order(change: Difference) -> int:
    """Put removed rules first, then higher limits and lower promises, then all else."""
    if not isinstance(change.want, Mapping):
        return 0
    if not isinstance(change.have, Mapping):
        return 2
    is_higher = change.want.get("max_kbps", 0) > (change.have.get("max_kbps") or 0)
    promised = change.want.get("min_kbps", change.have.get("min_kbps"))
    is_lower = (promised or 0) < (change.have.get("min_kbps") or 0)
    return 1 if is_higher or is_lower else 2


def _call(state: QosPolicyRulesState, change: Difference) -> Call:
    said = change.want if isinstance(change.want, Mapping) else change.have
    assert isinstance(said, Mapping), "a difference has one of the two"
    key = f"{said['type']}_rule"
    path = f"/v2.0/qos/policies/{state.policy_id}/{key}s"
    fields = {name: value for name, value in said.items() if name not in {"id", "type"}}
    if not isinstance(change.have, Mapping):
        return Call(method="POST", path=path, body={key: fields})
    path = f"{path}/{change.have['id']}"
    if change.want is None:
        return Call(method="DELETE", path=path)
    return Call(method="PUT", path=path, body={key: fields})


def _derive(listed: Listed) -> list[QosPolicyRulesState]:
    return [
        QosPolicyRulesState(
            id=f"{policy.id}/rules",
            name=policy.name,
            description=policy.description,
            policy_id=policy.id,
            rules=policy.rules,
        )
        for policy in listed.get("qos_policy", ())
    ]


def _mark(state: QosPolicyRulesState, _listed: Listed) -> Mark | None:
    return facet_mark(state.description, owner="qos_policy", kind="qos_policy_rules")


KIND = Kind(
    name="qos_policy_rules",
    plural="qos_policy_rule_sets",
    service="network",
    path="/v2.0/qos/policies",
    state=QosPolicyRulesState,
    has_own_list=False,
    derive=_derive,
    derived_from=("qos_policy",),
    mark=_mark,
    declaration=Declaration(
        spec=QosPolicyRulesSpec,
        references=lambda spec: [Reference(kind="qos_policy", name=spec.policy, place=("policy",))],
        compare=_compare,
        update=_update,
        facet_of="qos_policy",
        leaves_with=lambda state: state.policy_id,
    ),
)
